"""Waiting for a job: told when it ends, by whatever end, and never at others' cost."""

import threading
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from devstack.redis_server import free_port
from lantern_pro.api.waiting import hold_until_done
from lantern_pro.errors import NotYet
from lantern_pro.jobs import ledger, waiting
from lantern_pro.jobs.job import JobArguments, NewJob
from lantern_pro.jobs.keys import JOBS
from lantern_pro.jobs.waiting import wait_for
from lantern_pro.store.client import using
from lantern_pro.types import Cell, JobId
from tests.leasing import take

CELL = Cell(0)
ID = JobId("c0.waited.x")


@dataclass(frozen=True, slots=True)
class Waited(JobArguments):
    """A job that somebody waits for."""

    kind: ClassVar[str] = "waited"


def begin(client: Any, job_id: JobId = ID) -> tuple[ThreadPoolExecutor, Future[bool]]:
    """Wait for the job in another thread; returns when that one listens."""
    pool = ThreadPoolExecutor(1)
    waiting = pool.submit(wait_for, job_id, 20.0)
    pause = threading.Event()
    while client.pubsub_numsub(JOBS.row(job_id))[0][1] == 0:
        pause.wait(0.005)
    return pool, waiting


@pytest.mark.parametrize("end", ["done", "dead", "dropped"])
def test_who_waits_is_told_of_every_end(real_redis: redis.Redis, end: str) -> None:
    ledger.stage(NewJob(CELL, Waited(), "x"))
    pool, waiting = begin(real_redis)

    if end == "dropped":
        ledger.drop(ID, reason="not needed")
    else:
        [leased] = take(CELL, most=1, kinds=["waited"])
        if end == "done":
            ledger.complete(leased.fence)
        else:
            ledger.hand_back(leased.fence, reason="hopeless", verdict="bury")

    with pool:
        assert waiting.result(timeout=20)


def test_what_has_ended_before_is_not_waited_for(real_redis: redis.Redis) -> None:
    ledger.stage(NewJob(CELL, Waited(), "x"))
    ledger.drop(ID, reason="not needed")

    assert wait_for(ID, 20.0)


def test_patience_has_an_end(real_redis: redis.Redis) -> None:
    ledger.stage(NewJob(CELL, Waited(), "x"))

    assert not wait_for(ID, 0.05)


def test_who_has_waited_longest_gives_their_seat_to_who_comes(
    real_redis: redis.Redis, settings: Any
) -> None:
    settings.WAITING_SEATS = 1
    other = JobId("c0.waited.y")
    ledger.stage(NewJob(CELL, Waited(), "x"), NewJob(CELL, Waited(), "y"))
    first_pool, first = begin(real_redis)

    second_pool, second = begin(real_redis, other)

    with first_pool, second_pool:
        assert not first.result(timeout=20)
        assert not second.done()
        ledger.drop(other, reason="not needed")
        assert second.result(timeout=20)


def test_a_call_whose_job_was_given_up_is_answered_and_not_tried_over_and_over(
    real_redis: redis.Redis,
) -> None:
    ledger.stage(NewJob(CELL, Waited(), "x"))
    ledger.drop(ID, reason="not needed")
    tries: list[str] = []

    def attempt() -> None:
        tries.append("once more")
        raise NotYet(waits_for=ID)

    with pytest.raises(NotYet):
        hold_until_done(attempt, 0.5)

    assert len(tries) == 2


def test_who_could_not_wait_leaves_no_seat_taken(real_redis: redis.Redis, settings: Any) -> None:
    settings.WAITING_SEATS = 1
    away = redis.Redis(port=free_port(), retry=Retry(NoBackoff(), 0))
    ledger.stage(NewJob(CELL, Waited(), "x"))
    pool, first = begin(real_redis)

    with using(text=away, raw=away), pytest.raises(redis.ConnectionError):
        wait_for(JobId("c0.waited.y"), 1.0)
    ledger.drop(ID, reason="not needed")

    with pool:
        first.exception(timeout=20)  # it has ended, however it did
    assert not waiting._seats
