"""Linking by code: asked for on the new device, approved on an old one, redeemed by polling."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import redis

from accounts.services.link_codes import LIFE_MS, MOST_TRIES
from lantern_pro import clock
from tests.client_app import ClientApp

NewClient = Callable[..., ClientApp]


@pytest.fixture
def newcomer(new_client: NewClient) -> ClientApp:
    """A device with a fresh account of its own, as apps have before they are linked."""
    return new_client("device-new", address="198.51.100.9")


def ask(app: ClientApp, name: str = "Pixel 9") -> str:
    """Ask for a code."""
    app.post("/link-code-request", deviceName=name)
    return str(app.answer["code"])


def redeem(app: ClientApp, code: str, **more: str) -> str:
    """Redeem a code; what came of it."""
    app.post("/link-code-redeem", code=code, deviceName="Pixel 9", **more)
    return str(app.answer.get("errorId", app.answer["status"]))


def on(app: ClientApp, device_id: str) -> ClientApp:
    """The same account on another device."""
    return replace(app, device_id=device_id)


def devices_of(app: ClientApp) -> dict[str, str]:
    """The account's devices: id -> name."""
    app.get("/user-data")
    return {device["id"]: device["name"] for device in app.answer["devices"]}


def fill(app: ClientApp, name: str = "Pixel 9") -> None:
    """Use up the account's places."""
    for number in (2, 3):
        on(app, f"device-{number}").post("/device-add", deviceName=name)


def test_a_device_is_linked_by_a_code(client: ClientApp, newcomer: ClientApp) -> None:
    code = ask(newcomer)
    before = redeem(newcomer, code)
    client.post("/link-code-approve", code=code)

    after = redeem(newcomer, code)

    assert len(code) == 6
    assert code.isdigit()
    assert (before, after) == ("link-code-pending", "ok")
    assert newcomer.answer["userId"] == newcomer.answer["userID"] == client.user_id
    assert newcomer.answer["token"] == client.token
    assert devices_of(client) == {"device-1": "", "device-new": "Pixel 9"}


def test_a_code_says_in_seconds_when_it_ends(newcomer: ClientApp) -> None:
    ask(newcomer)

    left = newcomer.answer["expireAt"] - clock.as_seconds(clock.now())

    assert 290 <= left <= 300


def test_while_a_code_is_good_the_same_one_is_given(newcomer: ClientApp) -> None:
    assert ask(newcomer) == ask(newcomer)


def test_a_code_whose_time_is_over_is_approved_no_more(
    client: ClientApp, newcomer: ClientApp, service: redis.Redis
) -> None:
    code = ask(newcomer)
    lives = service.pttl(f"{{c0}}:link_code:{code}")
    service.delete(f"{{c0}}:link_code:{code}")  # as Redis does when that is over

    client.post("/link-code-approve", code=code)

    assert 0 < int(str(lives)) <= LIFE_MS
    assert client.answer["errorId"] == "wrong-link-code"


def test_a_lost_answer_to_the_redemption_is_no_lost_device(
    client: ClientApp, newcomer: ClientApp
) -> None:
    code = ask(newcomer)
    client.post("/link-code-approve", code=code)
    redeem(newcomer, code)
    first = newcomer.answer

    redeem(newcomer, code)

    assert newcomer.answer == first
    assert len(devices_of(client)) == 2


def test_a_code_is_good_for_one_device_once(client: ClientApp, newcomer: ClientApp) -> None:
    code = ask(newcomer)
    client.post("/link-code-approve", code=code)
    redeem(newcomer, code)
    client.post("/user-link-remove", deviceID="device-new")

    assert redeem(newcomer, code) == "wrong-link-code"
    assert devices_of(client) == {"device-1": ""}


@pytest.mark.parametrize(
    "change",
    [{"token": "", "user_id": 0}, {"device_id": "device-other"}, {"token": "guessed"}],
)
def test_who_did_not_ask_cannot_redeem(
    client: ClientApp, newcomer: ClientApp, change: dict[str, Any]
) -> None:
    code = ask(newcomer)
    client.post("/link-code-approve", code=code)
    stranger = replace(newcomer, address="203.0.113.66", **change)

    assert redeem(stranger, code) == "wrong-link-code"
    assert devices_of(client) == {"device-1": ""}


def test_who_knows_a_device_id_does_not_learn_the_devices_code(newcomer: ClientApp) -> None:
    code = ask(newcomer)
    stranger = ClientApp(device_id=newcomer.device_id, address="203.0.113.66")

    assert ask(stranger) != code


