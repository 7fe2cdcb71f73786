"""``/restore-purchase``: a purchase's account, for who proves that it is theirs."""

import re
from collections.abc import Callable
from typing import Any

import pytest

from billing.models import Purchase
from devstack.mandrill_standin import MandrillStandin
from tests.client_app import ClientApp

RunJobs = Callable[[], int]
EMAIL = "reader@example.org"


@pytest.fixture
def owner(client: ClientApp, run_jobs: RunJobs) -> ClientApp:
    """Who paid."""
    client.buy(email=EMAIL)
    run_jobs()
    return client


@pytest.fixture
def bare() -> ClientApp:
    """The same person's new device."""
    return ClientApp(device_id="device-new", address="198.51.100.9")


def test_by_the_code_that_was_mailed_to_the_buyer(
    owner: ClientApp, bare: ClientApp, run_jobs: RunJobs, mandrill_standin: MandrillStandin
) -> None:
    bare.post("/user-email-request", email=EMAIL, deviceName="Pixel 9")
    run_jobs()
    [code] = re.findall(r"\b\d{6}\b", mandrill_standin.mails[-1]["text"])

    bare.post("/restore-purchase", provider="stripe", email=EMAIL, code=code, deviceName="Pixel 9")

    assert (bare.answer["userId"], bare.answer["token"]) == (owner.user_id, owner.token)
    assert bare.answer["userID"] == owner.user_id


def test_by_the_receipt_and_the_cards_last_digits(owner: ClientApp, bare: ClientApp) -> None:
    charge_id = Purchase.objects.get().charge_id

    bare.post("/restore-purchase", token=charge_id, code="4242", deviceName="Pixel 9")

    assert (bare.answer["userId"], bare.answer["token"]) == (owner.user_id, owner.token)


@pytest.mark.parametrize(
    ("proof", "error", "field"),
    [
        ({"provider": "paymentwall"}, "unsupported-provider", "provider"),
        ({"email": EMAIL}, "missing-parameter", "code"),
        ({"token": "receipt 7", "code": "4242"}, "invalid-parameter", "token"),
        ({"token": "ch_1234567", "code": "042917"}, "invalid-parameter", "code"),
        ({"token": "ch_1234567", "code": "4242"}, "wrong-receipt", "receiptId"),
        ({"email": EMAIL, "code": "042917"}, "wrong-link-code", "code"),
    ],
)
def test_without_a_proof_nothing_is_restored(
    owner: ClientApp, bare: ClientApp, proof: dict[str, str], error: str, field: str
) -> None:
    bare.post("/restore-purchase", **proof)

    assert bare.answer["errorId"] == error
    assert field in (bare.answer.get("details") or {"field": field}).get("field", field)
    assert "token" not in bare.answer


def test_guesses_at_a_receipt_are_few(owner: ClientApp, bare: ClientApp, settings: Any) -> None:
    settings.RECEIPT_GUESSES_PER_WEEK = 2
    charge_id = Purchase.objects.get().charge_id
    for guess in (1000, 1001):
        bare.post("/restore-purchase", token=charge_id, code=str(guess))

    bare.post("/restore-purchase", token=charge_id, code="4242")

    assert bare.answer["errorId"] == "too-many-requests"
