"""The reference http-proxy as a real process, between a client's sockets and a web server."""

import json
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import redis
from django.conf import settings

from devstack.redis_server import RedisPlace, free_port, running
from lantern_pro.jobs.worker import drain
from lantern_pro.store import client as store
from lantern_pro.types import ProxyId, UserId
from proxies import keys
from proxies.models import Proxy
from tests import fleet
from tests.fleet import HERE
from tests.origin import web_server
from tests.processes import eventually, process

pytestmark = pytest.mark.stack


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

    def admits(self, proxy_id: ProxyId, user_id: UserId) -> bool:
        """Whether this user is let in just now."""
        status, answer = self.get("http://x/", X_Lantern_Ping="1", **_shown(proxy_id, user_id))
        return status == 200 and "It works" not in answer


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """The address of a loopback web server."""
    with web_server() as address:
        yield address


@pytest.fixture(scope="module")
def through(origin: str) -> Iterator[Through]:
    """A running proxy, to which the web server is not one of ours."""
    with _running_proxy() as (client, _):
        yield client


@pytest.fixture(autouse=True)
def _empty(real_redis: redis.Redis) -> None:
    pass


@contextmanager
def _running_proxy(
    *more: str, **environment: str
) -> Iterator[tuple[Through, subprocess.Popen[bytes]]]:
    port = free_port()
    command = ("devstack.reference_proxy", "--listen", f"127.0.0.1:{port}", *more)
    with process(*command, environment=environment) as started:
        eventually(lambda: _listens(port))
        yield Through(port), started


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _secret(proxy_id: ProxyId) -> str:
    return Proxy.objects.records([proxy_id])[0].auth_token


def _shown(proxy_id: ProxyId, user_id: UserId) -> dict[str, str]:
    return {
        "X_Lantern_Auth_Token": _secret(proxy_id),
        "X_Lantern_Pro_Token": fleet.token(user_id),
        "X_Lantern_Device_Id": "device-1",
    }


def _linked(through: Through) -> tuple[ProxyId, UserId]:
    """A Pro proxy at the address of the one that runs, and a user whom it admits."""
    proxy_id, user_id = fleet.pro_proxy(addr=f"127.0.0.1:{through.port}"), fleet.pro_user()
    fleet.assigned(user_id)
    eventually(lambda: through.admits(proxy_id, user_id), within=2)
    return proxy_id, user_id


