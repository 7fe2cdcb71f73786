"""``/user-create``, ``/user-confirm`` and ``/user-data``."""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any, cast

import pytest
import redis

from tests.client_app import ClientApp, How

NewClient = Callable[..., ClientApp]


@pytest.mark.parametrize("how", ["form", "query", "json"])
def test_an_account_is_made_however_the_parameters_travel(service: redis.Redis, how: str) -> None:
    app = ClientApp(how=cast("How", how))

    response = app.post("/user-create", locale="fa_IR")

    assert response.status_code == 200
    assert app.answer["status"] == "ok"
    assert "error" not in app.answer
    assert 0 < app.answer["userId"] < 1 << 53
    assert service.hget(f"{{c0}}:user:{app.answer['userId']}", "locale") == "fa_IR"


def test_an_account_is_made_without_body_or_content_type(service: redis.Redis) -> None:
    app = ClientApp(how="json")

    response = app.http.generic("POST", "/user-create", headers=app.headers())

    assert json.loads(response.content)["status"] == "ok"


def test_a_retried_sign_up_finds_the_same_account(new_client: NewClient) -> None:
    first = new_client()

    second = new_client()

    assert (second.user_id, second.token) == (first.user_id, first.token)


@pytest.mark.parametrize("other", [{"device_id": "device-2"}, {"address": "198.51.100.9"}])
def test_a_sign_up_from_elsewhere_makes_another_account(
    new_client: NewClient, other: dict[str, str]
) -> None:
    first = new_client()

    second = new_client(**other)

    assert second.user_id != first.user_id


@pytest.mark.parametrize("call", ["/user-confirm", "/user-data"])
def test_after_the_first_authenticated_call_the_device_id_gives_no_access(
    new_client: NewClient, call: str
) -> None:
    first = new_client()
    (first.get if call == "/user-data" else first.post)(call)

    second = new_client()

    assert second.user_id != first.user_id


def test_user_data_tells_all_that_clients_look_for(client: ClientApp) -> None:
    client.get("/user-data", locale="en_US", timeout=10)

    answer = client.answer
    assert answer["userId"] == client.user_id
    assert answer["token"] == client.token
    assert answer["userStatus"] == "free"
    assert answer["userLevel"] == ""
    assert answer["expiration"] == 0
    assert [device["id"] for device in answer["devices"]] == ["device-1"]
    assert isinstance(answer["devices"][0]["created"], int)
    assert answer["yinbiEnabled"] is False


@pytest.mark.parametrize(
    ("user_id", "token", "error_id"),
    [
        (0, "", "missing-credentials"),
        (None, "", "missing-credentials"),
        (None, "wrong", "wrong-credentials"),
        (4398046511104, None, "wrong-credentials"),
    ],
)
def test_who_cannot_be_known_gets_a_clean_refusal_at_200(
    client: ClientApp, user_id: int | None, token: str | None, error_id: str
) -> None:
    client.user_id = client.user_id if user_id is None else user_id
    client.token = client.token if token is None else token

    response = client.get("/user-data")

    assert response.status_code == 200
    assert client.answer["status"] == "error"
    assert client.answer["errorId"] == error_id


@pytest.mark.parametrize(
    "user_id", ["abc", "-1", "1.5", str(1 << 53), "٣", "9" * 5000, "1e3", "+1"]
)
def test_a_malformed_user_id_is_named_as_such(client: ClientApp, user_id: str) -> None:
    response = client.http.get(
        "/user-data",
        headers={
            "X-Lantern-Device-Id": "device-1",
            "X-Lantern-User-Id": user_id,
            "X-Lantern-Pro-Token": client.token,
        },
    )

    answer = json.loads(response.content)
    assert response.status_code == 200
    assert answer["errorId"] == "invalid-parameter"
    assert answer["details"]["field"] == "X-Lantern-User-Id"


