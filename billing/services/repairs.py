"""Beginning what repairs a difference; what was given up is tried anew, and needs no staff."""

from typing import Final

from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.events import Event, ForwardJob, following
from lantern_pro.jobs.job import NewJob
from lantern_pro.jobs.models import Job
from lantern_pro.types import JobId

GIVEN_UP_MS: Final = 60 * 60_000
"""How long a repair stays given up, for staff to see why, before it is tried anew."""


def begin_repair(event: Event) -> int:
    """Stage what repairs; how many jobs began by it. One that staff dropped stays so."""
    jobs = following(event)
    return ledger.stage(*jobs) or sum(map(_try_anew, jobs))


def _try_anew(new: NewJob) -> bool:
    """Let a job run again that was given up an hour ago; False for any other."""
    job_id = JobId(new.fact) if isinstance(new.arguments, ForwardJob) else new.job_id
    known = Job.objects.filter(pk=job_id).first()
    if known is None or known.state != Job.State.DEAD or known.finished is None:
        return False
    if clock.now() - clock.as_millis(known.finished) < GIVEN_UP_MS:
        return False
    return ledger.retry(job_id)
