"""Jobs that end without their effect: handed back, lapsed, given up, dropped, forgotten."""

from typing import Any

import pytest
import redis

from lantern_pro.jobs import keys, ledger
from lantern_pro.jobs.errors import Superseded
from lantern_pro.jobs.laws import one_state_each
from lantern_pro.jobs.models import Job
from lantern_pro.store.audit import index_faults
from lantern_pro.types import JobId, Millis
from tests.greeting import CELL, ID, KINDS, a_job, row, stage_and_lease
from tests.leasing import take


@pytest.fixture(autouse=True)
def laws_hold_afterwards(any_redis: redis.Redis) -> Any:
    """Whatever a test does, each job has one state."""
    yield
    assert list(one_state_each(CELL)) == []


def test_a_job_that_waits_for_others_spends_no_tries(any_redis: redis.Redis) -> None:
    leased = stage_and_lease()

    ledger.hand_back(leased.fence, reason="no room", verdict="wait", delay_ms=0)

    [again] = take(CELL, most=1, kinds=KINDS)
    assert again.attempts == 1
    assert row(any_redis)["last_error"] == "no room"


def test_a_buried_job_stays_until_staff_retry_it(any_redis: redis.Redis) -> None:
    leased = stage_and_lease()
    ledger.hand_back(leased.fence, reason="hopeless", verdict="bury", delay_ms=0)
    while_dead = take(CELL, most=10, kinds=KINDS)

    retried = ledger.retry(ID)

    assert while_dead == []
    assert retried
    [again] = take(CELL, most=1, kinds=KINDS)
    assert again.attempts == 1


def test_what_runs_or_is_done_or_unknown_cannot_be_retried(any_redis: redis.Redis) -> None:
    unknown = ledger.retry(ID)
    leased = stage_and_lease()
    running = ledger.retry(ID)
    ledger.complete(leased.fence)

    assert (unknown, running, ledger.retry(ID)) == (False, False, False)


def test_what_a_silent_worker_held_is_due_as_before_and_lost_no_try(
    any_redis: redis.Redis, settings: Any
) -> None:
    settings.JOB_LEASE_MS = 0
    leased = stage_and_lease()
    due = row(any_redis)["due"]

    lapsed = ledger.lapse(CELL)

    assert lapsed == 1
    told = row(any_redis)
    assert (told["state"], told["due"], told["attempts"]) == ("pending", due, "0")
    assert told["last_error"] == "its worker fell silent"
    with pytest.raises(Superseded):
        ledger.complete(leased.fence)


@pytest.mark.parametrize("state", ["due", "leased"])
def test_an_entry_without_a_job_is_taken_out_and_holds_nobody_up(
    any_redis: redis.Redis, settings: Any, state: str
) -> None:
    settings.JOB_LEASE_MS = 0
    stray = {"c0.greet.nobody": 1}
    entries = {"due": keys.DUE(cell=CELL, kind="greet"), "leased": keys.LEASED(cell=CELL)}[state]
    held = stage_and_lease()
    any_redis.zadd(entries, stray)

    [again] = take(CELL, most=10, kinds=KINDS)

    assert again.fence.job_id == held.fence.job_id
    assert any_redis.zscore(entries, "c0.greet.nobody") is None
    assert not any_redis.exists(keys.JOBS.row(JobId("c0.greet.nobody")))


def test_a_lease_that_runs_does_not_lapse(any_redis: redis.Redis) -> None:
    leased = stage_and_lease()

    lapsed = ledger.lapse(CELL)

    assert lapsed == 0
    ledger.complete(leased.fence)


