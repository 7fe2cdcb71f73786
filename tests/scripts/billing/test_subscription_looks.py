"""Looks at subscriptions: time that is lent by them, and those that the clock stages.

On fakeredis and on the real server.
"""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from accounts.keys import TIME_LEDGER
from billing.laws import loans_are_few
from billing.managers.subscriptions import Loans
from billing.models import Subscription
from billing.subscription_jobs import (
    AT_ONCE,
    LOOK_AGAIN_MS,
    LookAtSubscription,
    look_for_due_subscriptions,
)
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import NewJob
from lantern_pro.jobs.keys import DUE
from lantern_pro.types import Millis, UserId
from tests.leasing import take
from tests.people import HERE, a_user
from tests.scripts.billing.test_subscription_scripts import (
    DAY_MS,
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


def fact_of(owner: UserId, paid: str, name: str = "s1") -> str:
    """The fact of the loan after a payment."""
    return f"grace.{named(owner, name)}.{paid}"


def loan(owner: UserId, paid: str = "in_1", name: str = "s1", at: int = NOW) -> Loans:
    """A week lent after a payment."""
    fact = fact_of(owner, paid, name)
    return Loans(fact, {"fact": fact, "kind": "grace", "because": fact, "plan": "1m", "at": at,
                        "months": 0, "days": 7})  # fmt: skip


def test_time_is_lent_once_however_often_it_is_learnt(owner: UserId, any_redis: Any) -> None:
    begin(owner)

    record(owner, loans=loan(owner))
    record(owner, loans=loan(owner))

    assert expiration(any_redis, owner) == NOW + 7 * DAY_MS


@pytest.mark.parametrize("stands", ["", "in_2"])
def test_what_was_lent_goes_back_once_it_is_paid_or_over(
    owner: UserId, any_redis: Any, stands: str
) -> None:
    begin(owner)
    record(owner, loans=loan(owner))

    record(owner, loans=Loans(stands and fact_of(owner, stands)))
    record(owner, loans=loan(owner))

    assert expiration(any_redis, owner) == NOW


def test_the_loan_after_one_payment_takes_the_place_of_that_before(
    owner: UserId, any_redis: Any
) -> None:
    begin(owner)
    record(owner, loans=loan(owner))

    record(owner, loans=loan(owner, "in_2", at=NOW + DAY_MS))

    assert expiration(any_redis, owner) == NOW + 8 * DAY_MS


def test_learnt_before_nothing_is_lent_by_what_was_learnt_earlier(
    owner: UserId, any_redis: Any
) -> None:
    begin(owner)
    record(owner, asked_at=NOW + 1)

    record(owner, loans=loan(owner))

    assert expiration(any_redis, owner) == 0


def test_another_subscription_of_the_user_takes_back_nothing(owner: UserId, any_redis: Any) -> None:
    begin(owner)
    record(owner, told={"state": "ended", "check_at": ""})
    begin(owner, "s10")
    record(owner, subscription_id=named(owner, "s10"), loans=loan(owner, name="s10"))

    record(owner, told={"state": "ended", "check_at": ""})

    assert expiration(any_redis, owner) == NOW + 7 * DAY_MS


def test_two_loans_at_once_are_a_fault(owner: UserId, any_redis: Any) -> None:
    begin(owner)
    record(owner, loans=loan(owner))
    ledger, entry = TIME_LEDGER(user_id=owner), fact_of(owner, "in_2")
    any_redis.hset(ledger, entry, any_redis.hget(ledger, fact_of(owner, "in_1")))

    found = list(loans_are_few(HERE))

    assert len(found) == 1
    assert "2 loans are open" in found[0]
    any_redis.hdel(ledger, entry)


def put_off(owner: UserId, since: int) -> None:
    """Stage a look that is due since then."""
    look = NewJob(HERE, LookAtSubscription(named(owner)), f"{named(owner)}.{since}")
    Subscription.objects.put_off(
        named(owner), since=Millis(since), until=Millis(NOW + DAY_MS), follow=[look]
    )


def looks(client: Any) -> int:
    """How many looks are to be run."""
    return int(client.zcard(DUE(cell=HERE, kind="look_at_subscription")))


def test_put_off_a_look_is_staged_and_the_next_is_later(owner: UserId, any_redis: Any) -> None:
    begin(owner)

    put_off(owner, NOW + 1)

    assert looks(any_redis) == 2
    assert row_of(any_redis, owner)["check_at"] == str(NOW + DAY_MS)


def test_moved_what_is_not_due_any_more_is_left(owner: UserId, any_redis: Any) -> None:
    begin(owner)

    put_off(owner, NOW)

    assert looks(any_redis) == 1
    assert row_of(any_redis, owner)["check_at"] == str(NOW + 1)


def test_of_many_who_put_off_at_once_one_does(real_redis: Any) -> None:
    owner = a_user()
    begin(owner)

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda _: put_off(owner, NOW + 1), range(8)))

    assert looks(real_redis) == 2


def test_looks_that_came_to_nothing_keep_no_other_from_its_turn(real_redis: Any) -> None:
    for _ in range(AT_ONCE + 1):
        begin(a_user(), "s1")

    look_for_due_subscriptions(HERE)
    look_for_due_subscriptions(HERE)

    begun = AT_ONCE + 1  # each has a job since it began
    assert looks(real_redis) == begun + AT_ONCE + 1


def test_a_look_that_was_given_up_is_tried_again_by_another_job(
    owner: UserId, any_redis: Any
) -> None:
    begin(owner)
    look_for_due_subscriptions(HERE)
    for job in take(HERE, most=2):
        ledger.hand_back(job.fence, reason="for this test", verdict="bury")

    look_for_due_subscriptions(HERE)
    at_once = looks(any_redis)
    with clock.shifted(LOOK_AGAIN_MS):
        look_for_due_subscriptions(HERE)

    assert (at_once, looks(any_redis)) == (0, 1)
