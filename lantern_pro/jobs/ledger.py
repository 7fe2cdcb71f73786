"""The ledger of jobs: one function a script. Once and only once rests on these.

A job's truth is in Redis (``jobs/keys.py``). Celery's messages only wake workers up: a message
lost, late or doubled may cost latency, never an effect.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.conf import settings

from lantern_pro.jobs import keys
from lantern_pro.jobs.errors import AlreadyDone, Superseded
from lantern_pro.jobs.job import Fence, NewJob, Work
from lantern_pro.jobs.wake import wake
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.store.scripts import Argument, Outcome, script
from lantern_pro.types import Cell, JobId

Verdict = Literal["retry", "wait", "bury"]


@dataclass(frozen=True, slots=True)
class LeasedJob:
    """A job that this worker holds. ``phase`` is the last that any holder entered, or empty."""

    fence: Fence
    kind: str
    arguments: str
    attempts: int
    phase: str

    @property
    def cell(self) -> Cell:
        """The cell of the job's effect."""
        return cell_of(self.fence.job_id)


def apply(name: str, work: Work, *, more: Sequence[str] = (), **named: Argument) -> Outcome:
    """Run a script that has an effect, for the job that calls and with what follows from it.

    ``more`` are keys in number unknown that the script takes behind the work's own. Raises
    ``AlreadyDone`` or ``Superseded`` when the fence refuses. What was staged is announced to the
    workers afterwards.
    """
    outcome = script(name)(None, rest=[*work.rest, *more], work=work.work, **named)
    match outcome:
        case ["already_done"]:
            raise AlreadyDone
        case ["superseded"]:
            raise Superseded
    announce(work)
    return outcome


def announce(work: Work) -> None:
    """Tell the workers of what was staged to run at once."""
    if any(job.delay_ms == 0 for job in work.follow):
        wake(work.cell)


def stage(*jobs: NewJob) -> None:
    """Stage jobs by themselves, all of one cell."""
    apply("jobs/stage_jobs", Work(jobs[0].cell, follow=jobs))


def lease(cell: Cell, *, most: int) -> list[LeasedJob]:
    """Take up to ``most`` jobs that are due, or whose holder let the lease run out.

    The candidates are only hints: the script looks at each again and leases it or not.
    """
    client = text_client()
    seconds, micros = client.time()
    now = seconds * 1000 + micros // 1000
    with client.pipeline(transaction=False) as pipe:
        pipe.zrangebyscore(keys.LEASED(cell=cell), "-inf", now, start=0, num=most)
        pipe.zrangebyscore(keys.DUE(cell=cell), "-inf", now, start=0, num=most)
        overdue, due = pipe.execute()
    ids = [*overdue, *due][:most]
    if not ids:
        return []
    outcome = script("jobs/lease_jobs")(
        rest=keys.ledger_keys(cell) + [keys.JOBS.row(job_id) for job_id in ids],
        ids=json.dumps(ids),
        lease_ms=settings.JOB_LEASE_MS,
    )
    return [
        LeasedJob(Fence(JobId(job_id), epoch), kind, arguments, attempts, phase)
        for job_id, kind, arguments, epoch, attempts, phase in json.loads(str(outcome[1]))
    ]


def renew(job: LeasedJob, *, phase: str = "") -> None:
    """Prolong a lease; with ``phase``, note first what is about to be done elsewhere."""
    apply("jobs/renew_lease", Work.of(job.fence), lease_ms=settings.JOB_LEASE_MS, phase=phase)


def complete(fence: Fence, *follow: NewJob) -> None:
    """Mark a job done that has no effect in the store, and stage what follows from it."""
    apply("jobs/complete_job", Work(cell_of(fence.job_id), fence, follow))


def hand_back(job: LeasedJob, *, reason: str, verdict: Verdict, delay_ms: int) -> None:
    """End a lease without an effect; ``reason`` is what staff read."""
    apply(
        "jobs/hand_back_job",
        Work.of(job.fence),
        reason=reason[:500],
        verdict=verdict,
        delay_ms=delay_ms,
    )


def retry(job_id: JobId) -> bool:
    """Let a dead or waiting job run again at once; False when it is running, done or unknown."""
    cell = cell_of(job_id)
    outcome = script("jobs/retry_job")(
        rest=[*keys.ledger_keys(cell), keys.JOBS.row(job_id)], job_id=job_id
    )
    if outcome == ["pending"]:
        wake(cell)
    return outcome == ["pending"]
