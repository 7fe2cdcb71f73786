"""huey over Redis."""

import os
from typing import Any, Final

from huey import RedisHuey

from devstack.bench.adapters import bodies

SETTINGS: Final[dict[str, dict[str, Any]]] = {
    "default": {},
    # A task leaves Redis when it is taken, whatever is set; tries repeat what failed, not what
    # vanished. So this is as safe as it gets.
    "safest": {"retries": 20},
}

huey = RedisHuey("bench", url=os.environ["BENCH_REDIS_URL"])
options = SETTINGS[os.environ["BENCH_SETTING"]]


@huey.task(**options)
def noop() -> None:
    """Nothing but to be counted."""
    bodies.tally.count()


@huey.task(**options)
def effect(name: str) -> None:
    """An effect halfway."""
    bodies.job_with_effect(name)


def send_noop() -> None:
    """Enqueue one."""
    noop()


def send_effect(name: str) -> None:
    """Enqueue one with an effect."""
    effect(name)
