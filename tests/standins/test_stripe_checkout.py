"""Hosted checkout: the session, and what a customer does on its page."""

from datetime import UTC, datetime
from typing import Any

import pytest
import requests
import stripe

from devstack.stripe_standin import StripeStandin
from tests.standins.paying import Untyped

PAYS, ASKS, DECLINES = "4242424242424242", "4000000000003220", "4000000000009995"


def a_session(stripe_client: Untyped, **changes: Any) -> Any:
    """A session for one payment."""
    wanted = {
        "mode": "payment",
        "success_url": "http://127.0.0.1:1/thanks",
        "client_reference_id": "c0.7",
        "payment_intent_data": {"metadata": {"purchase": "c0.7"}},
        "line_items": [
            {
                "quantity": 1,
                "price_data": {
                    "currency": "usd",
                    "unit_amount": 4800,
                    "product_data": {"name": "One year"},
                },
            }
        ],
    }
    return stripe_client.v1.checkout.sessions.create({**wanted, **changes})


def press_pay(http: requests.Session, url: str, number: str) -> requests.Response:
    """Type a card in and press the button."""
    form = {"number": number, "do": "pay"}
    return http.post(url, data=form, allow_redirects=False, timeout=20)


def test_a_card_that_pays_completes_the_session(
    stripe_client: Untyped, http: requests.Session, stripe_standin: StripeStandin
) -> None:
    session = a_session(stripe_client)

    page = http.get(session.url, timeout=20)
    paid = press_pay(http, session.url, PAYS)

    assert "48.00 USD" in page.text
    assert (paid.status_code, paid.headers["Location"]) == (303, "http://127.0.0.1:1/thanks")
    now = stripe_client.v1.checkout.sessions.retrieve(session.id, {"expand": ["payment_intent"]})
    assert (session.status, session.payment_intent) == ("open", None)
    assert (now.status, now.payment_status) == ("complete", "paid")
    assert now.payment_intent.metadata["purchase"] == "c0.7"
    told = [event["type"] for event in stripe_standin.journal.all("event")]
    assert told[-2:] == ["payment_intent.succeeded", "checkout.session.completed"]


def test_a_declined_card_leaves_the_session_open_for_another(
    stripe_client: Untyped, http: requests.Session, stripe_standin: StripeStandin
) -> None:
    session = a_session(stripe_client)

    declined = press_pay(http, session.url, DECLINES)
    press_pay(http, session.url, PAYS)

    assert "insufficient funds" in declined.text
    assert stripe_client.v1.checkout.sessions.retrieve(session.id).status == "complete"
    assert len(stripe_standin.journal.all("payment_intent")) == 1


@pytest.mark.parametrize(("says", "status"), [("true", "complete"), ("false", "open")])
def test_the_bank_is_asked_on_the_way(
    stripe_client: Untyped,
    http: requests.Session,
    stripe_standin: StripeStandin,
    says: str,
    status: str,
) -> None:
    session = a_session(stripe_client)

    to_the_bank = press_pay(http, session.url, ASKS).headers["Location"]
    back = http.post(
        stripe_standin.url + to_the_bank,
        data={"succeed": says},
        allow_redirects=False,
        timeout=20,
    )
    end = http.get(stripe_standin.url + back.headers["Location"], allow_redirects=False, timeout=20)

    assert stripe_client.v1.checkout.sessions.retrieve(session.id).status == status
    assert (end.headers["Location"] == "http://127.0.0.1:1/thanks") == (says == "true")


def test_an_expired_session_cannot_be_paid(
    stripe_client: Untyped, http: requests.Session, stripe_standin: StripeStandin
) -> None:
    asked, by_time = a_session(stripe_client), a_session(stripe_client)

    stripe_client.v1.checkout.sessions.expire(asked.id)
    stripe_standin.put_clock_forward(by_time.expires_at)

    for session in (asked, by_time):
        press_pay(http, session.url, PAYS)
        assert stripe_client.v1.checkout.sessions.retrieve(session.id).status == "expired"
    assert stripe_standin.journal.all("charge") == []
    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.checkout.sessions.expire(asked.id)


def test_a_checkout_may_begin_a_subscription(
    stripe_client: Untyped, http: requests.Session
) -> None:
    item = {
        "quantity": 1,
        "price_data": {
            "currency": "usd",
            "unit_amount": 500,
            "recurring": {"interval": "month"},
            "product_data": {"name": "A month"},
        },
    }
    session = a_session(
        stripe_client,
        mode="subscription",
        payment_intent_data=None,
        line_items=[item],
        subscription_data={"metadata": {"subscription": "c0.7"}},
    )

    press_pay(http, session.url, PAYS)

    now = stripe_client.v1.checkout.sessions.retrieve(session.id, {"expand": ["subscription"]})
    assert (now.status, now.subscription.status) == ("complete", "active")
    assert now.subscription.metadata["subscription"] == "c0.7"


def test_a_clock_goes_forward_only(http: requests.Session, stripe_standin: StripeStandin) -> None:
    before = datetime.now(UTC).timestamp()
    url = f"{stripe_standin.url}/_control/clock"

    ahead = http.post(url, json={"to": int(before) + 3600}, timeout=20)
    back = http.post(url, json={"to": int(before)}, timeout=20)

    assert ahead.json()["now"] >= int(before) + 3600
    assert back.status_code == 400
