"""The scripts of a change of plan, an outcome each, on fakeredis and on the real server."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from billing.errors import NoSuchSubscription
from billing.keys import SUBSCRIPTIONS
from billing.laws import changes_are_looked_after
from billing.models import Subscription
from billing.subscription_jobs import LookAtSubscription
from lantern_pro.jobs.job import NewJob
from lantern_pro.types import Millis, UserId
from tests.people import HERE, a_user
from tests.scripts.billing.test_subscription_scripts import (
    NOW,
    begin,
    laws_hold_afterwards,
    named,
    owner,
    record,
    row_of,
)

__all__ = ["laws_hold_afterwards", "owner"]


def change(owner: UserId, plan: str = "1y-usd-10", key: str = "change.1", seen: int = 0) -> bool:
    """Begin a change."""
    look = NewJob(HERE, LookAtSubscription(named(owner)), f"{named(owner)}.{key}")
    return Subscription.objects.begin_change(
        named(owner),
        plan=plan,
        key=key,
        seen=seen,
        now=NOW,
        check_at=Millis(NOW + 9),
        follow=[look],
    )


def test_begun_the_intent_and_its_job_are_there(owner: UserId, any_redis: Any) -> None:
    begin(owner)

    assert change(owner)

    row = row_of(any_redis, owner)
    assert (row["change_to"], row["change_key"], row["change_begun"], row["check_at"]) == (
        "1y-usd-10",
        "change.1",
        str(NOW),
        str(NOW + 9),
    )
    assert list(changes_are_looked_after(HERE)) == []


def test_under_way_the_first_change_stands(owner: UserId, any_redis: Any) -> None:
    begin(owner)
    change(owner)

    assert not change(owner, "2y-usd-10", "change.2")

    assert row_of(any_redis, owner)["change_to"] == "1y-usd-10"


def test_of_many_changes_at_once_one_begins(real_redis: Any) -> None:
    del real_redis
    owner = a_user()
    begin(owner)

    with ThreadPoolExecutor(8) as threads:
        begun = list(threads.map(lambda n: change(owner, key=f"change.{n}"), range(8)))

    assert begun.count(True) == 1


@pytest.mark.parametrize("ended", [True, False])
def test_no_such_subscription_nothing_is_begun(
    owner: UserId, any_redis: Any, *, ended: bool
) -> None:
    if ended:
        begin(owner)
        record(owner, told={"state": "ended", "check_at": ""})

    with pytest.raises(NoSuchSubscription):
        change(owner)

    assert "change_to" not in row_of(any_redis, owner)


def test_ended_another_change_may_begin(owner: UserId, any_redis: Any) -> None:
    begin(owner)
    change(owner)

    Subscription.objects.end_change(named(owner), key="change.1")

    assert "change_to" not in row_of(any_redis, owner)
    assert change(owner, "2y-usd-10", "change.2", seen=NOW)


def test_under_way_a_change_that_began_and_ended_since_then_is_one(
    owner: UserId, any_redis: Any
) -> None:
    begin(owner)
    change(owner)
    Subscription.objects.end_change(named(owner), key="change.1")

    assert not change(owner, "2y-usd-10", "change.2", seen=0)

    assert "change_to" not in row_of(any_redis, owner)


def test_another_a_change_that_ended_before_ends_no_later_one(
    owner: UserId, any_redis: Any
) -> None:
    begin(owner)
    change(owner)

    Subscription.objects.end_change(named(owner), key="change.0")

    assert row_of(any_redis, owner)["change_key"] == "change.1"


def test_a_change_without_a_job_is_a_fault(owner: UserId, any_redis: Any) -> None:
    begin(owner)
    any_redis.hset(SUBSCRIPTIONS.row(named(owner)), "change_key", "change.1")

    assert len(list(changes_are_looked_after(HERE))) == 1
