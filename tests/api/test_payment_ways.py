"""Payments that go on elsewhere: at the buyer's bank, and on a page of Stripe's."""

import time
from collections.abc import Callable
from typing import Any

import pytest
import requests

from billing.gateways import stripe_checkout
from billing.models import Purchase
from billing.services.asking import BUYER_AWAITED_MS
from billing.services.purchases import settle
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from devstack.stripe_standin.signing import packed
from lantern_pro import clock
from tests.api.test_purchases import faults, requests_to
from tests.api.test_stripe_webhook import SECRET, deliver, event, signed
from tests.client_app import ClientApp

RunJobs = Callable[[], int]

PAYS, DECLINES = "4242424242424242", "4000000000009995"


@pytest.fixture
def asked(client: ClientApp) -> ClientApp:
    """A client whose payment method needs its holder."""
    client.buy(stripeToken=None, stripePaymentMethod="pm_card_threeDSecure2Required")
    return client


def press_pay(http: requests.Session, url: str, number: str = PAYS) -> Any:
    """Pay on a page."""
    return http.post(url, data={"number": number, "do": "pay"}, allow_redirects=False, timeout=20)


def status_of(client: ClientApp) -> str:
    """What the client is told of its status."""
    client.get("/user-data")
    return str(client.answer["userStatus"])


def the_intent(standin: StripeStandin) -> Any:
    """The payment intent at Stripe."""
    [intent] = standin.journal.all("payment_intent")
    return intent


def test_a_client_is_told_how_to_go_on_at_the_bank(
    asked: ClientApp, stripe_standin: StripeStandin
) -> None:
    answer = asked.answer

    assert (answer["status"], answer["paymentStatus"]) == ("ok", "requires_action")
    assert answer["clientSecret"] == the_intent(stripe_standin)["client_secret"]
    assert answer["publishableKey"] == "pk_test_development"
    assert status_of(asked) == "free"
    assert Purchase.objects.get().state == "waiting"
    assert faults() == []


def test_the_same_call_again_tells_the_same_and_asks_for_no_other_payment(
    asked: ClientApp, stripe_standin: StripeStandin
) -> None:
    first = asked.answer

    asked.buy(stripeToken=None, stripePaymentMethod="pm_card_threeDSecure2Required")

    assert asked.answer == first
    assert len(requests_to(stripe_standin, "/v1/payment_intents")) == 1


@pytest.mark.parametrize("how", ["call", "job"])
def test_a_buyer_who_confirms_is_pro(
    asked: ClientApp, stripe_standin: StripeStandin, how: str
) -> None:
    stripe_standin.authenticate(the_intent(stripe_standin)["id"], succeed=True)

    if how == "call":
        asked.buy(stripeToken=None, stripePaymentMethod="pm_card_threeDSecure2Required")
        assert asked.answer["paymentStatus"] == "completed"
    else:
        settle(Purchase.objects.get().purchase_id)

    assert status_of(asked) == "active"
    assert faults() == []


def test_a_buyer_who_refuses_is_told_and_no_money_can_come_any_more(
    asked: ClientApp, stripe_standin: StripeStandin
) -> None:
    stripe_standin.authenticate(the_intent(stripe_standin)["id"], succeed=False)

    asked.buy(stripeToken=None, stripePaymentMethod="pm_card_threeDSecure2Required")

    assert asked.answer["errorId"] == "card-declined"
    assert asked.answer["details"]["reason"] == "payment_intent_authentication_failure"
    assert the_intent(stripe_standin)["status"] == "canceled"
    assert faults() == []


def test_a_buyer_who_never_comes_back_is_given_up_after_a_day(
    asked: ClientApp, stripe_standin: StripeStandin
) -> None:
    with clock.shifted(BUYER_AWAITED_MS + 1):
        asked.buy(stripeToken=None, stripePaymentMethod="pm_card_threeDSecure2Required")

    assert asked.answer["details"]["reason"] == "abandoned"
    assert the_intent(stripe_standin)["status"] == "canceled"