def test_a_job_that_ends_its_workers_again_and_again_is_given_up(
    any_redis: redis.Redis, settings: Any
) -> None:
    settings.JOB_LEASE_MS = 0
    stage_and_lease()

    for _ in range(ledger.MOST_LAPSES):
        ledger.lapse(CELL)
        any_redis.zadd(keys.DUE(cell=CELL, kind="greet"), {ID: 1})
        take(CELL, most=1, kinds=KINDS)
    ledger.lapse(CELL)

    told = row(any_redis)
    assert told["state"] == "dead"
    assert told["last_error"] == f"its workers fell silent {ledger.MOST_LAPSES + 1} times"


def test_a_job_that_ends_its_workers_takes_no_others_along(
    any_redis: redis.Redis, settings: Any
) -> None:
    settings.JOB_LEASE_MS = 0
    ledger.stage(a_job("a"), a_job("culprit"), a_job("z"))

    for _ in range(ledger.MOST_LAPSES + 3):
        ledger.lapse(CELL)
        any_redis.zadd(keys.DUE(cell=CELL, kind="greet"), {"c0.greet.culprit": 1}, xx=True)
        for leased in take(CELL, most=3, kinds=KINDS):
            if leased.fence.job_id == "c0.greet.culprit":
                break  # the worker died with all that it held
            ledger.complete(leased.fence)

    states = {job.pk: job.state for job in Job.objects.all()}
    assert states == {"c0.greet.a": "done", "c0.greet.culprit": "dead", "c0.greet.z": "done"}


def test_what_was_never_begun_is_handed_back_as_if_never_leased(any_redis: redis.Redis) -> None:
    leased = stage_and_lease()
    due = row(any_redis)["due"]

    ledger.hand_back(leased.fence, verdict="return")

    told = row(any_redis)
    assert (told["state"], told["due"], told["attempts"]) == ("pending", due, "0")
    assert "last_error" not in told


def test_a_dropped_job_has_its_reason_and_never_runs(any_redis: redis.Redis) -> None:
    ledger.stage(a_job())

    dropped = ledger.drop(ID, reason="the user was refunded by hand")
    ledger.stage(a_job())

    assert dropped
    assert take(CELL, most=1, kinds=KINDS) == []
    told = row(any_redis)
    assert (told["state"], told["dropped_because"]) == ("dropped", "the user was refunded by hand")


def test_what_runs_or_is_done_or_unknown_cannot_be_dropped(any_redis: redis.Redis) -> None:
    unknown = ledger.drop(ID, reason="why not")
    leased = stage_and_lease()
    running = ledger.drop(ID, reason="why not")
    ledger.complete(leased.fence)

    assert (unknown, running, ledger.drop(ID, reason="why not")) == (False, False, False)


def test_records_of_what_ended_before_a_moment_are_forgotten_whole(any_redis: redis.Redis) -> None:
    ledger.complete(stage_and_lease("old").fence)
    ledger.stage(a_job("dropped"))
    ledger.drop(JobId("c0.greet.dropped"), reason="not needed")
    ledger.stage(a_job("waiting"))
    seconds, _ = any_redis.time()

    forgotten = ledger.forget(CELL, before=Millis(int(seconds) * 1000 + 60_000))

    assert forgotten == 2
    assert [job.pk for job in Job.objects.all()] == ["c0.greet.waiting"]
    assert list(index_faults(Job, CELL)) == []


def test_what_ended_later_is_not_forgotten(any_redis: redis.Redis) -> None:
    ledger.complete(stage_and_lease().fence)

    forgotten = ledger.forget(CELL, before=Millis(1))

    assert forgotten == 0
    assert row(any_redis)["state"] == "done"


def test_a_job_that_loses_its_worker_again_lets_others_go_first(
    any_redis: redis.Redis, settings: Any
) -> None:
    settings.JOB_LEASE_MS = 0
    stage_and_lease()
    ledger.lapse(CELL)
    take(CELL, most=1, kinds=KINDS)

    ledger.lapse(CELL)

    head = ledger.waiting(CELL, kinds=KINDS, most=1)
    assert head.due == []
    assert head.next_due is not None
    assert 500 <= head.next_due - head.now <= 1_000
