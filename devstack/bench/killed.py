"""The contestants whose workers are killed: as they come, and as safe as they can be made."""

from typing import Final

from devstack.bench.contestants import CELERY, DRAMATIQ, HUEY, LEDGER, RQ, Contestant

_ONE_THREAD: Final = (("LANTERN_JOB_THREADS", "prompt:1,vendor:1,mail:1,bulk:1"),)

CONTESTANTS: Final = (
    Contestant(
        CELERY,
        "Celery, default",
        "default",
        "as it comes: acknowledges before a job runs, prefetch 4, visibility timeout 1 hour",
    ),
    Contestant(
        CELERY,
        "Celery, safest",
        "safest",
        "acks_late, reject_on_worker_lost, prefetch 1, visibility timeout 10 s looked at every "
        "second",
    ),
    Contestant(
        DRAMATIQ,
        "dramatiq, default",
        "default",
        "as it comes: acknowledges after a job ran, prefetch 2 a thread; a worker is gone after "
        "60 s, one command in a thousand looks for that",
        ("-t", "1"),
    ),
    Contestant(
        DRAMATIQ,
        "dramatiq, safest",
        "safest",
        "prefetch 1; a worker is gone after 10 s, and every command looks for that",
        ("-t", "1"),
        (("dramatiq_queue_prefetch", "1"),),
    ),
    Contestant(
        RQ,
        "RQ, default",
        "default",
        "as it comes: a job whose worker vanished is looked for every 10 minutes and then failed",
    ),
    Contestant(
        RQ,
        "RQ, safest",
        "safest",
        "Retry(max=20); maintenance and job monitoring every second, worker-ttl 20 s, so that an "
        "idle worker looks for abandoned jobs that often (one is noticed 60 s later)",
        ("--maintenance-interval", "1", "--job-monitoring-interval", "1", "--worker-ttl", "20"),
    ),
    Contestant(
        HUEY,
        "huey, default",
        "default",
        "as it comes: a task leaves Redis when it is taken",
    ),
    Contestant(
        HUEY,
        "huey, safest",
        "safest",
        "retries=20: it repeats what failed, and has nothing for what vanished",
    ),
    Contestant(
        LEDGER,
        "the ledger, default",
        "default",
        "as it comes, with one thread: leases of 15 s, renewed while the worker lives; the effect "
        "and the mark that the job is done are one script",
        (),
        _ONE_THREAD,
    ),
    Contestant(
        LEDGER,
        "the ledger, short leases",
        "default",
        "the same with leases of 5 s",
        (),
        (*_ONE_THREAD, ("LANTERN_JOB_LEASE_MS", "5000")),
    ),
)
