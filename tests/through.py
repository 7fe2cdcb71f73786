"""The reference http-proxy as a real process, and a client of it."""

import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from devstack.redis_server import free_port
from lantern_pro.types import ProxyId, UserId
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
        with socket.create_connection(("127.0.0.1", self.port), timeout=5) as connection:
            connection.sendall(("\r\n".join(lines) + "\r\n\r\n" + body).encode())
            answer = b"".join(iter(lambda: connection.recv(65536), b"")).decode()
        return int(answer.split(" ")[1]), answer

    def get(self, url: str, **headers: str) -> tuple[int, str]:
        """Ask for a page by its whole address."""
        return self.ask(f"GET {url} HTTP/1.1", Host="x", **headers)

    def admits(self, proxy_id: ProxyId, user_id: UserId, device_id: str = fleet.DEVICE) -> bool:
        """Whether this user is let in just now, on this device."""
        told = {**shown(proxy_id, user_id), "X_Lantern_Device_Id": device_id}
        status, answer = self.get("http://x/", X_Lantern_Ping="1", **told)
        return status == 200 and "It works" not in answer


@contextmanager
def running_proxy(
    *more: str, **environment: str
) -> Iterator[tuple[Through, subprocess.Popen[bytes]]]:
    """Run one on a free port of loopback; its process comes with it."""
    port = free_port()
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


def linked(through: Through) -> tuple[ProxyId, UserId]:
    """A Pro proxy at the address of the one that runs, and a user whom it admits."""
    proxy_id, user_id = fleet.pro_proxy(addr=f"127.0.0.1:{through.port}"), fleet.pro_user()
    fleet.assigned(user_id)
    eventually(lambda: through.admits(proxy_id, user_id), within=2)
    return proxy_id, user_id
