"""The payments of a page of ``/user-charges``, of which Stripe is asked at once."""

import threading

import pytest

from billing.services import charges
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from tests.api.test_charges import nothing_is_remembered
from tests.client_app import ClientApp

__all__ = ["nothing_is_remembered"]


def bought_thrice(client: ClientApp) -> None:
    """Three payments of one user's."""
    for key in ("one", "two", "three"):
        client.buy(idempotencyKey=key, insist="true")


def test_the_payments_of_a_page_are_asked_about_at_once(
    client: ClientApp, stripe_standin: StripeStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought_thrice(client)
    together = threading.Barrier(3, timeout=30)
    monkeypatch.setattr(stripe_standin.api, "pause", lambda _seconds: together.wait())
    monkeypatch.setattr(charges, "PATIENCE_SECONDS", 60)
    stripe_standin.faults.add(Fault("slow", "/v1/charges/", method="GET", times=3, seconds=0))

    client.get("/user-charges")

    assert client.answer["complete"] is True
    assert [each["chargeStatus"] for each in client.answer["charges"]] == ["succeeded"] * 3


def test_who_asks_for_previous_payments_waits_no_longer_than_they_have_patience(
    client: ClientApp, stripe_standin: StripeStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    bought_thrice(client)
    answers = threading.Event()
    monkeypatch.setattr(stripe_standin.api, "pause", lambda _seconds: answers.wait(60))
    monkeypatch.setattr(charges, "PATIENCE_SECONDS", 0.1)
    stripe_standin.faults.add(Fault("slow", "/v1/charges/", method="GET", times=3, seconds=0))

    client.get("/user-charges")
    in_part = client.answer
    answers.set()
    monkeypatch.setattr(charges, "PATIENCE_SECONDS", 60)
    client.get("/user-charges")

    assert in_part["complete"] is False
    assert [each["amount"] for each in in_part["charges"]] == [4800] * 3
    assert [each["chargeStatus"] for each in in_part["charges"]] == [None] * 3
    assert client.answer["complete"] is True
