"""The reference http-proxy as a real process, and a client of it."""

import gzip
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import redis
import yaml

from configsrv.managers import body_of_user_config
from devstack.redis_server import RedisPlace, free_port
from lantern_pro.store import client as store
from lantern_pro.types import ProxyId, UserId
from proxies.models import Proxy
from tests import fleet
from tests.processes import eventually, process


@dataclass(frozen=True, slots=True)
class Through:
    """A client of the proxy at ``port``."""

    port: int

    def ask(self, request: str, *, body: str = "", **headers: str) -> tuple[int, str]:
        """Send one request as it is; the status and whatever came until the end."""
        lines = [
            request,
            *(f"{name.replace('_', '-')}: {value}" for name, value in headers.items()),
        ]
        with socket.create_connection(("127.0.0.1", self.port), timeout=20) as connection:
            connection.sendall(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
            answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
        return int(answer.split(" ")[1]), answer

    def get(self, url: str, **headers: str) -> tuple[int, str]:
        """Ask for a page by its whole address."""
        return self.ask(f"GET {url} HTTP/1.1", Host="x", **headers)

    def admits(
        self,
        proxy_id: ProxyId,
        user_id: UserId,
        device_id: str = fleet.DEVICE,
        *,
        its_pass: str = "",
    ) -> bool:
        """Whether this user is let in just now, on this device, perhaps with a pass."""
        told = {**shown(proxy_id, user_id), "X_Lantern_Device_Id": device_id}
        if its_pass:
            told["X_Lantern_Pro_Pass"] = its_pass
        status, answer = self.get("http://x/", X_Lantern_Ping="1", **told)
        return status == 200 and "It works" not in answer


@contextmanager
def running_proxy(
    *more: str, **environment: str
) -> Iterator[tuple[Through, subprocess.Popen[bytes]]]:
    """Run one on a free port of loopback; its process comes with it."""
    with running_proxy_at(free_port(), *more, **environment) as running:
        yield running


@contextmanager
def running_proxy_at(
    port: int, *more: str, **environment: str
) -> Iterator[tuple[Through, subprocess.Popen[bytes]]]:
    """Run one on this port."""
    command = ("devstack.reference_proxy", "--listen", f"127.0.0.1:{port}", *more)
    with process(*command, environment=environment) as started:
        eventually(lambda: _listens(port))
        yield Through(port), started


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def shown(proxy_id: ProxyId, user_id: UserId) -> dict[str, str]:
    """What a client of this proxy sends when it is this user's."""
    return {
        "X_Lantern_Auth_Token": fleet.secret(proxy_id),
        "X_Lantern_Pro_Token": fleet.token(user_id),
        "X_Lantern_Device_Id": fleet.DEVICE,
    }


def pass_of(user_id: UserId, proxy_id: ProxyId) -> str:
    """The pass for a proxy that stands in a user's configuration."""
    [record] = Proxy.objects.records([proxy_id])
    body = body_of_user_config(user_id)
    assert body is not None
    return str(yaml.safe_load(gzip.decompress(body))[record.name]["pass"])


@contextmanager
def store_at(place: RedisPlace) -> Iterator[redis.Redis]:
    """Let the store speak to this Redis meanwhile."""
    clients = [redis.Redis.from_url(place.url, decode_responses=text) for text in (True, False)]
    try:
        with store.using(text=clients[0], raw=clients[1]):
            yield clients[0]
    finally:
        for each in clients:
            each.close()


def linked(through: Through) -> tuple[ProxyId, UserId]:
    """A Pro proxy at the address of the one that runs, and a user whom it admits."""
    proxy_id, user_id = fleet.pro_proxy(addr=f"127.0.0.1:{through.port}"), fleet.pro_user()
    fleet.assigned(user_id)
    eventually(lambda: through.admits(proxy_id, user_id))
    return proxy_id, user_id
