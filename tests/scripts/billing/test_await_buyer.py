"""The script by which a purchase waits for its buyer, and the guard of the one that begins it."""

from typing import Any

import pytest

from billing.errors import NoSuchPurchase, PurchaseRepeated
from billing.keys import PURCHASES
from billing.managers import Guard
from billing.models import Purchase
from lantern_pro.types import PurchaseId, UserId
from tests.people import HERE
from tests.scripts.billing.test_purchase_scripts import NOW, begin, buyer, complete

__all__ = ["buyer"]


def test_waiting_the_buyer_is_awaited_and_may_still_pay_or_not(
    buyer: UserId, any_redis: Any
) -> None:
    purchase_id = begin(buyer)

    Purchase.objects.await_buyer(purchase_id=purchase_id, at_stripe="pi_1")

    row = any_redis.hgetall(PURCHASES.row(purchase_id))
    assert (row["state"], row["at_stripe"]) == ("waiting", "pi_1")
    assert complete(buyer, purchase_id)


def test_a_buyer_who_was_awaited_may_be_declined(buyer: UserId, any_redis: Any) -> None:
    purchase_id = begin(buyer)
    Purchase.objects.await_buyer(purchase_id=purchase_id, at_stripe="pi_1")

    Purchase.objects.decline(purchase_id=purchase_id, now=NOW, reason="abandoned", fence=None)

    assert any_redis.hget(PURCHASES.row(purchase_id), "state") == "declined"


def test_ended_before_a_paid_purchase_awaits_nobody(buyer: UserId, any_redis: Any) -> None:
    purchase_id = begin(buyer)
    complete(buyer, purchase_id)

    Purchase.objects.await_buyer(purchase_id=purchase_id, at_stripe="pi_1")

    assert any_redis.hget(PURCHASES.row(purchase_id), "state") == "paid"


def test_no_such_purchase_awaits_nobody(any_redis: Any) -> None:
    del any_redis

    with pytest.raises(NoSuchPurchase):
        Purchase.objects.await_buyer(purchase_id=PurchaseId("c0.1.none"), at_stripe="pi_1")


def test_repeated_another_just_before_is_told_and_nothing_begins(
    buyer: UserId, any_redis: Any
) -> None:
    first = begin(buyer, guard=Guard(guard_ms=60_000))

    with pytest.raises(PurchaseRepeated):
        begin(buyer, key="other", guard=Guard(guard_ms=60_000))
    begin(buyer, key="other", guard=Guard(guard_ms=60_000, seen=first))

    assert any_redis.zcard(PURCHASES.by("id", cell=HERE)) == 2
