"""Subscriptions that do not give way to another wish at once."""

import redis

from billing.keys import SUBSCRIPTIONS
from billing.models import Plan, Subscription
from lantern_pro import clock
from tests.api.subscribing import monthly, world
from tests.api.world import HOUR
from tests.client_app import ClientApp

__all__ = ["monthly", "world"]


def test_another_wish_while_the_first_does_not_end_is_told_to_wait(
    client: ClientApp, monthly: Plan, service: redis.Redis
) -> None:
    client.post("/stripe-subscription", planId=monthly.pk)
    another_hosts = clock.now() + HOUR * 1000  # its clock is ahead, and what it learnt stands
    row = SUBSCRIPTIONS.row(Subscription.objects.get().pk)
    service.hset(row, "asked_at", another_hosts)

    told = client.post("/stripe-subscription", planId="1m-usd-20", timeout=0)

    assert (told.status_code, client.answer["errorId"]) == (202, "payment-pending")
    with clock.shifted(HOUR * 1000 + 1):
        client.post("/stripe-subscription", planId="1m-usd-20")
    assert client.answer["clientSecret"]