def _told(answer: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(answer.partition("\r\n\r\n")[2])
    return told


def _within_a_second(look: Callable[[], bool]) -> None:
    began = time.monotonic()
    eventually(look, within=1.0)
    assert time.monotonic() - began < 1.0


def test_a_page_comes_through_with_a_right_token(through: Through, origin: str) -> None:
    proxy_id, user_id = _linked(through)

    status, answer = through.get(f"http://{origin}/page?q=1", **_shown(proxy_id, user_id))

    assert status == 200
    assert _told(answer)["path"] == "/page?q=1"


def test_the_origin_sees_nothing_of_lantern(through: Through, origin: str) -> None:
    proxy_id, user_id = _linked(through)

    _, answer = through.get(
        f"http://{origin}/", Accept="text/html", Proxy_Connection="x", **_shown(proxy_id, user_id)
    )

    assert set(_told(answer)["headers"]) == {"host", "accept", "connection"}


@pytest.mark.parametrize(
    ("framing", "framed"),
    [
        ({"Content_Length": "5"}, "hello"),
        ({"Transfer_Encoding": "chunked"}, "5\r\nhello\r\n0\r\n\r\n"),
    ],
)
def test_a_form_comes_through_whole_and_nothing_behind_it(
    through: Through, origin: str, framing: dict[str, str], framed: str
) -> None:
    proxy_id, user_id = _linked(through)

    status, answer = through.ask(
        f"POST http://{origin}/form HTTP/1.1",
        body=f"{framed}GET http://other.example/ HTTP/1.1\r\nX-Lantern-Pro-Token: secret\r\n\r\n",
        Host=origin,
        **framing,
        **_shown(proxy_id, user_id),
    )

    assert status == 200
    assert (_told(answer)["method"], _told(answer)["body"]) == ("POST", "hello")
    assert "secret" not in answer


def test_a_tunnel_carries_bytes_both_ways(through: Through, origin: str) -> None:
    proxy_id, user_id = _linked(through)
    inner = f"GET /inside HTTP/1.1\r\nHost: {origin}\r\nConnection: close\r\n\r\n"

    status, answer = through.ask(
        f"CONNECT {origin} HTTP/1.1", body=inner, Host=origin, **_shown(proxy_id, user_id)
    )

    assert status == 200
    assert '"path": "/inside"' in answer


@pytest.mark.parametrize("request_line", ["GET http://{} HTTP/1.1", "CONNECT {} HTTP/1.1"])
@pytest.mark.parametrize("lacks", ["auth", "pro", "both", "nothing but they are swapped"])
def test_strangers_see_an_ordinary_web_server(
    through: Through, origin: str, request_line: str, lacks: str
) -> None:
    proxy_id, user_id = _linked(through)
    right = _shown(proxy_id, user_id)
    shown = {
        "auth": {**right, "X_Lantern_Auth_Token": "wrong"},
        "pro": {**right, "X_Lantern_Pro_Token": "wrong"},
        "both": {},
        "nothing but they are swapped": {
            "X_Lantern_Auth_Token": right["X_Lantern_Pro_Token"],
            "X_Lantern_Pro_Token": right["X_Lantern_Auth_Token"],
        },
    }[lacks]

    status, answer = through.ask(request_line.format(origin), Host=origin, **shown)

    assert status == (405 if request_line.startswith("CONNECT") else 200)
    assert "Server: Apache" in answer
    assert '"path"' not in answer
    assert "lantern" not in answer.lower()
    assert "proxy" not in answer.lower()


def test_a_ping_tells_strangers_nothing(through: Through) -> None:
    status, answer = through.ask("GET /ping HTTP/1.1", Host="x", X_Lantern_Ping="1")

    assert status == 404
    assert "Server: Apache" in answer


def test_garbage_gets_a_web_servers_answer(through: Through) -> None:
    status, answer = through.ask("\x16\x03\x01 hello")

    assert status == 400
    assert "Server: Apache" in answer


def test_a_free_proxy_asks_for_no_pro_token(through: Through, origin: str) -> None:
    proxy_id = fleet.free_proxy(addr=f"127.0.0.1:{through.port}")

    def look() -> bool:
        _, answer = through.get(f"http://{origin}/", X_Lantern_Auth_Token=_secret(proxy_id))
        return '"path": "/"' in answer

    eventually(look, within=2)


def test_a_user_is_admitted_and_expelled_within_a_second(through: Through) -> None:
    proxy_id, _ = _linked(through)
    user_id = fleet.pro_user()
    before = through.admits(proxy_id, user_id)

    fleet.assigned(user_id)
    _within_a_second(lambda: through.admits(proxy_id, user_id))
    fleet.end_pro_time(user_id)
    fleet.stage_release(user_id)
    drain(HERE)

    _within_a_second(lambda: not through.admits(proxy_id, user_id))
    assert not before


def test_a_token_that_was_reset_is_good_no_more(through: Through) -> None:
    proxy_id, user_id = _linked(through)
    old = _shown(proxy_id, user_id)

    fleet.reset_token(user_id)
    fleet.assigned(user_id, "reset-1")

    _within_a_second(lambda: through.admits(proxy_id, user_id))
    status, answer = through.get("http://x/", X_Lantern_Ping="1", **old)
    assert status == 200
    assert "It works" in answer


def test_a_gap_in_the_stream_is_closed_by_the_snapshot(
    through: Through, real_redis: redis.Redis
) -> None:
    proxy_id, _ = _linked(through)
    user_id = fleet.pro_user()
    token = fleet.known_as(user_id)
    with real_redis.pipeline() as pipe:  # two changes of which the first is trimmed at once
        pipe.sadd(keys.TOKENS(proxy_id=proxy_id), token)
        pipe.hincrby(keys.PROXIES.row(proxy_id), "version", 2)
        pipe.xadd(keys.CHANGES(proxy_id=proxy_id), {"op": "expel", "token": "x"}, id="3-0")
        pipe.execute()

    _within_a_second(lambda: through.admits(proxy_id, user_id))


def test_targets_beyond_loopback_are_refused(through: Through) -> None:
    proxy_id, user_id = _linked(through)

    status, _ = through.get("http://192.0.2.1/", **_shown(proxy_id, user_id))

    assert status == 403


def test_our_own_servers_are_told_whose_address_it_is(origin: str) -> None:
    with _running_proxy("--ours", origin) as (through, _):
        proxy_id, user_id = _linked(through)

        _, answer = through.get(
            f"http://{origin}/", X_Lantern_Config_Client_IP="10.9.9.9", **_shown(proxy_id, user_id)
        )

    seen = _told(answer)["headers"]
    assert seen["x-lantern-config-client-ip"] == "127.0.0.1"
    assert seen["x-lantern-config-auth-token"] == settings.PROXY_FORWARD_SECRET
    assert seen["x-lantern-pro-token"] == fleet.token(user_id)
    assert "x-lantern-auth-token" not in seen


def test_it_ends_cleanly_when_asked_with_connections_open() -> None:
    with (
        _running_proxy() as (through, started),
        socket.create_connection(("127.0.0.1", through.port)),
    ):
        started.terminate()

        assert started.wait(timeout=5) == 0


def test_without_redis_it_admits_whom_it_knows(tmp_path: Path) -> None:
    with running(RedisPlace.in_folder(tmp_path)) as place:
        clients = [redis.Redis.from_url(place.url, decode_responses=text) for text in (True, False)]
        text, raw = clients
        with (
            store.using(text=text, raw=raw),
            _running_proxy(REDIS_URL=place.url) as (through, _),
        ):
            proxy_id, user_id = _linked(through)
            known = _shown(proxy_id, user_id)
            stranger = {**known, "X_Lantern_Pro_Token": "wrong"}
            text.shutdown(nosave=True)

            _, admitted = through.get("http://x/", X_Lantern_Ping="1", **known)
            _, disguised = through.get("http://x/", X_Lantern_Ping="1", **stranger)

        for each in clients:
            each.close()
    assert "It works" not in admitted
    assert "It works" in disguised


def test_it_starts_without_redis_and_learns_when_redis_comes(tmp_path: Path) -> None:
    place = RedisPlace.in_folder(tmp_path)
    with _running_proxy(REDIS_URL=place.url) as (through, _):
        status, answer = through.get("http://x/")
        with running(place):
            clients = [
                redis.Redis.from_url(place.url, decode_responses=text) for text in (True, False)
            ]
            with store.using(text=clients[0], raw=clients[1]):
                _linked_at_last = fleet.pro_proxy(addr=f"127.0.0.1:{through.port}")
                user_id = fleet.pro_user()
                fleet.assigned(user_id)
                eventually(lambda: through.admits(_linked_at_last, user_id))
            for each in clients:
                each.close()

    assert (status, "It works" in answer) == (200, True)
