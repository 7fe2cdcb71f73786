"""Apps of every era pay, as far as they know how, against a running server."""

import pytest
import requests

from lantern_pro.jobs.worker import drain
from lantern_pro.types import Cell
from tests.contract.eras import App, E
from tests.contract.test_eras import app, buy, era, new_app, server, store

__all__ = ["app", "era", "new_app", "server", "store"]

pytestmark = pytest.mark.stack

WISH = {"plan": "1y-usd-10", "provider": "stripe", "currency": "usd", "deviceName": "Pixel",
        "countryCode": "IR"}  # fmt: skip


def pay_on_the_page(told: dict[str, str]) -> None:
    """What a person does in the browser that the app opened."""
    form = {"number": "4242424242424242", "do": "pay"}
    paid = requests.post(told["redirect"], data=form, allow_redirects=False, timeout=40)
    assert paid.status_code == 303


def test_every_era_pays_on_a_page(app: App) -> None:
    pay_on_the_page(app.get("/payment-redirect", **WISH))
    app.get("/payment-redirect", **WISH)
    drain(Cell(0))

    assert app.get("/user-data")["userStatus"] == "active"


def test_a_second_tap_has_another_key_and_is_no_second_payment(app: App) -> None:
    first = buy(app)
    second = buy(app)

    assert first["paymentStatus"] == "completed"
    assert second["errorId"] == "purchase-repeated"


def test_every_era_can_end_what_it_has_not_begun(app: App) -> None:
    told = app.post("/subscription-update", plan="cancel")

    assert told["errorId"] == "no-such-subscription"


def test_every_era_restores_by_a_proof_alone(app: App) -> None:
    told = app.post("/restore-purchase", provider="stripe", email="a@example.org", code="000000")

    assert told["status"] == "error"
    assert "token" not in told


@pytest.mark.parametrize("era", [E], ids=["E"])
def test_the_newest_subscribes_and_opens_the_portal(app: App) -> None:
    begun = app.post("/stripe-subscription", email="a@example.org", planId="1y-usd-10")
    for name in ("customerId", "subscriptionId", "clientSecret", "publishableKey"):
        assert isinstance(begun[name], str)
        assert begun[name]
    paged = app.get("/subscription-payment-redirect", **WISH, billingType="subscription")

    pay_on_the_page(paged)
    app.get("/subscription-payment-redirect", **WISH, billingType="subscription")

    assert app.get("/user-data")["subscription"] == "active"
    assert app.get("/user-data")["userStatus"] == "active"
    asked = {"userId": str(app.user_id), "proToken": app.token, "referer": "https://example.org/"}
    assert app.get("/stripe-billing-portal", **asked)["redirect"].startswith("http")
