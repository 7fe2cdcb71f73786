"""What a paid purchase gives: exactly what its row has kept since it began."""

from collections.abc import Iterator
from typing import Any

import pytest
import redis

from accounts.keys import TIME_LEDGER, USERS
from accounts.laws import ledger_explains_expiration
from accounts.managers import read_time_ledger
from accounts.models import User
from billing.keys import PURCHASES
from billing.laws import proxies_are_bought
from lantern_pro.types import Millis, UserId
from tests.people import HERE, a_user
from tests.scripts.billing.test_purchase_scripts import NOW, begin, complete

DAY_MS = 86_400_000


@pytest.fixture
def buyer(any_redis: redis.Redis) -> Iterator[UserId]:
    """A user, of whom the laws hold afterwards."""
    del any_redis
    yield a_user()
    assert list(ledger_explains_expiration(HERE)) == []
    assert list(proxies_are_bought(HERE)) == []


def buy(store: Any, buyer: UserId, key: str, *, now: int = NOW, **kept: str) -> None:
    """Buy a year, with a purchase that has kept more than its time."""
    purchase_id = begin(buyer, key=key)
    store.hset(PURCHASES.row(purchase_id), mapping={"months": "12", **kept})
    complete(
        buyer,
        purchase_id,
        paid_at=Millis(now),
        payment_intent=f"pi_{key}",
        charge_id=f"ch_{key}",
        bonus_months=0,
    )


def wanted(buyer: UserId) -> int:
    """How many proxies the buyer is to have, 0 for as many as is usual."""
    access = User.objects.get_access(buyer)
    assert access is not None
    return access.proxies_wanted


def test_the_bonuses_of_a_renewal_and_a_promotion_are_entries_of_their_own(
    buyer: UserId, any_redis: Any
) -> None:
    buy(any_redis, buyer, "one", renewal_months="1", renewal_days="15", promotion_months="2")

    entries = read_time_ledger(any_redis.hgetall(TIME_LEDGER(user_id=buyer)))

    assert [(each.fact, each.kind) for each in entries] == [
        ("purchase.pi_one", "purchase"),
        ("renewal.pi_one", "renewal_bonus"),
        ("promotion.pi_one", "promotion"),
    ]
    assert len({each.because for each in entries}) == 1
    # 24 November 2025 and a year, a month and 15 days, two months: 8 March 2027.
    assert int(any_redis.hget(USERS.row(buyer), "expiration")) == NOW + (365 + 104) * DAY_MS


def test_a_purchase_without_bonuses_is_one_entry(buyer: UserId, any_redis: Any) -> None:
    buy(any_redis, buyer, "one", renewal_months="0", renewal_days="0", promotion_months="0")

    assert any_redis.hkeys(TIME_LEDGER(user_id=buyer)) == ["purchase.pi_one"]


def test_the_account_says_how_many_proxies_were_bought(buyer: UserId, any_redis: Any) -> None:
    before = wanted(buyer)

    buy(any_redis, buyer, "one", proxies="5")

    assert (before, wanted(buyer)) == (0, 5)


def test_while_more_proxies_are_paid_for_a_smaller_plan_takes_none_away(
    buyer: UserId, any_redis: Any
) -> None:
    buy(any_redis, buyer, "one", proxies="5")

    buy(any_redis, buyer, "two", now=NOW + 100 * DAY_MS, proxies="2")
    buy(any_redis, buyer, "three", now=NOW + 200 * DAY_MS, proxies="")

    assert wanted(buyer) == 5


def test_after_the_time_has_ended_only_the_new_plan_counts(buyer: UserId, any_redis: Any) -> None:
    buy(any_redis, buyer, "one", proxies="5")

    buy(any_redis, buyer, "two", now=NOW + 400 * DAY_MS, proxies="2")
    smaller = wanted(buyer)
    buy(any_redis, buyer, "three", now=NOW + 4_000 * DAY_MS, proxies="")

    assert (smaller, wanted(buyer)) == (2, 0)


def test_the_law_finds_proxies_that_nobody_bought(any_redis: Any) -> None:
    somebody = a_user()

    any_redis.hset(USERS.row(somebody), "proxies_wanted", 9)

    assert list(proxies_are_bought(HERE)) == [
        f"user {somebody}: 9 proxies, and none bought for as many"
    ]
