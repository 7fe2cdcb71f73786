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
from devstack.bench.processes import output_of, wait_until
from devstack.redis_server import RedisPlace


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

    def rate_between(self, first: int, last: int, *, seconds: float) -> float:
        """Wait until the running worker has begun so many jobs; its rate between the marks."""
        wait_until(lambda: last in self._marks(), seconds=seconds, what=f"{last} jobs")
        marks = self._marks()
        return (last - first) / (marks[last] - marks[first])

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
