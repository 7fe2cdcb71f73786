"""The reference http-proxy between a client's sockets and a web server."""

import json
import socket
from typing import Any

import pytest
from django.conf import settings

from tests import fleet
from tests.processes import eventually
from tests.through import Through, linked, running_proxy, shown

pytestmark = pytest.mark.stack


def _told(answer: str) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(answer.partition("\r\n\r\n")[2])
    return told


def test_a_page_comes_through_with_a_right_token(through: Through, origin: str) -> None:
    proxy_id, user_id = linked(through)

    status, answer = through.get(f"http://{origin}/page?q=1", **shown(proxy_id, user_id))

    assert status == 200
    assert _told(answer)["path"] == "/page?q=1"


def test_the_origin_sees_nothing_of_lantern(through: Through, origin: str) -> None:
    proxy_id, user_id = linked(through)

    _, answer = through.get(
        f"http://{origin}/", Accept="text/html", Proxy_Connection="x", **shown(proxy_id, user_id)
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
    proxy_id, user_id = linked(through)

    status, answer = through.ask(
        f"POST http://{origin}/form HTTP/1.1",
        body=f"{framed}GET http://other.example/ HTTP/1.1\r\nX-Lantern-Pro-Token: secret\r\n\r\n",
        Host=origin,
        **framing,
        **shown(proxy_id, user_id),
    )

    assert status == 200
    assert (_told(answer)["method"], _told(answer)["body"]) == ("POST", "hello")
    assert "secret" not in answer


def test_a_tunnel_carries_bytes_both_ways(through: Through, origin: str) -> None:
    proxy_id, user_id = linked(through)
    inner = f"GET /inside HTTP/1.1\r\nHost: {origin}\r\nConnection: close\r\n\r\n"

    status, answer = through.ask(
        f"CONNECT {origin} HTTP/1.1", body=inner, Host=origin, **shown(proxy_id, user_id)
    )

    assert status == 200
    assert '"path": "/inside"' in answer


@pytest.mark.parametrize("request_line", ["GET http://{} HTTP/1.1", "CONNECT {} HTTP/1.1"])
@pytest.mark.parametrize("lacks", ["auth", "pro", "both", "nothing but they are swapped"])
def test_strangers_see_an_ordinary_web_server(
    through: Through, origin: str, request_line: str, lacks: str
) -> None:
    proxy_id, user_id = linked(through)
    right = shown(proxy_id, user_id)
    sent = {
        "auth": {**right, "X_Lantern_Auth_Token": "wrong"},
        "pro": {**right, "X_Lantern_Pro_Token": "wrong"},
        "both": {},
        "nothing but they are swapped": {
            "X_Lantern_Auth_Token": right["X_Lantern_Pro_Token"],
            "X_Lantern_Pro_Token": right["X_Lantern_Auth_Token"],
        },
    }[lacks]

    status, answer = through.ask(request_line.format(origin), Host=origin, **sent)

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
        _, answer = through.get(f"http://{origin}/", X_Lantern_Auth_Token=fleet.secret(proxy_id))
        return '"path": "/"' in answer

    eventually(look)


def test_targets_beyond_loopback_are_refused(through: Through) -> None:
    proxy_id, user_id = linked(through)

    status, _ = through.get("http://192.0.2.1/", **shown(proxy_id, user_id))

    assert status == 403


def test_our_own_servers_are_told_whose_address_it_is(origin: str) -> None:
    with running_proxy("--ours", origin) as (through, _):
        proxy_id, user_id = linked(through)

        _, answer = through.get(
            f"http://{origin}/", X_Lantern_Config_Client_IP="10.9.9.9", **shown(proxy_id, user_id)
        )

    seen = _told(answer)["headers"]
    assert seen["x-lantern-config-client-ip"] == "127.0.0.1"
    assert seen["x-lantern-config-auth-token"] == settings.PROXY_FORWARD_SECRET
    assert seen["x-lantern-pro-token"] == fleet.token(user_id)
    assert "x-lantern-auth-token" not in seen


def test_it_ends_cleanly_when_asked_with_connections_open() -> None:
    with (
        running_proxy() as (through, started),
        socket.create_connection(("127.0.0.1", through.port)),
    ):
        started.terminate()

        assert started.wait(timeout=20) == 0
