"""dramatiq over Redis."""

import os
from typing import Any, Final

import dramatiq
from dramatiq.brokers.redis import RedisBroker

from devstack.bench.adapters import bodies

SETTINGS: Final[dict[str, dict[str, Any]]] = {
    "default": {},
    # Messages are acknowledged late anyway; look at every command whether a worker is gone, and
    # take it for gone after ten seconds of silence instead of sixty.
    "safest": {"heartbeat_timeout": 10_000, "maintenance_chance": 1_000_000},
    "fast": {},
}

broker = RedisBroker(url=os.environ["BENCH_REDIS_URL"], **SETTINGS[os.environ["BENCH_SETTING"]])
dramatiq.set_broker(broker)


@dramatiq.actor
def noop() -> None:
    """Nothing but to be counted."""
    bodies.tally.count()


@dramatiq.actor
def effect(name: str) -> None:
    """An effect halfway."""
    bodies.job_with_effect(name)


def send_noop() -> None:
    """Enqueue one."""
    noop.send()


def send_effect(name: str) -> None:
    """Enqueue one with an effect."""
    effect.send(name)
