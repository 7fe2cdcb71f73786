"""Running jobs: lease, run, and hand back what failed. Any number of workers may do it at once."""

import logging
import secrets
from typing import Final

from lantern_pro.errors import LanternError, NotYet
from lantern_pro.jobs import ledger
from lantern_pro.jobs.errors import AlreadyDone, LeftUnfinished, Superseded
from lantern_pro.jobs.keys import LEASED
from lantern_pro.jobs.ledger import LeasedJob, Verdict
from lantern_pro.jobs.registry import MOST_ATTEMPTS, kind_named
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell

log = logging.getLogger(__name__)

BATCH: Final = 4
FIRST_DELAY_MS: Final = 500
LONGEST_DELAY_MS: Final = 300_000
WAIT_MS: Final = 5_000
UNKNOWN_KIND_MS: Final = 30_000


def drain(cell: Cell) -> int:
    """Run the cell's jobs until none is due; returns how many were taken."""
    taken = 0
    while batch := ledger.lease(cell, most=BATCH):
        for position, job in enumerate(batch):
            taken += 1
            try:
                if position:
                    ledger.renew(job)
            except (Superseded, AlreadyDone):
                continue
            run(job)
    return taken


def run(job: LeasedJob) -> None:
    """Run one leased job to its commit, or hand it back with the reason."""
    kind = kind_named(job.kind)
    if kind is None:
        _hand_back(job, f"this worker does not know {job.kind}", "wait", UNKNOWN_KIND_MS)
        return
    try:
        kind.run(job, job.arguments)
        if text_client().zscore(LEASED(cell=job.cell), job.fence.job_id) is not None:
            raise LeftUnfinished
    except (Superseded, AlreadyDone):
        log.info("%s: had its effect elsewhere", job.fence.job_id)
    except NotYet as waiting:
        _hand_back(job, f"{waiting.error_id}: {waiting.message}", "wait", _jitter(WAIT_MS))
    except LanternError as refusal:
        _fail(job, f"{refusal.error_id}: {refusal.message}", kind.most_attempts)
    except Exception as error:
        log.exception("%s failed", job.fence.job_id)
        _fail(job, f"{type(error).__name__}", kind.most_attempts)


def _fail(job: LeasedJob, reason: str, most_attempts: int = MOST_ATTEMPTS) -> None:
    verdict: Verdict = "bury" if job.attempts >= most_attempts else "retry"
    delay_ms = min(FIRST_DELAY_MS << min(job.attempts, 10), LONGEST_DELAY_MS)
    _hand_back(job, reason, verdict, _jitter(delay_ms))


def _hand_back(job: LeasedJob, reason: str, verdict: Verdict, delay_ms: int) -> None:
    log.info("%s: %s (%s)", job.fence.job_id, reason, verdict)
    try:
        ledger.hand_back(job, reason=reason, verdict=verdict, delay_ms=delay_ms)
    except (Superseded, AlreadyDone):
        log.info("%s: taken over meanwhile", job.fence.job_id)


def _jitter(delay_ms: int) -> int:
    """Between half and the whole of a delay, so that what failed together is tried apart."""
    return delay_ms // 2 + secrets.randbelow(delay_ms // 2 + 1)
