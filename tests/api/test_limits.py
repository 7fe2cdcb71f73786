"""Limits as client apps meet them: refused at 200 with the wait, honest repetitions let through."""

import json
from collections.abc import Callable
from typing import Any

import pytest
import redis

from lantern_pro.api.limits import FAMILIES, Scope
from tests.client_app import ClientApp

NewClient = Callable[..., ClientApp]

ADDRESS = "93.184.216.34"
NEIGHBOUR = "93.184.216.99"
ELSEWHERE = "151.101.1.69"


def sign_up(device_id: str, address: str) -> str:
    """Sign up; the ``errorId``, or nothing when an account was made."""
    app = ClientApp(device_id=device_id, address=address)
    app.post("/user-create")
    return str(app.answer.get("errorId", ""))


def test_too_many_calls_are_refused_at_200_with_the_wait_in_header_and_body(
    new_client: NewClient, settings: Any
) -> None:
    settings.CALLS_PER_MINUTE = 3
    app = new_client()

    for _ in range(4):
        response = app.get("/user-data")

    assert response.status_code == 200
    assert app.answer["errorId"] == "too-many-requests"
    assert app.answer["details"]["retryAfter"] == 20
    assert response["Retry-After"] == "20"


def test_after_a_restart_of_redis_calls_are_counted_as_before(
    new_client: NewClient, service: redis.Redis, settings: Any
) -> None:
    settings.CALLS_PER_MINUTE = 1
    app = new_client()
    service.script_flush()

    app.get("/user-data")
    first = app.answer["status"]
    app.get("/user-data")

    assert first == "ok"
    assert app.answer["errorId"] == "too-many-requests"


def test_what_one_device_has_used_up_another_still_has(
    new_client: NewClient, settings: Any
) -> None:
    settings.CALLS_PER_MINUTE = 2
    busy, calm = new_client("device-1", address=ADDRESS), new_client("device-2", address=ADDRESS)
    for _ in range(3):
        busy.get("/user-data")

    calm.get("/user-data")

    assert busy.answer["errorId"] == "too-many-requests"
    assert calm.answer["status"] == "ok"


def test_who_names_another_without_the_token_does_not_use_up_their_limit(
    new_client: NewClient, settings: Any
) -> None:
    settings.CALLS_PER_MINUTE = 2
    owner = new_client(address=ADDRESS)
    for number in range(20):
        ClientApp(
            device_id=f"thief-{number}", user_id=owner.user_id, token="wrong", address=ELSEWHERE
        ).get("/user-data")

    owner.get("/user-data")

    assert owner.answer["status"] == "ok"


def test_a_network_makes_only_so_many_accounts(service: redis.Redis, settings: Any) -> None:
    settings.SIGN_UPS_PER_NETWORK = 8

    told = [sign_up(f"d{number}", f"93.184.216.{number}") for number in range(10)]

    assert told == [""] * 8 + ["too-many-requests"] * 2
    assert sign_up("d1", ELSEWHERE) == ""


def test_a_sign_up_that_is_refused_leaves_no_account(service: redis.Redis, settings: Any) -> None:
    settings.SIGN_UPS_PER_NETWORK = 1
    sign_up("d1", ADDRESS)
    before = service.dbsize()

    refused = sign_up("d2", NEIGHBOUR)

    assert refused == "too-many-requests"
    assert service.dbsize() == before


def test_a_sign_up_whose_answer_was_lost_is_not_counted_again(
    service: redis.Redis, settings: Any
) -> None:
    settings.SIGN_UPS_PER_NETWORK = 1

    told = [sign_up("d1", ADDRESS) for _ in range(5)]

    assert told == [""] * 5


def test_a_flood_from_many_networks_leaves_each_a_little(
    service: redis.Redis, settings: Any
) -> None:
    settings.SIGN_UPS_PER_HOUR, settings.SIGN_UPS_PER_NETWORK = 600, 60
    calm = [sign_up(f"calm-{number}", f"151.101.1.{number}") for number in range(6)]
    for number in range(60):
        sign_up(f"flood-{number}", f"93.{number}.216.34")

    flooded = [sign_up(f"late-{number}", f"8.8.8.{number}") for number in range(6)]

    assert calm == [""] * 6
    assert flooded.count("") == 2


def test_a_purchase_may_be_repeated_and_another_is_counted(
    new_client: NewClient, settings: Any
) -> None:
    settings.PAYMENTS_PER_HOUR = 2
    app = new_client()
    answers = []

    for key in ("one", "one", "one", "two", "three"):
        app.buy(idempotencyKey=key, stripeToken="tok_chargeDeclined")
        answers.append(app.answer["errorId"])

    assert answers == ["card-declined"] * 4 + ["too-many-requests"]


def test_other_guesses_under_one_key_are_no_repetitions(
    service: redis.Redis, settings: Any
) -> None:
    settings.GUESSES_PER_HOUR = 2
    app = ClientApp(address=ADDRESS)

    told = []
    for code in ("000001", "000001", "000002", "000003"):
        app.post("/user-link-validate", code=code, idempotencyKey="the-same")
        told.append(app.answer["errorId"])

    assert told == ["wrong-link-code"] * 3 + ["too-many-requests"]


def test_a_key_with_half_a_character_is_refused_and_breaks_nothing(client: ClientApp) -> None:
    response = client.http.generic(
        "POST",
        "/purchase",
        json.dumps({"plan": "1y-usd-10", "stripeToken": "tok_visa", "idempotencyKey": "\ud800"}),
        content_type="application/json",
        headers=client.headers(),
    )

    assert response.status_code == 200
    assert json.loads(response.content)["details"]["field"] == "idempotencyKey"


def test_addresses_that_are_not_public_are_not_counted_as_one_network(
    service: redis.Redis, settings: Any
) -> None:
    settings.SIGN_UPS_PER_NETWORK = 1

    told = [sign_up(f"d{number}", "10.0.0.1") for number in range(5)]

    assert told == [""] * 5


def test_keys_that_count_name_neither_address_nor_device(
    new_client: NewClient, service: redis.Redis, settings: Any
) -> None:
    settings.CALLS_PER_MINUTE, settings.SIGN_UPS_PER_NETWORK = 100, 100
    settings.SIGN_UPS_PER_HOUR = 100
    new_client("my-own-device", address=ADDRESS).get("/user-data")

    counted = [key for key in service.scan_iter() if ":limit:" in key]

    assert len(counted) > 3
    assert not any("93.184" in key or "my-own-device" in key for key in counted)
    assert all(service.pttl(key) != -1 and service.pttl(key) <= 3_600_000 for key in counted)


@pytest.mark.parametrize("family", FAMILIES, ids=lambda family: family.family)
def test_a_family_names_settings_that_are_there_and_everyone_first(
    family: Any, settings: Any
) -> None:
    scopes = [limit.scope for limit in family.each]

    assert all(getattr(settings, limit.setting) > 0 for limit in family.each)
    assert Scope.EVERYONE not in scopes[1:]
    assert len(set(scopes)) == len(scopes)
