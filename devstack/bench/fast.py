"""The contestants at their fastest, for no-op jobs."""

from typing import Final

from devstack.bench.contestants import CELERY, DRAMATIQ, LEDGER, Contestant

_CELERY_TOLD: Final = (
    "prefetch 64, no results, no events, no rate limits, no gossip, mingle or heartbeat"
)
_ALONE: Final = ("--without-gossip", "--without-mingle", "--without-heartbeat")

CELERY_EARLY: Final = Contestant(
    CELERY,
    "Celery",
    "fast",
    f"default pool (prefork) with one child, acknowledges early, {_CELERY_TOLD}",
    _ALONE,
)
CELERY_LATE: Final = Contestant(
    CELERY,
    "Celery, acks_late",
    "fast-late",
    f"the same, acknowledges late: prefork with one child, {_CELERY_TOLD}",
    _ALONE,
)
CELERY_SOLO: Final = Contestant(
    CELERY,
    "Celery, solo",
    "fast",
    f"runs jobs in the worker itself (pool solo), acknowledges early, {_CELERY_TOLD}",
    (*_ALONE, "-P", "solo"),
)
CELERY_SOLO_LATE: Final = Contestant(
    CELERY,
    "Celery, solo, acks_late",
    "fast-late",
    f"the same, acknowledges late: solo, {_CELERY_TOLD}",
    (*_ALONE, "-P", "solo"),
)
FAST_DRAMATIQ: Final = Contestant(
    DRAMATIQ,
    "dramatiq",
    "fast",
    "one process with one thread (faster here than eight), prefetch 64, its default middleware",
    ("-t", "1"),
    (("dramatiq_queue_prefetch", "64"),),
)
FAST_LEDGER: Final = Contestant(
    LEDGER,
    "the ledger",
    "fast",
    "one worker process as it comes (three threads in the lane), batches of up to 64",
    (),
    (),
)
