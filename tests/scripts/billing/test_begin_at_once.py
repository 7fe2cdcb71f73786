"""A purchase and a subscription that begin at once: each script looks for the other kind's."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import pytest
import redis

from billing.errors import PurchaseRepeated
from billing.keys import PURCHASES, SUBSCRIPTIONS
from billing.managers.purchases import BESIDE_ANY, UNGUARDED, Guard
from billing.models import Purchase, Subscription
from billing.services.asking import CHECKOUT
from billing.services.purchases import purchase_id_of
from lantern_pro.types import Millis, PurchaseId, SubscriptionId, UserId
from tests.people import HERE, a_user

NOW = Millis(1_764_000_000_000)
GUARD_MS = 60_000
SEEN_NOTHING = Guard(guard_ms=GUARD_MS)


@pytest.fixture
def user(any_redis: redis.Redis) -> UserId:
    """A user."""
    del any_redis
    return a_user()


def buy(
    user: UserId, key: str = "tap", *, guard: Guard = SEEN_NOTHING, way: str = "", at: int = 0
) -> PurchaseId:
    """Begin a purchase."""
    purchase_id = purchase_id_of(user, key)
    Purchase.objects.begin(
        purchase_id=purchase_id,
        user_id=user,
        now=Millis(NOW + at),
        intent={"plan": "1y-usd-10", "way": way},
        digest=key,
        follow=[],
        guard=guard,
    )
    return purchase_id


def subscribe(
    user: UserId, name: str = "s1", *, guard: Guard = SEEN_NOTHING, at: int = 0
) -> SubscriptionId:
    """Begin a subscription."""
    return Subscription.objects.begin(
        subscription_id=SubscriptionId(f"c0.{user}.{name}"),
        user_id=user,
        now=Millis(NOW + at),
        check_at=Millis(NOW + 1),
        intent={"plan": "1m-usd-10", "way": ""},
        follow=[],
        guard=guard,
    )


def kept(any_redis: Any) -> tuple[int, int]:
    """How many purchases and subscriptions there are."""
    tables = (PURCHASES, SUBSCRIPTIONS)
    bought, begun = (any_redis.zcard(each.by("id", cell=HERE)) for each in tables)
    return bought, begun


def test_subscribed_no_purchase_begins_beside_a_subscription_that_nobody_has_seen(
    user: UserId, any_redis: Any
) -> None:
    subscribe(user)
    before = any_redis.dbsize()

    with pytest.raises(PurchaseRepeated):
        buy(user)

    assert kept(any_redis) == (0, 1)
    assert any_redis.dbsize() == before


def test_begun_a_purchase_begins_beside_the_subscription_that_was_seen(
    user: UserId, any_redis: Any
) -> None:
    seen = subscribe(user)

    with pytest.raises(PurchaseRepeated):
        buy(user, guard=SEEN_NOTHING._replace(beside=f"{seen}x"))
    buy(user, guard=SEEN_NOTHING._replace(beside=seen))

    assert kept(any_redis) == (1, 1)


@pytest.mark.parametrize("guard", [SEEN_NOTHING._replace(beside=BESIDE_ANY), UNGUARDED])
def test_begun_whoever_insists_buys_beside_any_subscription(
    user: UserId, any_redis: Any, guard: Guard
) -> None:
    subscribe(user)

    buy(user, guard=guard)

    assert kept(any_redis) == (1, 1)


def test_known_the_same_purchase_again_is_told_so_whatever_was_begun_since(
    user: UserId, any_redis: Any
) -> None:
    buy(user)
    subscribe(user, guard=UNGUARDED)

    buy(user)

    assert kept(any_redis) == (1, 1)


def test_repeated_no_subscription_begins_beside_a_purchase_that_nobody_has_seen(
    user: UserId, any_redis: Any
) -> None:
    buy(user)
    before = any_redis.dbsize()

    with pytest.raises(PurchaseRepeated):
        subscribe(user)

    assert kept(any_redis) == (1, 0)
    assert any_redis.dbsize() == before


@pytest.mark.parametrize("how", ["seen", "insisted", "late", "page"])
def test_begun_a_subscription_begins_beside_what_is_known_or_takes_no_money_by_itself(
    user: UserId, any_redis: Any, how: str
) -> None:
    seen = buy(user, way=CHECKOUT if how == "page" else "")

    guard = {"seen": SEEN_NOTHING._replace(seen=seen), "insisted": UNGUARDED}
    subscribe(user, guard=guard.get(how, SEEN_NOTHING), at=GUARD_MS if how == "late" else 0)

    assert kept(any_redis) == (1, 1)


def test_has_one_who_has_a_subscription_is_told_so_whatever_they_have_bought_since(
    user: UserId, any_redis: Any
) -> None:
    first = subscribe(user)
    buy(user, guard=SEEN_NOTHING._replace(beside=first))

    assert subscribe(user, "s2") == first

    assert kept(any_redis) == (1, 1)


def test_of_many_purchases_and_subscriptions_at_once_one_begins(real_redis: Any) -> None:
    def begun(call: Callable[[], object]) -> bool:
        try:
            call()
        except PurchaseRepeated:
            return False
        return True

    for _ in range(8):
        user, before = a_user(), kept(real_redis)
        calls: list[Callable[[], object]] = []
        for number in range(6):
            calls.append(partial(buy, user, f"tap-{number}"))
            calls.append(partial(subscribe, user, f"s{number}"))

        with ThreadPoolExecutor(len(calls)) as threads:
            told = list(threads.map(begun, calls))

        bought, subscribed = kept(real_redis)
        assert bought + subscribed == sum(before) + 1
        # Whoever subscribes at once is told of the one subscription that has begun.
        assert sum(told) == (1 if bought > before[0] else 6)
