"""``/device-add``, ``/user-link-remove``, ``/migrate-device-id`` and ``/token-reset``."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import redis

from accounts.services.token_reset import GRACE_MS
from lantern_pro import clock
from tests import fleet
from tests.client_app import ClientApp

NewClient = Callable[..., ClientApp]


def on(app: ClientApp, device_id: str) -> ClientApp:
    """The same account on another device, as if its credentials had been copied there."""
    return replace(app, device_id=device_id)


def devices_of(app: ClientApp) -> list[str]:
    """The devices that the account says it has."""
    app.get("/user-data")
    return [device["id"] for device in app.answer["devices"]]


@pytest.fixture
def full(client: ClientApp) -> ClientApp:
    """An account with three devices."""
    for number in (2, 3):
        on(client, f"device-{number}").post("/device-add", deviceName=f"Phone {number}")
    return client


def test_a_device_joins_under_the_name_that_its_owner_gave_it(client: ClientApp) -> None:
    on(client, "device-2").post("/device-add", deviceName="电话")

    client.get("/user-data")

    assert client.answer["devices"][1]["id"] == "device-2"
    assert client.answer["devices"][1]["name"] == "电话"


@pytest.mark.parametrize("name", ["", "x" * 900])
def test_no_device_is_refused_for_its_name(client: ClientApp, name: str) -> None:
    other = on(client, "device-2")

    other.post("/device-add", deviceName=name)

    assert other.answer["status"] == "ok"
    assert devices_of(client) == ["device-1", "device-2"]


def test_a_repeated_device_add_is_one_device(client: ClientApp) -> None:
    for _ in range(3):
        on(client, "device-2").post("/device-add", deviceName="Pixel")

    assert devices_of(client) == ["device-1", "device-2"]


def test_at_the_limit_a_device_learns_which_devices_there_are(full: ClientApp) -> None:
    fourth = on(full, "device-4")

    response = fourth.post("/device-add", deviceName="Laptop")

    told = fourth.answer
    assert (response.status_code, told["errorId"]) == (200, "too-many-devices")
    assert told["details"]["limit"] == 3
    assert [device["id"] for device in told["details"]["devices"]] == [
        "device-1",
        "device-2",
        "device-3",
    ]
    assert told["details"]["devices"][1]["name"] == "Phone 2"
    assert isinstance(told["details"]["devices"][1]["created"], int)


def test_an_owner_swaps_one_device_for_another(full: ClientApp) -> None:
    fourth = on(full, "device-4")

    fourth.post("/device-add", deviceName="Laptop", replaceDeviceId="device-2")

    assert fourth.answer["status"] == "ok"
    assert devices_of(full) == ["device-1", "device-3", "device-4"]


def test_a_swap_for_a_device_that_is_none_is_refused(full: ClientApp) -> None:
    fourth = on(full, "device-4")

    fourth.post("/device-add", replaceDeviceId="device-9")

    assert fourth.answer["errorId"] == "no-such-device"
    assert fourth.answer["details"]["field"] == "replaceDeviceId"


@pytest.mark.parametrize("spelling", ["deviceID", "deviceId"])
def test_a_device_is_removed_under_either_spelling(full: ClientApp, spelling: str) -> None:
    full.post("/user-link-remove", **{spelling: "device-2"})

    answer = full.answer
    assert answer["userId"] == answer["userID"] == full.user_id
    assert answer["token"] == full.token
    assert devices_of(full) == ["device-1", "device-3"]


def test_a_removal_whose_answer_was_lost_may_be_repeated(full: ClientApp) -> None:
    full.post("/user-link-remove", deviceID="device-2")
    first = full.answer

    full.post("/user-link-remove", deviceID="device-2")

    assert full.answer == first


def test_a_removal_needs_to_be_told_which_device(full: ClientApp) -> None:
    full.post("/user-link-remove")

    assert full.answer["errorId"] == "missing-parameter"
    assert full.answer["details"]["field"] == "deviceID"


@pytest.mark.parametrize(
    ("path", "told"),
    [
        ("/device-add", {"deviceName": "Again"}),
        ("/user-link-remove", {"deviceID": "device-1"}),
        ("/migrate-device-id", {"oldDeviceID": "device-1"}),
        ("/token-reset", {}),
        ("/user-confirm", {}),
    ],
)
def test_a_removed_device_may_do_nothing_although_it_has_the_token(
    full: ClientApp, path: str, told: dict[str, Any]
) -> None:
    full.post("/user-link-remove", deviceID="device-2")
    removed = on(full, "device-2")

    removed.post(path, **told)

    assert removed.answer["errorId"] == "device-removed"
    assert devices_of(full) == ["device-1", "device-3"]


def test_only_the_token_tells_a_device_that_it_was_removed(full: ClientApp) -> None:
    full.post("/user-link-remove", deviceID="device-2")
    stranger = replace(full, device_id="device-2", token="guessed")

    stranger.get("/user-data")

    assert stranger.answer["errorId"] == "wrong-credentials"


def test_a_device_that_logs_out_may_log_in_again(full: ClientApp) -> None:
    second = on(full, "device-2")
    second.post("/user-link-remove", deviceID="device-2")

    second.post("/device-add", deviceName="Phone 2")

    assert second.answer["status"] == "ok"


def test_a_device_goes_on_under_another_id(client: ClientApp) -> None:
    moved = on(client, "device-new")

    moved.post("/migrate-device-id", oldDeviceID="device-1")
    moved.post("/migrate-device-id", oldDeviceID="device-1")

    assert moved.answer["status"] == "ok"
    assert devices_of(moved) == ["device-new"]


def test_a_device_that_never_was_one_does_not_move(client: ClientApp) -> None:
    moved = on(client, "device-new")

    moved.post("/migrate-device-id", oldDeviceID="device-9")

    assert moved.answer["errorId"] == "no-such-device"


def test_after_a_reset_the_old_token_reads_for_some_minutes_and_no_longer(
    client: ClientApp,
) -> None:
    other = on(client, "device-2")
    other.post("/device-add")
    client.post("/token-reset")
    new = client.answer["token"]

    other.get("/user-data")
    told = other.answer
    other.post("/device-add")
    writing = other.answer["errorId"]
    with clock.shifted(GRACE_MS + 1000):
        other.get("/user-data")

    assert new != client.token
    assert told["token"] == new
    assert writing == "wrong-credentials"
    assert other.answer["errorId"] == "wrong-credentials"


def test_a_reset_whose_answer_was_lost_is_one_reset(client: ClientApp) -> None:
    client.post("/token-reset")
    first = client.answer["token"]

    client.post("/token-reset")

    assert client.answer["token"] == first
    assert client.answer["userID"] == client.answer["userId"] == client.user_id


def test_a_stolen_token_is_good_for_nothing_at_once(client: ClientApp) -> None:
    thief = replace(client)
    client.post("/token-reset", stolen="true", idempotencyKey="a secret of the owner")

    thief.get("/user-data")
    reading = thief.answer["errorId"]
    thief.post("/token-reset")

    assert reading == "wrong-credentials"
    assert thief.answer["errorId"] == "wrong-credentials"


def test_only_who_reset_a_stolen_token_may_repeat_the_call(client: ClientApp) -> None:
    client.post("/token-reset", stolen="true", idempotencyKey="a secret of the owner")
    first = client.answer["token"]
    thief = replace(client)

    client.post("/token-reset", stolen="true", idempotencyKey="a secret of the owner")
    thief.post("/token-reset", stolen="true", idempotencyKey="a guess of the thief")

    assert client.answer["token"] == first
    assert thief.answer["errorId"] == "wrong-credentials"


@pytest.mark.parametrize(
    ("path", "told"), [("/token-reset", {}), ("/user-link-remove", {"deviceID": "device-3"})]
)
def test_a_theft_that_is_told_with_a_token_just_reset_ends_both_tokens(
    full: ClientApp, path: str, told: dict[str, str]
) -> None:
    unaware, thief = on(full, "device-2"), on(full, "device-of-the-thief")
    full.post("/token-reset")
    second = full.answer["token"]

    unaware.post(path, stolen="true", idempotencyKey="a secret of the owner", **told)
    third = unaware.answer["token"]
    unaware.post(path, stolen="true", idempotencyKey="a secret of the owner", **told)
    thief.get("/user-data")
    by_the_first = thief.answer["errorId"]
    thief.token = second
    thief.get("/user-data")

    assert third not in {full.token, second}
    assert (by_the_first, thief.answer["errorId"]) == ("wrong-credentials", "wrong-credentials")


def test_a_stolen_device_is_removed_and_the_token_reset_in_one_call(full: ClientApp) -> None:
    thief = on(full, "device-2")
    told = {"deviceID": "device-2", "stolen": "true", "idempotencyKey": "a secret"}
    full.post("/user-link-remove", **told)
    first = full.answer["token"]

    full.post("/user-link-remove", **told)
    again = full.answer["token"]
    thief.device_id = "a-new-name"
    thief.post("/device-add")

    assert again == first != thief.token
    assert thief.answer["errorId"] == "wrong-credentials"
    assert devices_of(replace(full, token=first)) == ["device-1", "device-3"]


def test_a_removed_device_gets_no_pro_configuration_any_more(
    full: ClientApp, run_jobs: Callable[[], int], service: redis.Redis
) -> None:
    fleet.pro_proxy()
    full.buy()
    run_jobs()
    before = service.hget(f"{{c0}}:config:user:{full.user_id}", "admissions")

    full.post("/user-link-remove", deviceID="device-2")
    run_jobs()

    after = service.hget(f"{{c0}}:config:user:{full.user_id}", "admissions")
    assert len(str(before).split(",")) == 3
    assert len(str(after).split(",")) == 2