def test_a_page_of_stripes_is_opened_after_the_intent_was_recorded(
    client: ClientApp, stripe_standin: StripeStandin, http: requests.Session
) -> None:
    client.get("/payment-redirect", plan="1y-usd-10", provider="stripe", email="a@example.org")

    url = client.answer["redirect"]
    [session] = stripe_standin.journal.all("checkout.session")
    purchase = Purchase.objects.get()
    assert url == session["url"]
    assert session["client_reference_id"] == purchase.pk
    assert (purchase.state, purchase.at_stripe) == ("waiting", session["id"])
    assert session["customer_email"] == "a@example.org"
    assert "48.00 USD" in http.get(url, timeout=20).text
    assert faults() == []


def test_paying_on_the_page_makes_the_user_pro_without_the_browser_coming_back(
    client: ClientApp, http: requests.Session
) -> None:
    client.get("/payment-redirect", plan="1y-usd-10")
    press_pay(http, client.answer["redirect"], DECLINES)
    press_pay(http, client.answer["redirect"])

    settle(Purchase.objects.get().purchase_id)

    assert status_of(client) == "active"
    assert faults() == []


def test_asking_again_answers_the_page_that_is_open(client: ClientApp) -> None:
    client.get("/payment-redirect", plan="1y-usd-10")
    first = client.answer["redirect"]
    with clock.shifted(10 * 60_000):
        client.get("/payment-redirect", plan="1y-usd-10")
        second = client.answer["redirect"]
        client.get("/payment-redirect", plan="2y-usd-10")

    assert second == first
    assert client.answer["redirect"] != first


def test_a_page_that_is_paid_leads_back_to_the_app(
    client: ClientApp, http: requests.Session
) -> None:
    client.get("/payment-redirect", plan="1y-usd-10", idempotencyKey="k")
    press_pay(http, client.answer["redirect"])

    client.get("/payment-redirect", plan="1y-usd-10", idempotencyKey="k")

    assert client.answer["redirect"] == "http://127.0.0.1:8000/payment-returned?paid=yes"
    assert client.http.get("/payment-returned").status_code == 200


def test_a_page_that_nobody_paid_on_is_closed_and_the_next_is_another(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    client.get("/payment-redirect", plan="1y-usd-10", idempotencyKey="k")
    with clock.shifted(stripe_checkout.OPEN_MS + 1):
        client.get("/payment-redirect", plan="1y-usd-10", idempotencyKey="k")
        assert client.answer["details"]["reason"] == "expired"
        client.get("/payment-redirect", plan="1y-usd-10", idempotencyKey="other")

    states = [each["status"] for each in stripe_standin.journal.all("checkout.session")]
    assert states == ["expired", "open"]


def test_a_page_whose_answer_was_lost_is_opened_once(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    stripe_standin.faults.add(Fault("close_after", "/v1/checkout/sessions"))
    lost = client.get("/payment-redirect", plan="1y-usd-10", timeout=0)

    client.get("/payment-redirect", plan="1y-usd-10", timeout=0)

    assert lost.status_code == 202
    assert client.answer["redirect"]
    assert len(stripe_standin.journal.all("checkout.session")) == 1


def test_only_stripe_has_pages(client: ClientApp) -> None:
    client.get("/payment-redirect", plan="1y-usd-10", provider="paymentwall")

    assert client.answer["errorId"] == "unsupported-provider"


def test_an_event_of_the_page_settles_its_purchase(
    client: ClientApp, http: requests.Session, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    client.get("/payment-redirect", plan="1y-usd-10")
    press_pay(http, client.answer["redirect"])
    [event] = [each for each in stripe_standin.journal.all("event")
               if each["type"] == "checkout.session.completed"]  # fmt: skip
    body, headers = packed(event, SECRET, int(time.time()))

    deliver(body, headers)
    run_jobs()

    assert status_of(client) == "active"
    assert faults() == []


def test_an_event_makes_a_declined_purchase_paid_that_was_tried_again(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs, http: requests.Session
) -> None:
    client.buy(stripeToken=None, stripePaymentMethod="pm_card_chargeDeclined")
    declined = client.answer["errorId"]
    run_jobs()
    intent = the_intent(stripe_standin)["id"]
    http.post(
        f"{stripe_standin.url}/v1/payment_intents/{intent}/confirm",
        data={"payment_method": "pm_card_visa"},
        auth=("sk_test_x", ""),
        timeout=20,
    ).raise_for_status()
    body = event("payment_intent.succeeded", intent)

    deliver(body, signed(body))
    run_jobs()

    assert (declined, status_of(client)) == ("card-declined", "active")
    assert faults() == []
