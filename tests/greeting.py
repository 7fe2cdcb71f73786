"""Jobs that greet somebody: the ledger's own tests need a kind that does nothing else."""

from dataclasses import dataclass
from typing import Any, ClassVar

from lantern_pro.jobs import keys, ledger
from lantern_pro.jobs.job import JobArguments, LeasedJob, NewJob
from lantern_pro.types import Cell, JobId
from tests.leasing import take

CELL = Cell(0)
ID = JobId("c0.greet.somebody")
KINDS = ["greet"]


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
    [leased] = take(CELL, most=1, kinds=KINDS)
    return leased


def row(client: Any) -> dict[str, str]:
    """The job's row."""
    told: dict[str, str] = client.hgetall(keys.JOBS.row(ID))
    return told
