"""Who pays on a page of Stripe's and buys again before any event has told of it is asked."""

import pytest
import redis
import requests

from billing.keys import PURCHASES
from billing.models import Plan, Purchase, Subscription
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from tests.api.subscribing import monthly
from tests.api.test_payment_ways import press_pay
from tests.client_app import ClientApp

__all__ = ["monthly"]

CALLS = ["/purchase", "/stripe-subscription"]


def again(client: ClientApp, call: str, plan: str) -> str:
    """Buy the same once more; ``ok``, or why not."""
    if call == "/purchase":
        client.buy(plan=plan)
    else:
        client.post(call, planId=plan)
    return str(client.answer.get("errorId") or client.answer["status"])


@pytest.mark.parametrize("call", CALLS)
def test_a_page_that_is_paid_by_now_counts_as_bought(
    client: ClientApp,
    monthly: Plan,
    stripe_standin: StripeStandin,
    http: requests.Session,
    call: str,
) -> None:
    client.get("/payment-redirect", plan=monthly.pk)
    press_pay(http, client.answer["redirect"])
    assert Purchase.objects.get().is_open

    assert again(client, call, monthly.pk) == "purchase-repeated"

    assert client.answer["details"]["paymentStatus"] == "pending"
    assert (Purchase.objects.count(), Subscription.objects.count()) == (1, 0)
    assert len(stripe_standin.journal.all("charge")) == 1


@pytest.mark.parametrize("call", CALLS)
def test_nothing_begins_while_stripe_cannot_tell_whether_it_is_paid(
    client: ClientApp, monthly: Plan, stripe_standin: StripeStandin, call: str
) -> None:
    client.get("/payment-redirect", plan=monthly.pk)
    stripe_standin.faults.add(Fault("status_500", "/v1/checkout/sessions", method="GET"))

    assert again(client, call, monthly.pk) == "purchase-repeated"


@pytest.mark.parametrize("call", CALLS)
def test_a_page_that_stripe_does_not_know_lets_another_begin(
    client: ClientApp, monthly: Plan, real_redis: redis.Redis, call: str
) -> None:
    client.get("/payment-redirect", plan=monthly.pk)
    real_redis.hset(PURCHASES.row(Purchase.objects.get().pk), "at_stripe", "cs_deleted")

    assert again(client, call, monthly.pk) == "ok"
