"""``/recovery-words`` and ``/user-recover-words``, with mail switched off."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest
import redis

from accounts.services.recovery_words import new_words
from devstack.mandrill_standin import MandrillStandin
from lantern_pro.types import Cell
from tests.client_app import ClientApp
from tests.dump import dump, places_of
from tests.timing import A_GUESS, beyond_chance, seconds_of, share_that_is_slower

NewClient = Callable[..., ClientApp]
UNKNOWN = "legal winner thank year wave sausage worth useful legal winner thank yellow"
ROUNDS = 40


@pytest.fixture(autouse=True)
def _words_alone(settings: Any) -> None:
    settings.RECOVERY_WAYS = ["words"]


def words_of(app: ClientApp) -> str:
    """New words for the app's account."""
    app.post("/recovery-words")
    words: str = app.answer["recoveryWords"]
    return words


def recovered(words: str, device_id: str = "new-device", **more: object) -> ClientApp:
    """Another device that comes with these words."""
    app = ClientApp(device_id=device_id)
    app.post("/user-recover-words", words=words, **more)
    if app.answer["status"] == "ok":
        app.user_id, app.token = app.answer["userID"], app.answer["token"]
    return app


def devices_of(app: ClientApp) -> list[str]:
    """The account's devices."""
    app.get("/user-data")
    return [device["id"] for device in app.answer["devices"]]


def test_a_device_that_knows_the_words_joins_the_account(client: ClientApp) -> None:
    words = words_of(client)

    new = recovered(words, deviceName="Pixel 9")

    assert (new.answer["userID"], new.answer["userId"]) == (client.user_id, client.user_id)
    assert new.token == client.token
    assert devices_of(new) == ["device-1", "new-device"]


def test_words_are_given_at_sign_up_to_who_asks_and_to_nobody_else(service: redis.Redis) -> None:
    app, other = ClientApp(), ClientApp(device_id="device-2")

    app.post("/user-create", recoveryWords="true")
    other.post("/user-create")

    assert recovered(app.answer["recoveryWords"]).user_id == app.answer["userId"]
    assert "recoveryWords" not in other.answer


def test_new_words_make_the_old_ones_worthless(client: ClientApp) -> None:
    old, new = words_of(client), words_of(client)

    assert recovered(old).answer["errorId"] == "wrong-recovery-words"
    assert recovered(new).user_id == client.user_id


def test_no_word_stands_in_redis(client: ClientApp) -> None:
    before = dump()  # plans are told in words too: "One year"
    words = words_of(client)

    held = dump()

    assert places_of(words, held) == []
    spaced = [f" {word} " for word in words.split()]
    assert [
        each for each in spaced if len(places_of(each, held)) > len(places_of(each, before))
    ] == []


def test_all_devices_are_told_who_came_and_how(
    client: ClientApp, new_client: NewClient, run_jobs: Callable[[], int]
) -> None:
    words = words_of(client)
    new = recovered(words, deviceName="Pixel 9")

    for app in (client, new):
        app.get("/user-data")
        joined, made = app.answer["notices"]
        assert (joined["kind"], joined["way"]) == ("recovered", "words")
        assert (joined["deviceId"], joined["deviceName"]) == ("new-device", "Pixel 9")
        assert made["kind"] == "words"


def test_the_owner_is_told_by_mail(
    client: ClientApp, run_jobs: Callable[[], int], mandrill_standin: MandrillStandin
) -> None:
    client.buy()
    words = words_of(client)

    recovered(words)
    run_jobs()

    [mail] = [each for each in mandrill_standin.mails if "receipt" not in str(each["subject"])]
    assert mail["email"] == "reader@example.org"
    assert mail["subject"] == "A device has joined your Lantern Pro account"


def test_a_device_that_was_removed_comes_back_by_the_words(
    client: ClientApp, new_client: NewClient
) -> None:
    words = words_of(client)
    lost = recovered(words, "lost-device")
    client.post("/user-link-remove", deviceID="lost-device")
    lost.get("/user-data")
    before = lost.answer["errorId"]

    again = recovered(words, "lost-device")

    assert before == "device-removed"
    assert "lost-device" in devices_of(again)


def test_a_full_account_tells_its_devices_and_one_gives_its_place(
    client: ClientApp, settings: Any
) -> None:
    settings.DEVICE_LIMIT = 1
    words = words_of(client)

    refused = recovered(words)
    told = refused.answer
    swapped = recovered(words, replaceDeviceId="device-1")

    assert told["errorId"] == "too-many-devices"
    assert [device["id"] for device in told["details"]["devices"]] == ["device-1"]
    assert devices_of(swapped) == ["new-device"]


def test_the_same_machine_after_a_reinstall_takes_its_old_place(
    client: ClientApp, settings: Any
) -> None:
    settings.DEVICE_LIMIT = 1
    words = words_of(client)
    recovered(words, "old-install", replaceDeviceId="device-1", deviceName="My laptop")

    new = recovered(words, "new-install", deviceName="My laptop")

    assert devices_of(new) == ["new-install"]


def test_a_stolen_token_is_reset_on_the_way(client: ClientApp) -> None:
    words = words_of(client)

    new = recovered(words, stolen="true")

    client.get("/user-data")
    assert new.token != client.token
    assert client.answer["errorId"] == "wrong-credentials"
    assert devices_of(new) == ["device-1", "new-device"]


def test_a_recovery_after_a_theft_may_be_repeated(client: ClientApp) -> None:
    words = words_of(client)
    told = {"stolen": "true", "idempotencyKey": "a secret of the owner"}

    first, second = recovered(words, **told), recovered(words, **told)

    assert second.token == first.token


@pytest.mark.parametrize(
    ("words", "error_id"),
    [(UNKNOWN, "wrong-recovery-words"), (UNKNOWN[:-6] + "year", "invalid-recovery-words")],
)
def test_words_of_nobody_open_nothing(client: ClientApp, words: str, error_id: str) -> None:
    new = recovered(words)

    assert new.answer["errorId"] == error_id
    assert new.answer["details"]["field"] == "words"


def test_guesses_are_limited(client: ClientApp, settings: Any) -> None:
    settings.GUESSES_PER_HOUR = 3

    told = [recovered(UNKNOWN).answer["errorId"] for _ in range(5)]

    assert told == ["wrong-recovery-words"] * 3 + ["too-many-requests"] * 2


def test_words_that_were_an_accounts_are_answered_as_words_of_nobody_in_the_same_time(
    client: ClientApp,
) -> None:
    once_known, nobodys = words_of(client), new_words(Cell(0))
    words_of(client)
    took: dict[str, list[float]] = {once_known: [], nobodys: []}
    bodies = set()

    for number in range(ROUNDS):
        for words in sorted(took, reverse=bool(number % 2)):
            app = ClientApp(device_id=f"device-{number}")
            call = partial(app.post, "/user-recover-words", words=words)
            took[words].append(seconds_of(call))
            bodies.add(str(app.answer))

    share = share_that_is_slower(took[once_known], took[nobodys])
    assert len(bodies) == 1
    assert abs(share - A_GUESS) < beyond_chance(ROUNDS)


def test_a_way_that_is_switched_off_is_refused(client: ClientApp, settings: Any) -> None:
    words = words_of(client)
    settings.RECOVERY_WAYS = ["mail"]

    refused = recovered(words)
    client.post("/recovery-words")
    app = ClientApp(device_id="device-2")
    app.post("/user-create", recoveryWords="true")

    assert refused.answer["errorId"] == "recovery-not-offered"
    assert client.answer["errorId"] == "recovery-not-offered"
    assert app.answer["recoveryWords"] == ""
