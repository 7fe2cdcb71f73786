"""The scripts of a subscription, an outcome each, on fakeredis and on the real server."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import redis

from accounts.errors import NoSuchUser
from accounts.keys import USERS
from accounts.laws import ledger_explains_expiration
from billing.errors import NoSuchSubscription, PaymentPending
from billing.keys import SUBSCRIPTIONS, USER_SUBSCRIPTION
from billing.laws import loans_are_few, subscriptions_are_looked_after
from billing.managers.purchases import UNGUARDED, Guard
from billing.managers.subscriptions import NO_LOANS
from billing.models import Subscription
from billing.subscription_jobs import (
    LookAtSubscription,
    MailSubscriptionEnded,
)
from lantern_pro import clock
from lantern_pro.jobs.errors import AlreadyDone, Superseded
from lantern_pro.jobs.job import LeasedJob, NewJob
from lantern_pro.jobs.keys import DUE
from lantern_pro.store.audit import all_index_faults
from lantern_pro.store.keys import new_id
from lantern_pro.types import Millis, SubscriptionId, UserId
from tests.leasing import take
from tests.people import HERE, a_user

NOW = Millis(1_764_000_000_000)
DAY_MS = 86_400_000


@pytest.fixture
def owner(any_redis: redis.Redis) -> UserId:
    """A user."""
    del any_redis
    return a_user()


@pytest.fixture(autouse=True)
def laws_hold_afterwards(any_redis: redis.Redis) -> Iterator[None]:
    """Whatever a test does, these laws hold."""
    yield
    assert list(subscriptions_are_looked_after(HERE)) == []
    assert list(loans_are_few(HERE)) == []
    assert list(ledger_explains_expiration(HERE)) == []
    assert list(all_index_faults(HERE)) == []


def named(owner: UserId, name: str = "s1") -> SubscriptionId:
    """The id of a subscription."""
    return SubscriptionId(f"c0.{owner}.{name}")


def begin(owner: UserId, name: str = "s1", *, guard: Guard = UNGUARDED) -> SubscriptionId:
    """Begin a subscription for a month."""
    intent = {"plan": "1m-usd-10", "amount_minor": "500", "currency": "usd", "way": "",
              "email_sealed": "sealed", "email_hash": "abc"}  # fmt: skip
    wanted = named(owner, name)
    return Subscription.objects.begin(
        subscription_id=wanted,
        user_id=owner,
        now=NOW,
        check_at=Millis(NOW + 1),
        intent=intent,
        follow=[NewJob(HERE, LookAtSubscription(wanted), wanted)],
        guard=guard,
    )


def record(owner: UserId, **changes: Any) -> None:
    """Record that it renews, as Stripe told."""
    told: dict[str, Any] = {
        "subscription_id": named(owner),
        "user_id": owner,
        "asked_at": NOW,
        "told": {"state": "active", "at_stripe": "sub_1", "check_at": str(NOW + 5)},
        "words": "active",
        "loans": NO_LOANS,
        "fence": None,
        "follow": [],
    }
    Subscription.objects.record(**(told | changes))


def held_job(owner: UserId) -> LeasedJob:
    """The job that looks, held by this test."""
    begin(owner)
    [job] = take(HERE, most=1)
    return job


def row_of(any_redis: Any, owner: UserId) -> dict[str, str]:
    """What is kept."""
    kept: dict[str, str] = any_redis.hgetall(SUBSCRIPTIONS.row(named(owner)))
    return kept


def expiration(any_redis: Any, owner: UserId) -> int:
    """Until when the user is Pro, ms."""
    return int(any_redis.hget(USERS.row(owner), "expiration") or 0)


def test_begun_the_intent_and_its_job_are_there(owner: UserId, any_redis: Any) -> None:
    assert begin(owner) == named(owner)

    assert row_of(any_redis, owner)["state"] == "begun"
    assert any_redis.get(USER_SUBSCRIPTION(user_id=owner)) == named(owner)
    assert any_redis.zcard(DUE(cell=HERE, kind="look_at_subscription")) == 1


def test_has_one_the_first_is_told_and_nothing_changes(owner: UserId, any_redis: Any) -> None:
    begin(owner)

    assert begin(owner, "s2") == named(owner)

    assert not any_redis.exists(SUBSCRIPTIONS.row(named(owner, "s2")))


def test_known_one_that_has_ended_does_not_begin_again(owner: UserId, any_redis: Any) -> None:
    begin(owner)
    record(owner, told={"state": "ended", "check_at": ""})
    before = row_of(any_redis, owner)

    with pytest.raises(PaymentPending):
        begin(owner)

    assert row_of(any_redis, owner) == before
    assert Subscription.objects.open_of(owner) is None


def test_of_many_at_once_one_begins(real_redis: Any) -> None:
    owner = a_user()

    with ThreadPoolExecutor(8) as threads:
        begun = set(threads.map(lambda n: begin(owner, f"s{n}"), range(8)))

    assert len(begun) == 1
    assert real_redis.zcard(SUBSCRIPTIONS.by("id", cell=HERE)) == 1


def test_late_nothing_is_begun_by_a_promotion_that_is_held_no_longer(owner: UserId) -> None:
    long_ago, later = Millis(1), Millis(clock.now() + DAY_MS)

    with pytest.raises(PaymentPending):
        begin(owner, guard=Guard(hold_until=long_ago))

    assert Subscription.objects.open_of(owner) is None
    assert begin(owner, guard=Guard(hold_until=later)) == named(owner)


def test_no_such_user_nothing_is_begun(any_redis: Any) -> None:
    with pytest.raises(NoSuchUser):
        begin(UserId(new_id(HERE)))

    assert any_redis.zcard(SUBSCRIPTIONS.by("id", cell=HERE)) == 0


def test_recorded_it_is_as_stripe_told(owner: UserId, any_redis: Any) -> None:
    begin(owner)

    record(owner)

    row = row_of(any_redis, owner)
    assert (row["state"], row["at_stripe"]) == ("active", "sub_1")
    assert any_redis.hget(USERS.row(owner), "subscription") == "active"


def test_recorded_as_ended_another_may_begin(owner: UserId) -> None:
    begin(owner)

    record(owner, told={"state": "ended", "check_at": ""}, words="ended")

    assert begin(owner, "s2") == named(owner, "s2")


@pytest.mark.parametrize(("state", "words"), [("active", "active"), ("ended", "ended")])
def test_recorded_late_as_ended_it_takes_no_word_from_the_one_after_it(
    owner: UserId, any_redis: Any, state: str, words: str
) -> None:
    begin(owner)
    ended = {"state": "ended", "check_at": ""}
    record(owner, told=ended, words="")
    begin(owner, "s2")
    told = {"state": state, "check_at": str(NOW + 5) if state == "active" else ""}
    record(owner, subscription_id=named(owner, "s2"), told=told, words=words)

    record(owner, told=ended, words="")

    assert any_redis.hget(USERS.row(owner), "subscription") == words


def test_learnt_before_what_was_learnt_later_stands(owner: UserId, any_redis: Any) -> None:
    begin(owner)
    record(owner, told={"state": "ended", "check_at": ""}, words="ended", asked_at=NOW + 1)

    record(owner)

    assert row_of(any_redis, owner)["state"] == "ended"
    assert any_redis.hget(USERS.row(owner), "subscription") == "ended"


def test_has_another_one_that_had_ended_stays_so(owner: UserId, any_redis: Any) -> None:
    begin(owner)
    record(owner, told={"state": "ended", "check_at": ""}, words="ended")
    begin(owner, "s2")

    record(owner, asked_at=NOW + 1)

    assert row_of(any_redis, owner)["state"] == "ended"
    assert any_redis.get(USER_SUBSCRIPTION(user_id=owner)) == named(owner, "s2")


def test_no_such_subscription_nothing_is_recorded(owner: UserId, any_redis: Any) -> None:
    with pytest.raises(NoSuchSubscription):
        record(owner)

    assert row_of(any_redis, owner) == {}


def test_already_done_a_job_records_once(owner: UserId, any_redis: Any) -> None:
    job = held_job(owner)
    follow = [NewJob(HERE, MailSubscriptionEnded(named(owner)), named(owner))]
    record(owner, fence=job.fence, follow=follow)

    with pytest.raises(AlreadyDone):
        record(owner, fence=job.fence, words="again", follow=follow)

    assert any_redis.hget(USERS.row(owner), "subscription") == "active"


def test_superseded_another_worker_has_the_job(owner: UserId, any_redis: Any) -> None:
    job = held_job(owner)

    with pytest.raises(Superseded):
        record(owner, fence=replace(job.fence, epoch=job.fence.epoch - 1))

    assert row_of(any_redis, owner)["state"] == "begun"
