"""Who is compared, with which settings, and how each is started."""

import os
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from devstack.bench.peers_environment import PEERS

ROOT: Final = Path(__file__).resolve().parents[2]
ADAPTERS: Final = "devstack.bench.adapters"

_PROJECT: Final = {
    "DJANGO_SETTINGS_MODULE": "devstack.bench.ledger.settings",
    "LANTERN_DEVELOPMENT": "yes",
    "LANTERN_LOG_LEVEL": "WARNING",
}

Count = tuple[str, str]
"""A Redis command that counts, and its key."""


@dataclass(frozen=True, slots=True)
class System:
    """A library: its adapter, its worker with one job at a time, and where its jobs lie."""

    name: str
    adapter: str
    worker: tuple[str, ...]
    counts: tuple[Count, ...]
    effects: str = "bench:effects"
    runs: str = "bench:runs"
    is_ours: bool = False

    @property
    def interpreter(self) -> Path:
        """The Python of its environment."""
        return Path(sys.executable) if self.is_ours else PEERS / "bin" / "python"

    def jobs_left(self, client: Any) -> int:
        """How many jobs the system still holds: waiting, or taken and not acknowledged."""
        return sum(int(client.execute_command(command, key)) for command, key in self.counts)


@dataclass(frozen=True, slots=True)
class Contestant:
    """A system with settings; ``told`` says them in words, for the report."""

    system: System
    name: str
    variant: str
    told: str
    options: tuple[str, ...] = ()
    variables: tuple[tuple[str, str], ...] = ()

    def worker(self) -> Sequence[str]:
        """The command of one worker process."""
        return [str(self.system.interpreter), "-m", *self.system.worker, *self.options]

    def feeder(self, kind: str, count: int, batch: int = 1) -> Sequence[str]:
        """The command that enqueues."""
        module, adapter = f"{ADAPTERS}.feed", f"{ADAPTERS}.{self.system.adapter}"
        python = str(self.system.interpreter)
        return [python, "-m", module, adapter, kind, str(count), str(batch)]

    def environment(self, redis_url: str, **more: str) -> Mapping[str, str]:
        """What its processes find in their environment."""
        return {
            **os.environ,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            "BENCH_REDIS_URL": redis_url,
            "BENCH_SETTING": self.variant,
            "BENCH_EFFECT": "plain",
            **(_PROJECT if self.system.is_ours else {}),
            "REDIS_URL": redis_url,
            **dict(self.variables),
            **more,
        }


_CELERY_APP: Final = f"{ADAPTERS}.celery_jobs"

CELERY: Final = System(
    "Celery",
    "celery_jobs",
    ("celery", "-A", _CELERY_APP, "worker", "-c", "1", "-l", "WARNING"),
    (("LLEN", "celery"), ("HLEN", "unacked")),
)
DRAMATIQ: Final = System(
    "dramatiq",
    "dramatiq_jobs",
    ("dramatiq", f"{ADAPTERS}.dramatiq_jobs", "-p", "1"),
    (("HLEN", "dramatiq:default.msgs"),),
)
RQ: Final = System(
    "RQ",
    "rq_jobs",
    ("rq.cli", "worker", "--path", str(ROOT)),
    (
        ("LLEN", "rq:queue:default"),
        ("ZCARD", "rq:wip:default"),
        ("LLEN", "rq:queue:default:intermediate"),
    ),
)
HUEY: Final = System(
    "huey",
    "huey_jobs",
    ("huey.bin.huey_consumer", f"{ADAPTERS}.huey_jobs.huey", "-w", "1"),
    (("LLEN", "huey.redis.bench"), ("ZCARD", "huey.schedule.bench")),
)
LEDGER: Final = System(
    "the ledger",
    "ledger_jobs",
    ("celery", "-A", "lantern_pro", "worker", "-P", "solo", "-l", "WARNING"),
    (("ZCARD", "{c0}:jobs:due:bench_effect"), ("ZCARD", "{c0}:jobs:leased")),
    effects="{c0}:bench:effects",
    runs="{c0}:bench:runs",
    is_ours=True,
)
