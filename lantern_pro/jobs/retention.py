"""How long the records of jobs are kept.

A record is only the first guard against doing a thing twice: the effect names its business fact in
the domain's own data, which never forgets. Dead jobs stay until staff retry or drop them.
"""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from django.conf import settings

from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Done, JobArguments, LeasedJob
from lantern_pro.jobs.lanes import Lane
from lantern_pro.jobs.registry import job
from lantern_pro.jobs.worker import progress
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell, Millis

DAY_MS: Final = 86_400_000


@dataclass(frozen=True, slots=True)
class ForgetJobs(JobArguments):
    """Remove the records of jobs that ended long ago."""

    kind: ClassVar[str] = "forget_jobs"
    cell: Cell


@job(ForgetJobs, lane=Lane.BULK, every=timedelta(hours=1))
def forget_jobs(_leased: LeasedJob, arguments: ForgetJobs) -> Done:
    """Remove them page by page."""
    seconds, _ = text_client().time()
    before = Millis(seconds * 1000 - settings.JOB_RETENTION_DAYS * DAY_MS)
    while ledger.forget(arguments.cell, before=before):
        progress()
    return Done()
