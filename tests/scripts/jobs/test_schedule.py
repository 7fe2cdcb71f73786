"""What the clock stages: once for each time, whoever looks and however often."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

import pytest
import redis
from redis.exceptions import ResponseError

from lantern_pro.jobs import registry, schedule
from lantern_pro.jobs.job import Done, JobArguments, LeasedJob
from lantern_pro.jobs.models import Job
from lantern_pro.jobs.registry import scheduled_kinds
from lantern_pro.jobs.retention import ForgetJobs
from lantern_pro.jobs.schedule import Clockwork, periodic, stage_periodic_jobs
from lantern_pro.types import Cell


@dataclass(frozen=True, slots=True)
class Daily(JobArguments):
    """Something that is done every day."""

    kind: ClassVar[str] = "daily"
    cell: Cell


@pytest.fixture
def clock_job(any_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> None:
    """Registers the kind, alone."""
    del any_redis
    monkeypatch.setattr(registry, "_kinds", {})

    @registry.job(Daily, every=timedelta(days=1))
    def daily(leased: LeasedJob, arguments: Daily) -> Done:
        return Done()


def test_two_schedulers_stage_one_job_for_one_time(clock_job: None) -> None:
    Clockwork().stage_due()
    Clockwork().stage_due()

    [job] = Job.objects.all()
    day_ms = int(job.pk.rpartition(".")[2])
    assert day_ms % 86_400_000 == 0


def test_each_cell_has_its_own(clock_job: None, settings: object) -> None:
    settings.CELLS = 3  # type: ignore[attr-defined]

    Clockwork().stage_due()

    assert sorted(job.pk.partition(".")[0] for job in Job.objects.all()) == ["c0", "c1", "c2"]


def test_many_schedulers_at_once_stage_one(
    real_redis: redis.Redis, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "_kinds", {})
    registry.job(Daily, every=timedelta(days=1))(lambda _leased, _arguments: Done())

    with ThreadPoolExecutor(10) as threads:
        list(threads.map(lambda _: Clockwork().stage_due(), range(10)))

    assert Job.objects.count() == 1


def test_records_are_tidied_up_by_the_clock() -> None:
    assert ForgetJobs.kind in {kind.name for kind in scheduled_kinds()}


@pytest.mark.parametrize("failure", [LookupError, ResponseError])
def test_a_look_that_fails_keeps_no_other_from_looking(
    monkeypatch: pytest.MonkeyPatch, failure: type[Exception]
) -> None:
    monkeypatch.setattr(schedule, "_looks", [])
    seen: list[Cell] = []

    @periodic
    def fails(cell: Cell) -> None:
        raise failure(cell)

    @periodic
    def looks(cell: Cell) -> None:
        seen.append(cell)

    stage_periodic_jobs()

    assert seen == [Cell(0)]


@pytest.mark.parametrize("failure", [redis.ConnectionError, redis.TimeoutError])
def test_where_the_store_is_away_nobody_else_looks(
    monkeypatch: pytest.MonkeyPatch, failure: type[Exception]
) -> None:
    monkeypatch.setattr(schedule, "_looks", [])
    seen: list[Cell] = []

    @periodic
    def fails(_cell: Cell) -> None:
        raise failure

    @periodic
    def looks(cell: Cell) -> None:
        seen.append(cell)

    with pytest.raises(failure):
        stage_periodic_jobs()

    assert seen == []
