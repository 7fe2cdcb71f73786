"""RQ."""

import os
from typing import Any, Final

import redis
from rq import Queue, Retry

from devstack.bench.adapters import bodies

SETTINGS: Final[dict[str, dict[str, Any]]] = {
    "default": {},
    # A job whose worker vanished is tried again only if it may be tried again at all.
    "safest": {"retry": Retry(max=20)},
}

queue = Queue(connection=redis.Redis.from_url(os.environ["BENCH_REDIS_URL"]))
options = SETTINGS[os.environ["BENCH_SETTING"]]


def noop() -> None:
    """Nothing but to be counted."""
    bodies.tally.count()


def effect(name: str) -> None:
    """An effect halfway."""
    bodies.job_with_effect(name)


def send_noop() -> None:
    """Enqueue one."""
    queue.enqueue(noop, **options)


def send_effect(name: str) -> None:
    """Enqueue one with an effect."""
    queue.enqueue(effect, name, **options)
