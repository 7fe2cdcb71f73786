"""``/user-recover-receipt``, with mail and words switched off."""

from base64 import b64decode
from collections.abc import Callable
from functools import partial
from io import BytesIO
from typing import Any

import pytest
import requests
from pypdf import PdfReader

from billing.models import Purchase
from devstack.mandrill_standin import MandrillStandin
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from tests.client_app import ClientApp
from tests.timing import A_GUESS, beyond_chance, seconds_of, share_that_is_slower

NewClient = Callable[..., ClientApp]
RunJobs = Callable[[], int]
UNKNOWN = "ch_000000000000000000000000"
RIGHT, WRONG = "4242", "4243"
ROUNDS = 40
REFUSAL = {
    "status": "error",
    "error": "No account belongs to this receipt and these digits.",
    "errorId": "wrong-receipt",
    "details": {"field": "receiptId"},
}


@pytest.fixture(autouse=True)
def _receipts_alone(settings: Any) -> None:
    settings.RECOVERY_WAYS = ["receipt"]


@pytest.fixture
def receipt(client: ClientApp) -> str:
    """The receipt of what the client has bought; somebody else has bought, too."""
    ClientApp(device_id="neighbour").sign_up().buy()
    client.buy()
    return receipt_of(client)


def receipt_of(app: ClientApp) -> str:
    """The charge of the one purchase that this user made."""
    return str(Purchase.objects.get(user_id=app.user_id).charge_id)


def recovered(receipt_id: str, last4: str = RIGHT, **more: object) -> ClientApp:
    """Another device that comes with this receipt."""
    app = ClientApp(device_id=str(more.pop("device_id", "new-device")))
    app.address = str(more.pop("address", app.address))
    app.post("/user-recover-receipt", receiptId=receipt_id, last4=last4, **more)
    if app.answer["status"] == "ok":
        app.user_id, app.token = app.answer["userID"], app.answer["token"]
    return app


def outcome(app: ClientApp) -> str:
    """``ok``, or why not."""
    return str(app.answer.get("errorId", app.answer["status"]))


def devices_of(app: ClientApp) -> list[str]:
    """The account's devices."""
    app.get("/user-data")
    return [device["id"] for device in app.answer["devices"]]


def asked_of(standin: StripeStandin) -> list[int]:
    """What Stripe answered, each time that it was asked about a charge."""
    return [each["status"] for each in standin.requests if each["path"].startswith("/v1/charges/")]


def test_the_number_on_the_mailed_receipt_and_the_digits_of_the_card_open_the_account(
    client: ClientApp, run_jobs: RunJobs, mandrill_standin: MandrillStandin
) -> None:
    client.buy()
    run_jobs()
    [mail] = mandrill_standin.mails
    pdf = PdfReader(BytesIO(b64decode(mail["attachments"][0]["content"])))
    printed = pdf.pages[0].extract_text().split()
    number = printed[printed.index("Receipt") + 1]

    new = recovered(number, deviceName="Pixel 9")

    assert new.answer["userId"] == new.answer["userID"] == client.user_id
    assert new.token == client.token
    assert devices_of(new) == ["device-1", "new-device"]


def test_of_several_who_bought_each_has_their_own_receipt(new_client: NewClient) -> None:
    people = [new_client(f"device-{number}") for number in range(4)]
    for each in people:
        each.buy()

    found = [recovered(receipt_of(each)).user_id for each in people]

    assert found == [each.user_id for each in people]


@pytest.mark.parametrize("last4", ["۴۲۴۲", "٤٢٤٢", " 4242 "])
def test_digits_of_any_script_are_read(client: ClientApp, receipt: str, last4: str) -> None:
    assert recovered(receipt, last4).user_id == client.user_id


@pytest.mark.parametrize(
    ("receipt_id", "last4", "field"),
    [
        ("", RIGHT, "receiptId"),
        ("pi_000000000000000000000000", RIGHT, "receiptId"),
        ("ch_../../customers", RIGHT, "receiptId"),
        ("ch_" + "0" * 81, RIGHT, "receiptId"),
        (UNKNOWN, "", "last4"),
        (UNKNOWN, "42424", "last4"),
        (UNKNOWN, "x242", "last4"),
    ],
)
def test_what_can_be_no_receipt_is_told_so_and_stripe_is_not_asked(
    receipt: str, stripe_standin: StripeStandin, receipt_id: str, last4: str, field: str
) -> None:
    new = recovered(receipt_id, last4)

    assert outcome(new) in {"invalid-parameter", "missing-parameter"}
    assert new.answer["details"]["field"] == field
    assert asked_of(stripe_standin) == []


def test_a_full_account_tells_its_devices_and_one_gives_its_place(
    receipt: str, settings: Any
) -> None:
    settings.DEVICE_LIMIT = 1

    refused = recovered(receipt)
    swapped = recovered(receipt, replaceDeviceId="device-1")

    assert outcome(refused) == "too-many-devices"
    assert [each["id"] for each in refused.answer["details"]["devices"]] == ["device-1"]
    assert devices_of(swapped) == ["new-device"]


