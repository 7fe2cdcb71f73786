"""The law of money that went back finds what breaks it."""

from dataclasses import replace
from typing import Any

import pytest

from billing.gateways.base import Stands
from billing.keys import PURCHASES, SUBSCRIPTIONS
from billing.managers import returns
from billing.return_laws import what_is_lost_is_not_renewed, what_went_back_is_taken
from lantern_pro.jobs.keys import JOBS
from lantern_pro.types import PurchaseId, UserId
from tests.people import HERE, a_user
from tests.scripts.billing.test_purchase_scripts import begin, complete
from tests.scripts.billing.test_return_scripts import PRICE, begin_refund, money, record


def a_paid_purchase() -> tuple[UserId, PurchaseId]:
    """A buyer, and a purchase of a year that is paid."""
    buyer = a_user()
    purchase_id = begin(buyer)
    complete(buyer, purchase_id, follow=[])
    return buyer, purchase_id


def test_the_law_finds_money_that_went_back_and_took_no_time(
    any_redis: Any,
) -> None:
    buyer, paid = a_paid_purchase()
    record(buyer, paid, money(1200))
    before = list(what_went_back_is_taken(HERE))

    any_redis.hset(PURCHASES.row(paid), "returned_minor", 7)
    begin_refund(paid)
    any_redis.delete(JOBS.row(f"c0.settle_refund.{paid}.r1"))

    assert before == []
    assert list(what_went_back_is_taken(HERE)) == [
        f"purchase {paid}: 7 is said to be back, and 1200 is",
        f"refund r1 of {paid} is open and no job will settle it",
    ]


def test_the_law_finds_time_that_nothing_took(
    any_redis: Any,
) -> None:
    buyer, paid = a_paid_purchase()
    record(buyer, paid, money(1200, stands=Stands.NOTHING))
    takings = returns.takings_of(paid, PRICE, [money(1200)])
    returns.record_returns(
        purchase_id=paid, user_id=buyer, returned=[], takings=takings, fence=None, follow=[]
    )

    found = list(what_went_back_is_taken(HERE))

    assert found == [f"purchase {paid}: {{}} went back, and {{'refund.re_1': 1200}} was taken"]


@pytest.mark.parametrize(
    ("state", "subscription", "is_broken"),
    [
        ("lost", "active", True),
        ("lost", "ending", True),
        ("lost", "ended", False),
        ("needs_response", "ending", False),
    ],
)
def test_the_law_finds_a_subscription_that_goes_on_after_a_dispute_was_lost(
    any_redis: Any, state: str, subscription: str, *, is_broken: bool
) -> None:
    buyer, paid = a_paid_purchase()
    record(buyer, paid, replace(money(1200, fact="dispute.dp_1"), state=state))
    any_redis.hset(PURCHASES.row(paid), "subscription", "c0.7.s1")
    any_redis.hset(SUBSCRIPTIONS.row("c0.7.s1"), "state", subscription)

    found = list(what_is_lost_is_not_renewed(HERE))

    told = [f"subscription c0.7.s1 is {subscription}, and {paid} was lost to a dispute"]
    assert found == (told if is_broken else [])
