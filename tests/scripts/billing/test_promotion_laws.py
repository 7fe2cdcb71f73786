"""The laws of promotions find what breaks them."""

from typing import Any

import pytest

from billing.keys import PROMOTION_USES, PURCHASES, SUBSCRIPTIONS
from billing.models import Promotion
from billing.promotion_laws import purchases_are_uses, subscriptions_are_uses, uses_are_purchases
from tests.people import HERE
from tests.scripts.billing.test_purchase_scripts import begin as begin_purchase
from tests.scripts.billing.test_subscription_scripts import begin, owner

__all__ = ["owner"]

USES = PROMOTION_USES(promotion="spring", cell=HERE)


@pytest.fixture(autouse=True)
def spring(any_redis: Any, db: None) -> None:
    """A promotion."""
    del any_redis, db
    Promotion.objects.create(id="spring", percent=25)


@pytest.mark.parametrize(
    ("promotion", "state", "use", "is_broken"),
    [
        ("spring", "incomplete", "7", False),
        ("spring", "active", "paid", False),
        ("spring", "ended", "paid", False),
        ("spring", "ended", "7", True),
        ("autumn", "active", "paid", True),
    ],
)
def test_a_use_by_a_subscription_that_came_to_nothing_is_found(
    any_redis: Any, owner: Any, promotion: str, state: str, use: str, *, is_broken: bool
) -> None:
    named = begin(owner)
    any_redis.hset(SUBSCRIPTIONS.row(named), mapping={"promotion": promotion, "state": state})
    any_redis.hset(USES, named, use)

    found = list(uses_are_purchases(HERE))

    told = f"promotion spring: a use by {named}, which came to nothing"
    assert found == ([told] if is_broken else [])


def test_a_subscription_that_waits_without_its_use_is_found(any_redis: Any, owner: Any) -> None:
    named = begin(owner)
    any_redis.hset(SUBSCRIPTIONS.row(named), "promotion", "spring")
    broken = list(subscriptions_are_uses(HERE))
    any_redis.hset(USES, named, "7")

    assert broken == [f"subscription {named} is by a promotion, and no use of it"]
    assert list(subscriptions_are_uses(HERE)) == []


def test_the_first_payment_of_a_subscription_is_the_use_of_that(any_redis: Any, owner: Any) -> None:
    purchase_id, named = begin_purchase(owner), "c0.7.s1"
    told = {"promotion": "spring", "subscription": named}
    any_redis.hset(PURCHASES.row(purchase_id), mapping=told)
    broken = list(purchases_are_uses(HERE))
    any_redis.hset(USES, named, "paid")

    assert broken == [f"purchase {purchase_id} is by a promotion, and no use of it"]
    assert list(purchases_are_uses(HERE)) == []
