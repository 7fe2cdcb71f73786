"""Ending what Stripe does not know, an outcome each, on fakeredis and on the real server."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from accounts.keys import USERS
from billing.keys import USER_SUBSCRIPTION
from billing.managers.subscriptions import Ending, Loans
from billing.models import Subscription
from billing.subscription_jobs import MailSubscriptionEnded
from lantern_pro.jobs.job import NewJob
from lantern_pro.jobs.keys import DUE
from lantern_pro.types import Millis, UserId
from tests.people import HERE, a_user
from tests.scripts.billing.test_subscription_scripts import (
    NOW,
    begin,
    expiration,
    laws_hold_afterwards,
    named,
    owner,
    record,
    row_of,
)

__all__ = ["laws_hold_afterwards", "owner"]


def end(owner: UserId, *, asked_at: int = NOW + 1, at_stripe: str = "sub_1") -> Ending:
    """End it, as Stripe said at a moment that it does not know it."""
    return Subscription.objects.end_unknown(
        named(owner),
        user_id=owner,
        asked_at=Millis(asked_at),
        at_stripe=at_stripe,
        ended_by=Subscription.BY_STAFF,
        follow=[NewJob(HERE, MailSubscriptionEnded(named(owner)), named(owner))],
    )


def test_ended_another_may_begin_and_its_owner_is_told(owner: UserId, any_redis: Any) -> None:
    begin(owner)
    record(owner)

    assert end(owner) == "ended"

    row = row_of(any_redis, owner)
    assert (row["state"], row["stopped_by"]) == ("ended", Subscription.BY_STAFF)
    assert "check_at" not in row
    assert any_redis.hget(USERS.row(owner), "subscription") == "ended"
    assert any_redis.zcard(DUE(cell=HERE, kind="mail_subscription_ended")) == 1
    assert begin(owner, "s2") == named(owner, "s2")


def test_ended_what_was_lent_is_taken_back(owner: UserId, any_redis: Any) -> None:
    begin(owner)
    fact = f"grace.{named(owner)}.in_1"
    lent = {"fact": fact, "kind": "grace", "because": fact, "months": 0, "plan": "",
            "at": NOW, "days": 3}  # fmt: skip
    record(owner, loans=Loans(fact, lent))
    before = expiration(any_redis, owner)

    end(owner)

    assert (before, expiration(any_redis, owner)) == (NOW + 3 * 86_400_000, NOW)


def test_ended_a_change_to_another_plan_is_open_no_more(owner: UserId, any_redis: Any) -> None:
    begin(owner)
    record(owner)
    Subscription.objects.begin_change(
        named(owner), plan="p", key="change.1", seen=0, now=NOW, check_at=NOW, follow=[]
    )

    assert end(owner) == "ended"

    assert not {"change_to", "change_key"} & row_of(any_redis, owner).keys()


def test_ended_before_the_owners_next_one_stays(owner: UserId, any_redis: Any) -> None:
    begin(owner)
    record(owner)
    end(owner)
    begin(owner, "s2")
    any_redis.hset(USERS.row(owner), "subscription", "active")

    assert end(owner, asked_at=NOW + 9) == "ended_before"

    assert any_redis.get(USER_SUBSCRIPTION(user_id=owner)) == named(owner, "s2")
    assert any_redis.hget(USERS.row(owner), "subscription") == "active"


@pytest.mark.parametrize("late", [{"asked_at": NOW - 1}, {"at_stripe": "sub_of_before"}])
def test_learnt_since_nothing_changes(owner: UserId, any_redis: Any, late: dict[str, Any]) -> None:
    begin(owner)
    record(owner)
    before = row_of(any_redis, owner)

    assert end(owner, **late) == "learnt_since"

    assert row_of(any_redis, owner) == before


def test_no_such_subscription_nothing_is_written(owner: UserId, any_redis: Any) -> None:
    assert end(owner) == "no_such_subscription"

    assert row_of(any_redis, owner) == {}


def test_of_many_at_once_one_ends_it(real_redis: Any) -> None:
    del real_redis
    mine = a_user()
    begin(mine)
    record(mine)

    with ThreadPoolExecutor(8) as threads:
        outcomes = list(threads.map(lambda _: end(mine), range(8)))

    assert sorted(outcomes) == ["ended", *["ended_before"] * 7]
