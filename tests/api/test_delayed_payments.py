"""Pages that are done with before their payment is: it takes its time, and may fail days later."""

from typing import Any

import pytest
import requests

from billing.errors import CardDeclined, PaymentPending
from billing.gateways.stripe_checkout import OPEN_MS
from billing.models import Purchase
from billing.services.purchases import settle
from devstack.stripe_standin import StripeStandin
from lantern_pro import clock
from tests.api.test_payment_ways import DECLINES, press_pay, the_intent
from tests.api.test_purchases import faults
from tests.client_app import ClientApp

LATE = {"type": "card_error", "code": "payment_intent_payment_attempt_failed"}


def let_the_payment_be(standin: StripeStandin, **now: Any) -> None:
    """The page is complete, and its payment is as Stripe tells of one that takes its time."""
    [session] = standin.journal.all("checkout.session")
    intent = the_intent(standin)
    with standin.journal.change() as draft:
        draft.put({**session, "status": "complete", "payment_intent": intent["id"], "url": None})
        draft.put({**intent, **now})


@pytest.fixture
def delayed(
    client: ClientApp, stripe_standin: StripeStandin, http: requests.Session
) -> StripeStandin:
    """Stripe, where a page is complete whose payment is being processed."""
    client.get("/payment-redirect", plan="1y-usd-10")
    press_pay(http, client.answer["redirect"], DECLINES)
    let_the_payment_be(stripe_standin, status="processing", last_payment_error=None)
    return stripe_standin


@pytest.mark.parametrize("closing", [False, True])
def test_a_payment_that_takes_its_time_is_waited_for(
    delayed: StripeStandin, *, closing: bool
) -> None:
    with clock.shifted(OPEN_MS + 1), pytest.raises(PaymentPending):
        settle(Purchase.objects.get().purchase_id, closing=closing)

    assert Purchase.objects.get().is_open
    assert faults() == []


@pytest.mark.parametrize("closing", [False, True])
@pytest.mark.parametrize(
    ("now", "reason"),
    [
        ({"status": "requires_payment_method"}, "requires_payment_method"),
        ({"status": "requires_payment_method", "last_payment_error": LATE}, LATE["code"]),
        ({"status": "canceled"}, "canceled"),
    ],
)
def test_a_payment_that_fails_after_its_page_was_done_with_is_declined(
    delayed: StripeStandin, now: dict[str, Any], reason: str, *, closing: bool
) -> None:
    let_the_payment_be(delayed, **now)

    with pytest.raises(CardDeclined) as declined:
        settle(Purchase.objects.get().purchase_id, closing=closing)

    assert declined.value.details == {"reason": reason}
    assert Purchase.objects.get().state == Purchase.State.DECLINED
    assert faults() == []