def test_a_stolen_token_is_reset_on_the_way(client: ClientApp, receipt: str) -> None:
    new = recovered(receipt, stolen="true")

    client.get("/user-data")
    assert outcome(client) == "wrong-credentials"
    assert devices_of(new) == ["device-1", "new-device"]


def refund(standin: StripeStandin, receipt_id: str) -> None:
    """Give the money back."""
    with requests.Session() as session:
        session.post(
            f"{standin.url}/v1/refunds",
            data={"charge": receipt_id},
            auth=("sk_test_development", ""),
            timeout=20,
        ).raise_for_status()


def dispute(standin: StripeStandin, receipt_id: str) -> None:
    """Let the card's owner say that they never paid this."""
    with standin.journal.change() as draft:
        draft.put({**(draft.get(receipt_id) or {}), "disputed": True})


def test_whatever_opens_nothing_is_answered_alike_and_stripe_is_asked_alike(
    client: ClientApp, receipt: str, stripe_standin: StripeStandin, new_client: NewClient
) -> None:
    others = [new_client(f"other-{number}") for number in range(2)]
    for each in others:
        each.buy()
    refunded, disputed = map(receipt_of, others)
    refund(stripe_standin, refunded)
    dispute(stripe_standin, disputed)
    swapped = receipt[:3] + receipt[3:].swapcase()

    told = [
        recovered(*guess).answer
        for guess in (
            (UNKNOWN, RIGHT),
            (receipt, WRONG),
            (refunded, RIGHT),
            (disputed, RIGHT),
            (swapped, RIGHT),
        )
    ]

    assert told == [REFUSAL] * 5
    assert asked_of(stripe_standin) == [200] * 5
    assert devices_of(client) == ["device-1"]


def test_the_receipt_of_who_was_erased_is_as_one_of_nobody(
    client: ClientApp, receipt: str, run_jobs: RunJobs
) -> None:
    client.post("/user-delete")
    client.post("/user-delete", confirmation=client.answer["confirmation"])
    run_jobs()

    assert recovered(receipt).answer == REFUSAL


def test_nothing_bought_yet_no_receipt_is_anybodys(client: ClientApp) -> None:
    assert recovered(UNKNOWN).answer == REFUSAL


def test_a_receipt_of_nobody_and_other_digits_take_the_same_time(receipt: str) -> None:
    guesses = {"known": (receipt, WRONG), "unknown": (UNKNOWN, WRONG)}
    took: dict[str, list[float]] = {name: [] for name in guesses}

    for number in range(ROUNDS):
        for name in sorted(guesses, reverse=bool(number % 2)):
            took[name].append(seconds_of(partial(recovered, *guesses[name])))

    share = share_that_is_slower(took["known"], took["unknown"])
    assert abs(share - A_GUESS) < beyond_chance(ROUNDS)


@pytest.mark.parametrize("kind", ["status_500", "status_429", "close_before"])
def test_with_stripe_away_every_receipt_is_answered_503(
    receipt: str, stripe_standin: StripeStandin, kind: str
) -> None:
    stripe_standin.faults.add(Fault(kind, "/v1/charges", method="GET", times=3))
    app = ClientApp(device_id="new-device")

    told = [
        app.post("/user-recover-receipt", receiptId=receipt_id, last4=last4)
        for receipt_id, last4 in ((receipt, RIGHT), (receipt, WRONG), (UNKNOWN, RIGHT))
    ]

    assert [each.status_code for each in told] == [503] * 3
    assert len({each.content for each in told}) == 1
    assert app.answer["errorId"] == "stripe-unreachable"


def test_a_receipt_takes_few_guesses_wherever_they_come_from_known_or_not(
    receipt: str, settings: Any
) -> None:
    settings.RECEIPT_GUESSES_PER_WEEK = 2

    told = {
        receipt_id: [
            outcome(recovered(receipt_id, last4, address=f"{net}.1.2.3", device_id=f"d{net}"))
            for net, last4 in ((31, "1111"), (62, "2222"), (93, "3333"), (124, RIGHT))
        ]
        for receipt_id in (receipt, UNKNOWN)
    }

    assert told[receipt] == ["wrong-receipt"] * 2 + ["too-many-requests"] * 2
    assert told[UNKNOWN] == told[receipt]


def test_the_same_guess_again_is_no_other(client: ClientApp, receipt: str, settings: Any) -> None:
    settings.RECEIPT_GUESSES_PER_WEEK = 2

    wrong = [outcome(recovered(receipt, WRONG)) for _ in range(4)]
    right = [recovered(receipt).user_id for _ in range(4)]

    assert wrong == ["wrong-receipt"] * 4
    assert right == [client.user_id] * 4


def test_guesses_at_many_receipts_are_limited(receipt: str, settings: Any) -> None:
    settings.GUESSES_PER_HOUR = 3

    told = [outcome(recovered(f"ch_{number:024}")) for number in range(5)]

    assert told == ["wrong-receipt"] * 3 + ["too-many-requests"] * 2


def test_switched_off_it_is_refused_and_stripe_is_not_asked(
    receipt: str, stripe_standin: StripeStandin, settings: Any
) -> None:
    settings.RECOVERY_WAYS = ["mail", "words"]

    assert outcome(recovered(receipt)) == "recovery-not-offered"
    assert asked_of(stripe_standin) == []
