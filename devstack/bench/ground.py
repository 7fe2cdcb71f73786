"""Where contestants are measured: a Redis of its own, empty before each turn."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import redis

from devstack import redis_server
from devstack.bench.contestants import Contestant
from devstack.bench.processes import cpu_seconds, output_of, wait_until
from devstack.redis_server import RedisPlace


@dataclass(frozen=True, slots=True)
class Pace:
    """How fast jobs are run: how many a second, and the processor time of one, in microseconds."""

    rate: float
    worker_us: float
    redis_us: float


@dataclass(frozen=True, slots=True)
class Ground:
    """A running Redis, and a folder for logs and tallies."""

    folder: Path
    url: str
    client: Any

    @property
    def log(self) -> Path:
        """What contestants say."""
        return self.folder / "contestants.log"

    @property
    def tally(self) -> Path:
        """The marks of the turn that is being measured."""
        return self.folder / "tally"

    def clear(self) -> None:
        """Empty Redis, and forget the marks."""
        self.client.flushall()
        self.tally.unlink(missing_ok=True)

    def feed(self, contestant: Contestant, kind: str, count: int, batch: int = 1) -> float:
        """Let a contestant enqueue jobs; answers how many a second."""
        command = contestant.feeder(kind, count, batch)
        return float(output_of(command, contestant.environment(self.url), log=self.log))

    def pace_between(self, first: int, last: int, *, worker: int, seconds: float) -> Pace:
        """Wait until the running worker has begun so many jobs; its pace between the marks."""
        self._wait_for(first, seconds)
        worker_before, redis_before = cpu_seconds(worker), self._cpu_of_redis()
        self._wait_for(last, seconds)
        jobs, marks = last - first, self._marks()
        return Pace(
            rate=jobs / (marks[last] - marks[first]),
            worker_us=(cpu_seconds(worker) - worker_before) / jobs * 1e6,
            redis_us=(self._cpu_of_redis() - redis_before) / jobs * 1e6,
        )

    def _wait_for(self, mark: int, seconds: float) -> None:
        wait_until(lambda: mark in self._marks(), seconds=seconds, what=f"{mark} jobs")

    def _cpu_of_redis(self) -> float:
        told = self.client.info("cpu")
        return float(told["used_cpu_user"]) + float(told["used_cpu_sys"])

    def _marks(self) -> dict[int, float]:
        if not self.tally.exists():
            return {}
        lines = (line.split() for line in self.tally.read_text().splitlines())
        return {int(count): float(moment) for count, moment in lines}


@contextmanager
def ground() -> Iterator[Ground]:
    """Start a Redis that keeps its AOF as production does, synced every second.

    The file is not rewritten meanwhile: who is measured when that begins would pay for all.
    """
    folder = Path(tempfile.mkdtemp(prefix="lantern-bench-"))
    try:
        with redis_server.running(
            RedisPlace.in_folder(folder / "redis"), fsync="everysec"
        ) as place:
            client = redis.Redis.from_url(place.url, socket_timeout=300)
            client.config_set("auto-aof-rewrite-percentage", 0)
            yield Ground(folder, place.url, client)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