def test_a_device_without_an_account_is_linked_too(client: ClientApp) -> None:
    bare = ClientApp(device_id="device-bare", address="198.51.100.9")
    code = ask(bare)
    client.post("/link-code-approve", code=code)

    assert redeem(bare, code) == "ok"
    assert bare.answer["token"] == client.token


def test_a_device_that_made_its_account_meanwhile_redeems_what_it_asked_for(
    client: ClientApp,
) -> None:
    bare = ClientApp(device_id="device-bare", address="198.51.100.9")
    code = ask(bare)
    client.post("/link-code-approve", code=code)
    bare.sign_up()

    assert redeem(bare, code) == "ok"


@pytest.mark.parametrize("code", ["000000", "12345", "1234567", "12345a", "٠١٢٣٤٥", "x" * 90])
def test_a_wrong_code_is_refused_everywhere(client: ClientApp, code: str) -> None:
    client.post("/link-code-approve", code=code)
    approving = client.answer

    assert redeem(client, code) == "wrong-link-code"
    assert approving["errorId"] == "wrong-link-code"
    assert approving["details"]["field"] == "code"


def test_a_code_may_be_typed_with_spaces(client: ClientApp, newcomer: ClientApp) -> None:
    code = ask(newcomer)

    client.post("/link-code-approve", code=f" {code[:3]} {code[3:]} ")

    assert client.answer == {"status": "ok"}


def test_only_somebody_who_is_known_approves(client: ClientApp, newcomer: ClientApp) -> None:
    code = ask(newcomer)
    client.token = "guessed"

    client.post("/link-code-approve", code=code)

    assert client.answer["errorId"] == "wrong-credentials"
    assert redeem(newcomer, code) == "link-code-pending"


def test_guessing_ends_after_few_tries_and_an_honest_owner_is_not_counted(
    client: ClientApp, newcomer: ClientApp
) -> None:
    honest = []
    for _ in range(3):
        client.post("/link-code-approve", code=ask(newcomer))
        honest.append(client.answer["status"])
    guesses = []
    for number in range(MOST_TRIES):
        client.post("/link-code-approve", code=f"{number:06}")
        guesses.append(client.answer["errorId"])
    client.post("/link-code-approve", code=ask(newcomer))

    assert honest == ["ok"] * 3
    assert guesses == ["wrong-link-code"] * MOST_TRIES
    assert client.answer["errorId"] == "too-many-tries"


def test_an_owner_without_a_place_is_told_so_when_approving(
    client: ClientApp, newcomer: ClientApp
) -> None:
    fill(client)

    client.post("/link-code-approve", code=ask(newcomer, name="Laptop"))

    assert client.answer["errorId"] == "too-many-devices"
    assert len(client.answer["details"]["devices"]) == 3


def test_a_machine_that_was_set_up_anew_takes_its_old_place(
    client: ClientApp, newcomer: ClientApp
) -> None:
    on(client, "device-2").post("/device-add", deviceName="Laptop")
    on(client, "device-3").post("/device-add", deviceName="Pixel 9")
    code = ask(newcomer, name="Pixel 9")
    client.post("/link-code-approve", code=code)

    outcome = redeem(newcomer, code)

    assert outcome == "ok"
    assert set(devices_of(client)) == {"device-1", "device-2", "device-new"}


def test_a_device_may_say_whose_place_it_takes(client: ClientApp, newcomer: ClientApp) -> None:
    fill(client)
    code = ask(newcomer)
    client.post("/link-code-approve", code=code)

    outcome = redeem(newcomer, code, replaceDeviceId="device-1")

    assert outcome == "ok"
    assert set(devices_of(newcomer)) != {"device-1", "device-2", "device-3"}


def test_when_the_place_was_taken_meanwhile_the_new_device_learns_which_devices_there_are(
    client: ClientApp, newcomer: ClientApp
) -> None:
    code = ask(newcomer, name="Laptop")
    client.post("/link-code-approve", code=code)
    fill(client, name="Phone")

    newcomer.post("/link-code-redeem", code=code, deviceName="Laptop")

    assert newcomer.answer["errorId"] == "too-many-devices"


def test_when_too_many_codes_wait_a_device_is_asked_to_wait(
    newcomer: ClientApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("accounts.services.link_codes.MOST_OPEN", 0)
    monkeypatch.setattr("accounts.services.link_codes.LEAST_OPEN", 0)

    response = newcomer.post("/link-code-request")

    assert (response.status_code, newcomer.answer["errorId"]) == (503, "link-codes-busy")
