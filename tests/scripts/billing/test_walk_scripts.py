"""The scripts by which one job at a time walks over Stripe's lists, an outcome each."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from billing.keys import WALKING
from billing.managers import reconciliation as kept
from lantern_pro.jobs.job import Fence
from lantern_pro.types import JobId, Millis
from tests.people import HERE

ONE = Fence(JobId("c0.reconcile.1"), 1)
AGAIN = Fence(ONE.job_id, 2)
OTHER = Fence(JobId("c0.reconcile.2"), 1)


@pytest.fixture(autouse=True)
def _redis(any_redis: redis.Redis) -> None:
    """On either kind."""
    del any_redis


def keep(holder: Fence, *, after: str = "") -> bool:
    """Note a page of the payments."""
    return kept.keep_place("payments", holder, after=after, walked=3, repaired=1)


def test_taken_for_a_while_and_longer_when_it_says_so_again(any_redis: redis.Redis) -> None:
    assert kept.take_the_walk(ONE)
    any_redis.pexpire(WALKING(cell=HERE), 1000)

    assert kept.take_the_walk(ONE)
    assert 1000 < any_redis.pttl(WALKING(cell=HERE)) <= kept.HELD_MS


def test_taken_over_by_a_later_holder_of_the_same_job() -> None:
    kept.take_the_walk(ONE)

    assert kept.take_the_walk(AGAIN)
    assert not kept.take_the_walk(ONE)


def test_held_it_is_for_no_other_job() -> None:
    kept.take_the_walk(ONE)

    assert not kept.take_the_walk(OTHER)
    assert kept.take_the_walk(ONE)


def test_of_many_who_take_it_at_once_one_has_it() -> None:
    jobs = [Fence(JobId(f"c0.reconcile.{number}"), 1) for number in range(8)]

    with ThreadPoolExecutor(max_workers=8) as pool:
        taken = list(pool.map(kept.take_the_walk, jobs))

    assert sum(taken) == 1


def test_left_it_is_free() -> None:
    kept.take_the_walk(ONE)

    kept.leave_the_walk(ONE)

    assert kept.take_the_walk(OTHER)


def test_not_held_it_cannot_be_left() -> None:
    kept.take_the_walk(OTHER)

    kept.leave_the_walk(ONE)

    assert not kept.take_the_walk(ONE)


def test_kept_is_the_place_and_how_much_was_walked() -> None:
    kept.open_window("payments", since=Millis(5), until=Millis(9), now=Millis(10))
    kept.take_the_walk(ONE)

    assert keep(ONE, after="ch_7")
    amid = kept.place_of("payments")
    assert keep(ONE)
    done = kept.place_of("payments")

    assert (amid.after, amid.until, amid.done_until) == ("ch_7", 9, 0)
    assert (done.after, done.until, done.done_until) == ("", 0, 9)
    assert (done.walked, done.repaired) == (6, 2)


@pytest.mark.parametrize("holder", [None, OTHER, AGAIN])
def test_not_held_no_place_is_kept(holder: Fence | None) -> None:
    kept.open_window("payments", since=Millis(5), until=Millis(9), now=Millis(10))
    if holder:
        kept.take_the_walk(holder)
    before = kept.place_of("payments")

    assert not keep(ONE)
    assert kept.place_of("payments") == before
