"""A worker's threads on a real Redis: lanes, leases that are kept, standstill, an orderly end."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
import redis

from lantern_pro.jobs import ledger, registry
from lantern_pro.jobs.job import Done, JobArguments, LeasedJob, NewJob
from lantern_pro.jobs.keys import DUE, JOBS, WORKERS
from lantern_pro.jobs.lanes import Lane
from lantern_pro.jobs.models import Job
from lantern_pro.jobs.runner import Runner
from lantern_pro.jobs.waiting import wait_for
from lantern_pro.jobs.worker import Batch, run_batch
from lantern_pro.types import Cell, JobId
from tests.leasing import take

CELL = Cell(0)
PATIENCE = 20.0


@dataclass(frozen=True, slots=True)
class Quick(JobArguments):
    """A job of the prompt lane."""

    kind: ClassVar[str] = "quick"
    number: int = 0


@dataclass(frozen=True, slots=True)
class Slow(JobArguments):
    """A job of the mail lane, that lasts until the test lets it end."""

    kind: ClassVar[str] = "slow"
    number: int = 0


@dataclass
class Work:
    """What the two kinds do, and what a test sees of it."""

    begun: threading.Semaphore
    may_end: threading.Event
    ran: list[str]


@pytest.fixture
def work(real_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch, settings: Any) -> Iterator[Work]:
    """Registers the kinds."""
    del real_redis
    settings.JOB_LEASE_MS = 900
    settings.JOB_SWEEP_SECONDS = 1
    seen = Work(threading.Semaphore(0), threading.Event(), [])
    monkeypatch.setattr(registry, "_kinds", {})

    @registry.job(Quick)
    def quick(leased: LeasedJob, arguments: Quick) -> Done:
        seen.ran.append(leased.fence.job_id)
        return Done()

    @registry.job(Slow, lane=Lane.MAIL)
    def slow(leased: LeasedJob, arguments: Slow) -> Done:
        seen.begun.release()
        seen.may_end.wait(PATIENCE)
        seen.ran.append(leased.fence.job_id)
        return Done()

    yield seen
    seen.may_end.set()


@contextmanager
def running(**options: Any) -> Iterator[Runner]:
    """A worker with one thread for each lane."""
    runner = Runner(dict.fromkeys(Lane, 1), **options)
    runner.start()
    try:
        yield runner
    finally:
        runner.stop()


def stage(arguments: JobArguments, fact: str) -> JobId:
    """Stage a job; its id."""
    new = NewJob(CELL, arguments, fact)
    ledger.stage(new)
    return new.job_id


def state_of(client: Any, job_id: JobId) -> str | None:
    """Where a job is."""
    found: str | None = client.hget(JOBS.row(job_id), "state")
    return found


def test_a_job_runs_although_nobody_rings(work: Work, real_redis: redis.Redis) -> None:
    with running():
        job_id = NewJob(CELL, Quick(), "unheard").job_id
        ringless = threading.Thread(target=_stage_without_a_ring)
        ringless.start()
        ringless.join()

        assert wait_for(job_id, PATIENCE)
    assert work.ran == [job_id]


def test_one_sweep_takes_back_whatever_many_workers_let_fall(
    work: Work, real_redis: redis.Redis, settings: Any
) -> None:
    count = 2 * ledger.LAPSES_AT_ONCE + 1
    settings.JOB_LEASE_MS = 0
    ledger.stage(*(NewJob(CELL, Quick(), f"fallen-{number}") for number in range(count)))
    ledger.lease(CELL, ledger.waiting(CELL, kinds=["quick"], most=count).due, holder="fallen")
    settings.JOB_LEASE_MS = 900
    settings.JOB_SWEEP_SECONDS = 3_600

    with running():
        jobs = [NewJob(CELL, Quick(), f"fallen-{number}").job_id for number in range(count)]
        assert all(wait_for(job_id, PATIENCE) for job_id in jobs)

    assert sorted(work.ran) == sorted(jobs)


def _stage_without_a_ring() -> None:
    from lantern_pro.jobs.job import Work as Staging
    from lantern_pro.store.scripts import script

    staging = Staging(CELL, follow=[NewJob(CELL, Quick(), "unheard")])
    script("jobs/stage_jobs")(rest=staging.rest, work=staging.work)


def test_a_storm_of_slow_mail_does_not_delay_what_is_prompt(
    work: Work, real_redis: redis.Redis
) -> None:
    ledger.stage(*(NewJob(CELL, Slow(number), str(number)) for number in range(200)))
    with running():
        assert work.begun.acquire(timeout=PATIENCE)

        job_id = stage(Quick(), "prompt")

        assert wait_for(job_id, PATIENCE)
        assert work.ran == [job_id]
        work.may_end.set()


def test_a_slow_job_keeps_its_lease_while_it_may(work: Work, real_redis: redis.Redis) -> None:
    job_id = stage(Slow(), "patient")
    with running():
        assert work.begun.acquire(timeout=PATIENCE)

        assert not wait_for(job_id, 2.5)  # several leases long
        nobody_else = ledger.lapse(CELL)
        work.may_end.set()

        assert nobody_else == 0
        assert wait_for(job_id, PATIENCE)
    assert work.ran == [job_id]


def test_a_job_that_stands_still_goes_elsewhere_and_its_worker_ends(
    work: Work, real_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lantern_pro.jobs.runner.NOTICED_WITHIN_SECONDS", 2.0)
    noticed = threading.Event()
    job_id = stage(Slow(), "hangs")
    with running(on_standstill=noticed.set):
        assert work.begun.acquire(timeout=PATIENCE)
        assert noticed.wait(PATIENCE)

        taken = _taken_elsewhere(job_id)
        work.may_end.set()

    assert taken.fence.epoch == 2
    assert state_of(real_redis, job_id) == "leased"  # the one that hung could not commit


def _taken_elsewhere(job_id: JobId) -> LeasedJob:
    for _ in range(100):
        if jobs := take(CELL, most=1, kinds=["slow"]):
            return jobs[0]
        wait_for(job_id, 0.1)
    pytest.fail("nobody could take it")


def test_at_the_end_the_job_at_hand_is_finished_and_the_others_are_handed_back(
    work: Work, real_redis: redis.Redis
) -> None:
    ledger.stage(*(NewJob(CELL, Slow(number), str(number)) for number in range(8)))
    runner = Runner({Lane.MAIL: 1})
    runner.start()
    assert work.begun.acquire(timeout=PATIENCE)
    stopped: list[bool] = []
    stopping = threading.Thread(target=lambda: stopped.append(runner.stop()))

    stopping.start()
    runner.ring(CELL)
    work.may_end.set()
    stopping.join()

    assert stopped == [True]
    assert len(work.ran) == 1
    assert state_of(real_redis, JobId(work.ran[0])) == "done"
    assert real_redis.zcard(DUE(cell=CELL, kind="slow")) == 7
    attempts = {job.attempts for job in Job.objects.filter(state="pending")}
    assert attempts == {0}


def test_a_job_that_is_lost_before_it_began_is_not_begun(
    work: Work, real_redis: redis.Redis, settings: Any
) -> None:
    settings.JOB_LEASE_MS = 0
    stage(Quick(), "stolen")
    batch = Batch(take(CELL, most=1, kinds=["quick"]))
    take(CELL, most=1, kinds=["quick"])

    batch.let_go(*ledger.renew(batch.held))
    run_batch(batch)

    assert work.ran == []


def test_a_worker_gives_a_sign_of_life(work: Work, real_redis: redis.Redis) -> None:
    with running() as runner:
        job_id = stage(Quick(), "late")
        assert wait_for(job_id, PATIENCE)
        _until(lambda: real_redis.zscore(WORKERS(cell=CELL), runner.name) is not None, job_id)


def _until(seen: Callable[[], bool], job_id: JobId) -> None:
    for _ in range(200):
        if seen():
            return
        wait_for(JobId(f"{job_id}.never"), 0.05)
    pytest.fail("it never came")


def test_what_was_staged_for_later_runs_when_it_is_due(
    work: Work, real_redis: redis.Redis, settings: Any
) -> None:
    settings.JOB_SWEEP_SECONDS = 60
    new = NewJob(CELL, Quick(), "later", delay_ms=300)
    with running():
        ledger.stage(new)

        assert wait_for(new.job_id, PATIENCE)


class UnreadableOnce(dict[str, registry.JobKind]):
    """A register that fails at the first look, as anything may."""

    unread = True

    def items(self) -> Any:
        """Fail, then answer."""
        if self.unread:
            self.unread = False
            raise ValueError
        return super().items()


def test_a_lane_outlives_whatever_goes_wrong_in_its_thread(
    work: Work, real_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    unreadable = UnreadableOnce(registry._kinds)
    monkeypatch.setattr(registry, "_kinds", unreadable)
    runner = Runner({Lane.PROMPT: 1})
    runner.start()

    job_id = stage(Quick(), "after-the-failure")

    assert wait_for(job_id, PATIENCE)
    assert not unreadable.unread
    assert runner.stop()
