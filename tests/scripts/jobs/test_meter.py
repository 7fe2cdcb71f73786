"""The meter tells what became of jobs, by kind, and costs no scan."""

import json
import re
from dataclasses import dataclass
from io import StringIO
from typing import Any, ClassVar

import pytest
import redis
from django.core.management import call_command

from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import JobArguments, LeasedJob, NewJob
from lantern_pro.jobs.keys import METER
from lantern_pro.jobs.meter import KindMeter, meters
from lantern_pro.types import Cell, JobId
from tests.leasing import take

CELL = Cell(0)


@dataclass(frozen=True, slots=True)
class Counted(JobArguments):
    """A job to be counted."""

    kind: ClassVar[str] = "counted"


def stage(fact: str, *, delay_ms: int = 0) -> JobId:
    """Stage a job; its id."""
    new = NewJob(CELL, Counted(), fact, delay_ms)
    ledger.stage(new)
    return new.job_id


def held() -> LeasedJob:
    """The longest due job, held by this test."""
    [leased] = take(CELL, most=1, kinds=["counted"])
    return leased


def meter() -> KindMeter:
    """What is told of the kind."""
    [found] = [each for each in meters() if each.kind == "counted"]
    return found


def test_what_waits_runs_and_is_done_is_counted(any_redis: redis.Redis) -> None:
    stage("one")
    ledger.complete(held().fence)
    stage("two")
    held()
    stage("three")
    stage("later", delay_ms=60_000)

    found = meter()

    assert (found.due, found.running, found.later) == (1, 1, 1)
    assert (found.staged, found.done) == (4, 1)
    assert found.wait.count == 2


def test_each_way_not_to_be_done_is_counted(any_redis: redis.Redis, settings: Any) -> None:
    settings.JOB_LEASE_MS = 0
    stage("one")
    ledger.hand_back(held().fence, reason="a fault", verdict="retry")
    ledger.hand_back(held().fence, reason="no room", verdict="wait")
    held()
    ledger.lapse(CELL)
    ledger.hand_back(held().fence, reason="hopeless", verdict="bury")
    ledger.drop(JobId("c0.counted.one"), reason="not needed")

    found = meter()

    counted = (found.retried, found.waited, found.lapsed, found.dead, found.dropped)
    assert counted == (1, 1, 1, 1, 1)
    assert found.done == 0


def test_times_are_told_by_their_upper_bound(any_redis: redis.Redis) -> None:
    any_redis.hset(METER(cell=CELL), "counted:run:4", 98)
    any_redis.hset(METER(cell=CELL), "counted:run:10", 2)

    run = meter().run

    assert (run.count, run.median_ms, run.p99_ms) == (100, 16, 1024)


def test_how_long_the_oldest_has_waited_is_told(any_redis: redis.Redis) -> None:
    stage("one")
    any_redis.zincrby("{c0}:jobs:due:counted", -5_000, "c0.counted.one")

    assert 5_000 <= meter().oldest_ms < 60_000


@pytest.mark.parametrize("option", ["--json", "--prometheus"])
def test_machines_can_read_it(any_redis: redis.Redis, option: str) -> None:
    stage("one")
    written = StringIO()

    call_command("show_jobs", option, stdout=written)

    if option == "--json":
        kinds = {each["kind"]: each for each in json.loads(written.getvalue())["kinds"]}
        assert kinds["counted"]["due"] == 1
        assert kinds["counted"]["lane"] == ""
    else:
        assert 'lantern_jobs_due{kind="counted"} 1\n' in written.getvalue()


def test_a_collector_is_told_how_long_jobs_waited_and_ran(any_redis: redis.Redis) -> None:
    any_redis.hset(METER(cell=CELL), "counted:run:4", 98)
    any_redis.hset(METER(cell=CELL), "counted:run:10", 2)
    written = StringIO()

    call_command("show_jobs", "--prometheus", stdout=written)

    lines = written.getvalue().splitlines()
    assert 'lantern_jobs_run_seconds{kind="counted",quantile="0.5"} 0.016' in lines
    assert 'lantern_jobs_run_seconds{kind="counted",quantile="0.99"} 1.024' in lines
    assert 'lantern_jobs_run_seconds_count{kind="counted"} 100' in lines
    assert 'lantern_jobs_wait_seconds_count{kind="counted"} 0' in lines


def test_people_can_read_it(any_redis: redis.Redis) -> None:
    stage("one")
    written = StringIO()

    call_command("show_jobs", stdout=written)

    [line] = [line for line in written.getvalue().splitlines() if line.startswith("counted")]
    assert re.match(r"counted +unknown here +1 +\d+ ms +0 +0 +0 ", line)
