"""Where a stage stands, and the rules by which its processes run."""

from pathlib import Path
from typing import Final

from devstack.redis_server import RedisPlace, free_port
from devstack.stack.environment import environment_of, redis_of
from devstack.stack.place import StackPlace

LEASE_MS: Final = 1_000
"""Short, so that what happens after a lease can happen often."""
TAKEOVER_LEASE_MS: Final = 5_000
"""Where takeovers are timed: as in production, leases are some times longer than the sweep."""
CELLS: Final = 2
INDEX_SECONDS: Final = 0.4
"""How long Mandrill does not find a mail that it has taken: while that lasts, one may double."""

_RULES: Final = {
    "LANTERN_JOB_LEASE_MS": str(LEASE_MS),
    "LANTERN_JOB_SWEEP_SECONDS": "1",
    "LANTERN_CELLS": str(CELLS),
    "LANTERN_FREE_BUCKETS": "4",
    "LANTERN_MAIL_INDEXED_SECONDS": "2",
    "LANTERN_CONFIG_MAIL": "yes",
    "LANTERN_BRIDGE_2016": "yes",
}


def new_place(folder: Path) -> StackPlace:
    """A place of its own in this folder."""
    pro, config, proxy, stripe, mandrill = (free_port() for _ in range(5))
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    return StackPlace(
        folder=folder.resolve(),
        pro=pro,
        config=config,
        proxy=proxy,
        stripe=stripe,
        mandrill=mandrill,
    )


def store_of(place: StackPlace) -> RedisPlace:
    """The Redis that holds the truth."""
    found = redis_of(place)
    assert found is not None
    return found


def bell_of(place: StackPlace) -> RedisPlace:
    """The Redis that holds Celery's messages, and nothing else."""
    return RedisPlace.in_folder(place.folder / "bell")


def environment(place: StackPlace) -> dict[str, str]:
    """What every process finds, and the harness too: it reaches all without a wire between."""
    return {
        **environment_of(place),
        **_RULES,
        "LANTERN_BROKER_URL": bell_of(place).url,
        "DJANGO_SETTINGS_MODULE": "lantern_pro.settings",
    }
