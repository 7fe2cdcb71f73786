"""Each way back into an account goes to its end alone, and tells all devices and the owner."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from billing.models import Purchase
from devstack.mandrill_standin import MandrillStandin
from tests.client_app import ClientApp

EMAIL = "reader@example.org"
WAYS = ("mail", "words", "receipt")
CALLS = {
    "mail": "/user-link-validate",
    "words": "/user-recover-words",
    "receipt": "/user-recover-receipt",
}
Proof = dict[str, str]


@pytest.fixture
def owner(client: ClientApp, run_jobs: Callable[[], int]) -> ClientApp:
    """Who has paid, and has two devices."""
    client.buy(email=EMAIL)
    ClientApp("device-2", client.user_id, client.token).post("/device-add", deviceName="Laptop")
    run_jobs()
    return client


@pytest.fixture
def prove(
    owner: ClientApp, run_jobs: Callable[[], int], mandrill_standin: MandrillStandin, settings: Any
) -> Callable[[str, ClientApp], Proof]:
    """Switches the other ways off, and answers what a newcomer needs for this one."""
    owner.post("/recovery-words")
    words = owner.answer["recoveryWords"]
    receipt = str(Purchase.objects.get().charge_id)

    def mailed_code(newcomer: ClientApp) -> str:
        newcomer.post("/user-link-request", email=EMAIL, deviceName="Pixel 9")
        run_jobs()
        [code] = re.findall(r"\b\d{6}\b", mandrill_standin.mails[-1]["text"])
        return str(code)

    def proof_of(way: str, newcomer: ClientApp) -> Proof:
        settings.RECOVERY_WAYS = [way]
        match way:
            case "mail":
                return {"code": mailed_code(newcomer)}
            case "words":
                return {"words": words}
            case _:
                return {"receiptId": receipt, "last4": "4242"}

    return proof_of


def outcome(app: ClientApp) -> str:
    """``ok``, or why not."""
    return str(app.answer.get("errorId", app.answer["status"]))


@pytest.mark.parametrize("way", WAYS)
def test_with_the_other_ways_switched_off_the_account_is_recovered(
    owner: ClientApp, prove: Callable[[str, ClientApp], Proof], way: str
) -> None:
    new = ClientApp("new-device", address="198.51.100.9")

    new.post(CALLS[way], **prove(way, new), deviceName="Pixel 9")

    assert outcome(new) == "ok"
    assert (new.answer["userId"], new.answer["token"]) == (owner.user_id, owner.token)
    owner.get("/user-data")
    assert [each["id"] for each in owner.answer["devices"]] == [
        "device-1",
        "device-2",
        "new-device",
    ]


@pytest.mark.parametrize("way", WAYS)
def test_a_way_that_is_switched_off_opens_nothing_whatever_is_proven(
    prove: Callable[[str, ClientApp], Proof], settings: Any, way: str
) -> None:
    new = ClientApp("new-device", address="198.51.100.9")
    proof = prove(way, new)
    settings.RECOVERY_WAYS = [each for each in WAYS if each != way]

    new.post(CALLS[way], **proof)

    assert outcome(new) == "recovery-not-offered"


@pytest.mark.parametrize("way", WAYS)
def test_all_other_devices_are_told_who_came_and_by_which_way(
    owner: ClientApp, prove: Callable[[str, ClientApp], Proof], way: str
) -> None:
    new = ClientApp("new-device", address="198.51.100.9")

    new.post(CALLS[way], **prove(way, new), deviceName="Pixel 9")

    for device_id in ("device-1", "device-2"):
        other = ClientApp(device_id, owner.user_id, owner.token)
        other.get("/user-data")
        told = other.answer["notices"][0]
        assert (told["kind"], told["way"]) == ("recovered", way)
        assert (told["deviceId"], told["deviceName"]) == ("new-device", "Pixel 9")


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("mail", "by a code that was mailed to this address"),
        ("words", "by the recovery words of the account"),
        ("receipt", "by the receipt of a purchase and the last digits of the card"),
    ],
)
def test_the_owner_is_told_by_mail_which_way_it_was(
    owner: ClientApp,
    prove: Callable[[str, ClientApp], Proof],
    run_jobs: Callable[[], int],
    mandrill_standin: MandrillStandin,
    way: str,
    words: str,
) -> None:
    new = ClientApp("new-device", address="198.51.100.9")

    new.post(CALLS[way], **prove(way, new), deviceName="Pixel 9")
    run_jobs()

    mail = mandrill_standin.mails[-1]
    assert (mail["email"], mail["subject"]) == (
        EMAIL, "A device has joined your Lantern Pro account"
    )  # fmt: skip
    assert words in " ".join(str(mail["text"]).split())


@pytest.mark.parametrize("way", WAYS)
def test_the_owner_is_mailed_once_when_who_comes_says_to_be_a_device_of_the_account(
    owner: ClientApp,
    prove: Callable[[str, ClientApp], Proof],
    run_jobs: Callable[[], int],
    mandrill_standin: MandrillStandin,
    way: str,
) -> None:
    thief = ClientApp("device-1", address="198.51.100.9")
    proof = prove(way, thief)

    for _ in range(3):
        thief.post(CALLS[way], **proof)
    run_jobs()

    told = [each for each in mandrill_standin.mails if "has joined" in str(each["subject"])]
    assert outcome(thief) == "ok"
    assert len(told) == 1
