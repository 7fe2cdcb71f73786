"""The ledger's scripts, an outcome each, on fakeredis and on the real server."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
import redis

from lantern_pro.jobs import keys, ledger
from lantern_pro.jobs.errors import AlreadyDone, Superseded
from lantern_pro.jobs.job import JobArguments, NewJob, Work
from lantern_pro.jobs.laws import one_state_each
from lantern_pro.jobs.ledger import LeasedJob
from lantern_pro.types import Cell, JobId

CELL = Cell(0)
ID = JobId("c0.greet.somebody")


@dataclass(frozen=True, slots=True)
class Greet(JobArguments):
    """A job for these tests."""

    kind: ClassVar[str] = "greet"
    user_id: int = 7
    words: str = "سلام"


def a_job(fact: str = "somebody", *, delay_ms: int = 0) -> NewJob:
    """A job to stage."""
    return NewJob(CELL, Greet(), fact, delay_ms)


def stage_and_lease(fact: str = "somebody") -> LeasedJob:
    """A job that this test holds."""
    ledger.stage(a_job(fact))
    [leased] = ledger.lease(CELL, most=1)
    return leased


def row(client: Any) -> dict[str, str]:
    """The job's row."""
    told: dict[str, str] = client.hgetall(keys.JOBS.row(ID))
    return told


@pytest.fixture(autouse=True)
def laws_hold_afterwards(any_redis: redis.Redis) -> Any:
    """Whatever a test does, each job has one state."""
    yield
    assert list(one_state_each(CELL)) == []


def test_a_staged_job_is_leased_with_its_arguments_and_an_epoch(any_redis: redis.Redis) -> None:
    leased = stage_and_lease()

    assert leased.fence.job_id == ID
    assert leased.fence.epoch == 1
    assert Greet.from_json(leased.arguments) == Greet()
    assert row(any_redis)["about"] == "7"


def test_the_same_fact_staged_twice_is_one_job(any_redis: redis.Redis) -> None:
    ledger.stage(a_job(), a_job())
    ledger.stage(a_job())

    assert len(ledger.lease(CELL, most=10)) == 1


def test_a_done_job_is_not_staged_again(any_redis: redis.Redis) -> None:
    ledger.complete(stage_and_lease().fence)

    ledger.stage(a_job())

    assert ledger.lease(CELL, most=10) == []
    assert row(any_redis)["state"] == "done"


def test_a_job_is_not_leased_before_it_is_due(any_redis: redis.Redis) -> None:
    ledger.stage(a_job(delay_ms=60_000))

    assert ledger.lease(CELL, most=10) == []


def test_staging_again_can_only_bring_a_job_forward(any_redis: redis.Redis) -> None:
    ledger.stage(a_job(delay_ms=60_000))
    ledger.stage(a_job(delay_ms=120_000))
    due_before = any_redis.zscore(keys.DUE(cell=CELL), ID)

    ledger.stage(a_job())

    assert len(ledger.lease(CELL, most=10)) == 1
    assert float(row(any_redis)["due"]) < float(str(due_before))


def test_a_leased_job_is_leased_to_nobody_else(any_redis: redis.Redis) -> None:
    stage_and_lease()

    assert ledger.lease(CELL, most=10) == []


def test_a_lease_that_ran_out_goes_to_another_who_alone_may_commit(
    any_redis: redis.Redis, settings: Any
) -> None:
    settings.JOB_LEASE_MS = 0
    slow = stage_and_lease()

    [other] = ledger.lease(CELL, most=1)

    assert other.fence.epoch == slow.fence.epoch + 1
    with pytest.raises(Superseded):
        ledger.complete(slow.fence)
    ledger.complete(other.fence)
    with pytest.raises(AlreadyDone):
        ledger.complete(other.fence)


def test_completing_stages_what_follows_in_the_same_step(any_redis: redis.Redis) -> None:
    leased = stage_and_lease()

    ledger.complete(leased.fence, a_job("somebody-else"))

    [following] = ledger.lease(CELL, most=10)
    assert following.fence.job_id == "c0.greet.somebody-else"