@pytest.mark.parametrize("token", ["t\u00f6ken", "\udc80"])
def test_a_token_that_no_token_can_be_is_named_as_such(client: ClientApp, token: str) -> None:
    client.token = token

    response = client.get("/user-data")

    assert response.status_code == 200
    assert client.answer["errorId"] == "invalid-parameter"
    assert client.answer["details"]["field"] == "X-Lantern-Pro-Token"


def test_a_call_without_a_device_id_is_told_which_header_is_missing(client: ClientApp) -> None:
    client.device_id = ""

    client.get("/user-data")

    assert client.answer["errorId"] == "missing-parameter"
    assert client.answer["details"]["field"] == "X-Lantern-Device-Id"


def test_headers_are_read_in_any_letter_case(client: ClientApp) -> None:
    response = client.http.get(
        "/user-data",
        headers={
            "x-lantern-device-id": client.device_id,
            "X-LANTERN-USER-ID": str(client.user_id),
            "x-Lantern-pro-tokeN": client.token,
        },
    )

    assert json.loads(response.content)["status"] == "ok"


@pytest.mark.parametrize("body", ["{", "[1]", '"text"', "[" * 2000, "\xff", " " * 200_000])
def test_a_body_that_is_no_json_object_is_refused_in_the_envelope(
    client: ClientApp, body: str
) -> None:
    response = client.http.generic(
        "POST", "/user-create", body, content_type="application/json", headers=client.headers()
    )

    assert response.status_code == 200
    assert json.loads(response.content)["errorId"] == "invalid-parameter"


@pytest.mark.parametrize(
    "body", ["locale=" + "x" * 200_000, "&".join(f"a{n}=1" for n in range(2000)), "locale=%00"]
)
def test_a_form_that_no_client_sends_is_refused_in_the_envelope(
    client: ClientApp, body: str
) -> None:
    response = client.http.generic(
        "POST",
        "/user-create",
        body,
        content_type="application/x-www-form-urlencoded",
        headers=client.headers(),
    )

    assert response.status_code == 200
    assert json.loads(response.content)["errorId"] in {"invalid-parameter", "bad-request"}


def test_answers_are_ascii_only(client: ClientApp, service: redis.Redis) -> None:
    service.hset(f"{{c0}}:user:{client.user_id}:device_names", "device-1", "电话")

    response = client.get("/user-data")

    assert response.content.isascii()
    assert client.answer["devices"][0]["name"] == "电话"


def test_nothing_on_the_way_may_keep_an_answer(client: ClientApp) -> None:
    answers = [
        client.get("/user-data"),
        client.post("/user-create"),
        client.post("/user-data"),
        replace(client, token="another").get("/user-data"),
    ]

    assert [answer.headers["Cache-Control"] for answer in answers] == ["no-store"] * 4


def test_an_unknown_endpoint_and_a_wrong_method_answer_in_the_envelope(client: ClientApp) -> None:
    unknown = client.get("/no-such-endpoint")
    unknown_id = client.answer["errorId"]
    wrong = client.get("/user-create")

    assert (unknown.status_code, unknown_id) == (404, "unknown-endpoint")
    assert (wrong.status_code, client.answer["errorId"]) == (200, "method-not-allowed")
    assert unknown["Content-Type"] == "application/json"


def test_no_token_and_no_address_stand_in_redis(client: ClientApp, service: redis.Redis) -> None:
    client.buy()

    for key in service.scan_iter():
        dumped = everything(service, key)
        assert client.token not in dumped
        assert "reader@example.org" not in dumped


def everything(client: Any, key: str) -> str:
    """All that a key holds, as text."""
    readers: dict[str, Callable[[str], object]] = {
        "string": client.get,
        "hash": client.hgetall,
        "set": client.smembers,
        "list": lambda name: client.lrange(name, 0, -1),
        "zset": lambda name: client.zrange(name, 0, -1),
        "stream": client.xrange,
        "none": str,  # it ran out while this looked
    }
    return str(readers[client.type(key)](key))
