"""Celery over Redis."""

import os
from typing import Any, Final

from celery import Celery

from devstack.bench.adapters import bodies

_FAST: Final = {
    # One process, nothing between it and the broker; many messages taken at once.
    "worker_prefetch_multiplier": 64,
    "task_ignore_result": True,
    "worker_send_task_events": False,
    "worker_disable_rate_limits": True,
    "broker_pool_limit": 1,
}
SETTINGS: Final[dict[str, dict[str, Any]]] = {
    "default": {},
    # What the documentation asks for when no task may be lost: acknowledge late, hand back what a
    # lost process held, take one at a time, and see soon what was not acknowledged.
    "safest": {
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "worker_prefetch_multiplier": 1,
        "broker_transport_options": {
            "visibility_timeout": 10,
            "unacked_restore_interval": 1,
            "unacked_restore_throttle": 1,
        },
    },
    "fast": _FAST,
    "fast-late": {**_FAST, "task_acks_late": True},
}

app = Celery("bench", broker=os.environ["BENCH_REDIS_URL"])
app.conf.update(
    broker_connection_retry_on_startup=True,
    worker_hijack_root_logger=False,
    **SETTINGS[os.environ["BENCH_SETTING"]],
)


@app.task(name="noop")
def noop() -> None:
    """Nothing but to be counted."""
    bodies.tally.count()


@app.task(name="effect")
def effect(name: str) -> None:
    """An effect halfway."""
    bodies.job_with_effect(name)


def send_noop() -> None:
    """Enqueue one."""
    noop.delay()


def send_effect(name: str) -> None:
    """Enqueue one with an effect."""
    effect.delay(name)