def test_a_refused_commit_stages_nothing(any_redis: redis.Redis, settings: Any) -> None:
    settings.JOB_LEASE_MS = 0
    slow = stage_and_lease()
    settings.JOB_LEASE_MS = 30_000
    ledger.lease(CELL, most=1)

    with pytest.raises(Superseded):
        ledger.complete(slow.fence, a_job("somebody-else"))

    assert not any_redis.exists(keys.JOBS.row("c0.greet.somebody-else"))


def test_a_renewed_lease_keeps_others_away_and_tells_them_the_phase(
    any_redis: redis.Redis, settings: Any
) -> None:
    settings.JOB_LEASE_MS = 0
    leased = stage_and_lease()
    settings.JOB_LEASE_MS = 30_000

    ledger.renew(leased, phase="calling")

    assert ledger.lease(CELL, most=10) == []
    assert row(any_redis)["phase"] == "calling"


def test_the_next_holder_learns_the_phase(any_redis: redis.Redis) -> None:
    leased = stage_and_lease()
    ledger.renew(leased, phase="calling")
    ledger.hand_back(leased, reason="the line broke", verdict="retry", delay_ms=0)

    [again] = ledger.lease(CELL, most=1)

    assert (again.phase, again.attempts) == ("calling", 2)


def test_a_job_that_waits_for_others_spends_no_tries(any_redis: redis.Redis) -> None:
    leased = stage_and_lease()

    ledger.hand_back(leased, reason="no room", verdict="wait", delay_ms=0)

    [again] = ledger.lease(CELL, most=1)
    assert again.attempts == 1
    assert row(any_redis)["last_error"] == "no room"


def test_a_buried_job_stays_until_staff_retry_it(any_redis: redis.Redis) -> None:
    leased = stage_and_lease()
    ledger.hand_back(leased, reason="hopeless", verdict="bury", delay_ms=0)
    while_dead = ledger.lease(CELL, most=10)

    retried = ledger.retry(ID)

    assert while_dead == []
    assert retried
    [again] = ledger.lease(CELL, most=1)
    assert again.attempts == 1


def test_what_runs_or_is_done_or_unknown_cannot_be_retried(any_redis: redis.Redis) -> None:
    unknown = ledger.retry(ID)
    leased = stage_and_lease()
    running = ledger.retry(ID)
    ledger.complete(leased.fence)

    assert (unknown, running, ledger.retry(ID)) == (False, False, False)


def test_a_late_worker_can_neither_hand_back_nor_renew(
    any_redis: redis.Redis, settings: Any
) -> None:
    settings.JOB_LEASE_MS = 0
    slow = stage_and_lease()
    settings.JOB_LEASE_MS = 30_000
    ledger.lease(CELL, most=1)

    with pytest.raises(Superseded):
        ledger.hand_back(slow, reason="late", verdict="retry", delay_ms=0)
    with pytest.raises(Superseded):
        ledger.renew(slow)


def test_of_twenty_workers_at_once_one_gets_the_job(real_redis: redis.Redis) -> None:
    ledger.stage(a_job())

    with ThreadPoolExecutor(20) as threads:
        taken = list(threads.map(lambda _: ledger.lease(CELL, most=5), range(20)))

    assert sum(len(each) for each in taken) == 1


def test_a_job_of_another_cell_cannot_ride_in_a_script(any_redis: redis.Redis) -> None:
    with pytest.raises(ValueError, match="other cells"):
        Work(CELL, follow=[NewJob(Cell(1), Greet(), "far-away")])


@pytest.mark.parametrize("fact", ["", "with space", "a:b", "{c1}", "x" * 300])
def test_a_fact_that_could_not_stand_in_a_key_is_refused(fact: str) -> None:
    with pytest.raises(ValueError, match="cannot name a job"):
        a_job(fact)
