"""Jobs in each state, for the pages that show them."""

from dataclasses import dataclass
from typing import ClassVar, Final

from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import JobArguments, LeasedJob, NewJob
from lantern_pro.types import Cell, JobId
from tests.leasing import take

CELL: Final = Cell(0)


@dataclass(frozen=True, slots=True)
class Greet(JobArguments):
    """A job for these tests."""

    kind: ClassVar[str] = "greet"
    user_id: int = 7


def a_job(fact: str = "somebody") -> JobId:
    """A job that waits to be run."""
    ledger.stage(NewJob(CELL, Greet(), fact))
    return JobId(f"c0.greet.{fact}")


def a_running_job(fact: str = "somebody") -> LeasedJob:
    """A job that this test holds."""
    a_job(fact)
    (leased,) = take(CELL, most=1, kinds=["greet"])
    return leased


def a_dead_job(fact: str = "somebody") -> JobId:
    """A job that was given up."""
    leased = a_running_job(fact)
    ledger.hand_back(leased.fence, reason="nobody to greet", verdict="bury")
    return leased.fence.job_id


def run(fact: str = "somebody") -> None:
    """Run a job that is due to its end."""
    (leased,) = take(CELL, most=1, kinds=["greet"])
    assert leased.fence.job_id == f"c0.greet.{fact}"
    ledger.complete(leased.fence)
