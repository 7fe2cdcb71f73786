"""Running leased jobs: to their commit, or back with the reason. Any number may do so at once."""

import logging
import secrets
import threading
import time
from collections.abc import Callable, Sequence
from contextvars import ContextVar
from typing import Final

from redis.exceptions import RedisError

from lantern_pro.errors import LanternError, NotYet
from lantern_pro.jobs import ledger
from lantern_pro.jobs.errors import AlreadyDone, LeftUnfinished, Superseded
from lantern_pro.jobs.job import Done, Fence, LeasedJob
from lantern_pro.jobs.ledger import Verdict
from lantern_pro.jobs.registry import JobKind, kind_named, known_kinds
from lantern_pro.types import Cell, JobId

log = logging.getLogger(__name__)

LARGEST_BATCH: Final = 64
LONGEST_DELAY_SECONDS: Final = 0.05
"""How long a job that is done may wait for others to be marked with it."""


class Batch:
    """Jobs that one thread has leased and runs in turn.

    The thread that runs them and the one that renews their leases share it: hence the lock.
    """

    def __init__(self, jobs: Sequence[LeasedJob]) -> None:
        """Hold these jobs."""
        self.jobs = tuple(jobs)
        self._lock = threading.Lock()
        self._held = {job.fence.job_id: job.fence for job in jobs}
        self._moved = time.monotonic()
        self.at_hand: JobId | None = None

    @property
    def held(self) -> list[Fence]:
        """The fences of the jobs that are not ended yet."""
        with self._lock:
            return list(self._held.values())

    @property
    def idle_seconds(self) -> float:
        """How long ago anything moved: a job began, ended or entered a phase."""
        return time.monotonic() - self._moved

    def holds(self, fence: Fence) -> bool:
        """Whether the job is neither ended nor lost."""
        with self._lock:
            return fence.job_id in self._held

    def let_go(self, *job_ids: JobId) -> None:
        """Have done with jobs: they have ended, or others have them."""
        with self._lock:
            for job_id in job_ids:
                self._held.pop(job_id, None)

    def begin(self, job: LeasedJob) -> None:
        """Say which job is run now."""
        self.at_hand = job.fence.job_id
        self.move()

    def move(self) -> None:
        """Say that there is progress."""
        self._moved = time.monotonic()


_batch: ContextVar[Batch | None] = ContextVar("batch", default=None)


def enter(job: LeasedJob, phase: str) -> None:
    """Note, before somebody else's service is called, that it may have been called.

    A phase is a word that the job's kind declares, perhaps with a remark behind a dot. Raises
    ``Superseded`` when another worker has the job: then nobody here may call.
    """
    kind = kind_named(job.kind)
    if kind is None or phase.partition(".")[0] not in kind.phases:
        message = f"{job.kind} declares no phase {phase!r}"
        raise ValueError(message)
    if ledger.renew([job.fence], phase=phase):
        raise Superseded
    progress()


def progress() -> None:
    """Say, from within a long job, that it does not stand still."""
    if batch := _batch.get():
        batch.move()


def never() -> bool:
    """Tell a batch to go on to its end."""
    return False


def run_batch(batch: Batch, stopping: Callable[[], bool] = never) -> None:
    """Run a batch's jobs; once ``stopping``, hand back those that have not begun."""
    _batch.set(batch)
    done: list[Fence] = []
    since = 0.0
    for job in batch.jobs:
        if not batch.holds(job.fence):
            continue
        batch.begin(job)
        if stopping():
            _hand_back(job, "", "return")
            batch.let_go(job.fence.job_id)
        elif run(job):
            since = since if done else time.monotonic()
            done.append(job.fence)
        else:
            batch.let_go(job.fence.job_id)
        if done and time.monotonic() - since > LONGEST_DELAY_SECONDS:
            _complete(batch, done)
        batch.move()
    _complete(batch, done)
    _batch.set(None)


def _complete(batch: Batch, done: list[Fence]) -> None:
    """Mark the jobs done that need nothing else."""
    if not done:
        return
    try:
        ledger.complete_all(done)
    except RedisError as error:
        log.warning("%d jobs could not be marked done: %s", len(done), type(error).__name__)
    batch.let_go(*(fence.job_id for fence in done))
    done.clear()


def run(job: LeasedJob) -> bool:
    """Run one leased job to its commit, or hand it back with the reason.

    True when all that is left to do is to mark it as done.
    """
    kind = kind_named(job.kind)
    if kind is None:  # it was leased by its kind's name, so this release has forgotten it since
        _hand_back(job, f"this worker does not know {job.kind}", "return")
        return False
    waited_for: tuple[type[LanternError], ...] = (NotYet, *kind.retry.outlasts)
    try:
        return _left_to_mark(job, kind)
    except (Superseded, AlreadyDone):
        log.info("%s: had its effect elsewhere", job.fence.job_id)
    except waited_for as waiting:
        reason = f"{waiting.error_id}: {waiting.message}"
        _hand_back(job, reason, "wait", _jitter(kind.retry.wait_delay_ms(job.waits)))
    except RedisError as error:
        # Redis may be away, and what was sent may have been done: the fence will tell.
        _fail(job, f"the store did not answer: {type(error).__name__}", kind)
    except LanternError as refusal:
        _fail(job, f"{refusal.error_id}: {refusal.message}", kind)
    except Exception as error:
        log.exception("%s failed", job.fence.job_id)
        _fail(job, type(error).__name__, kind)
    return False


def _left_to_mark(job: LeasedJob, kind: JobKind) -> bool:
    ledger.committed.set(None)
    answer = kind.run(job)
    if isinstance(answer, Done):
        if not answer.follow:
            return True
        ledger.complete(job.fence, *answer.follow)
    elif ledger.committed.get() != job.fence:
        raise LeftUnfinished
    return False


def _fail(job: LeasedJob, reason: str, kind: JobKind) -> None:
    verdict: Verdict = "bury" if job.attempts >= kind.retry.attempts else "retry"
    _hand_back(job, reason, verdict, _jitter(kind.retry.delay_ms(job.attempts)))


def _hand_back(job: LeasedJob, reason: str, verdict: Verdict, delay_ms: int = 0) -> None:
    log.info("%s: %s (%s)", job.fence.job_id, reason or "handed back", verdict)
    try:
        ledger.hand_back(job.fence, reason=reason, verdict=verdict, delay_ms=delay_ms)
    except (Superseded, AlreadyDone):
        log.info("%s: taken over meanwhile", job.fence.job_id)
    except RedisError as error:
        log.warning("%s: not handed back: %s", job.fence.job_id, type(error).__name__)


def drain(cell: Cell, *, most: int = LARGEST_BATCH) -> int:
    """Run the cell's jobs, of every lane, until none is due; returns how many were taken."""
    taken = 0
    while True:
        ledger.lapse(cell)
        ids = ledger.waiting(cell, kinds=known_kinds(), most=most).due
        batch = Batch(ledger.lease(cell, ids, holder=f"drain.{secrets.token_hex(8)}"))
        if not batch.jobs:
            return taken
        taken += len(batch.jobs)
        run_batch(batch)


def _jitter(delay_ms: int) -> int:
    """Between half and the whole of a delay, so that what failed together is tried apart."""
    return delay_ms // 2 + secrets.randbelow(delay_ms // 2 + 1)
