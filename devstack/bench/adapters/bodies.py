"""What the jobs of every contestant do: nothing but count, or have an effect halfway.

A *tally* writes the time at which so many no-op jobs have begun; rates are taken between two such
marks, so that neither a start nor an end is part of them. An *effect* is one more in a hash in
Redis, under the job's name: zero means lost, two means run twice.
"""

import itertools
import os
import time
from pathlib import Path
from typing import Any, Final

import redis

JOB_SECONDS: Final = float(os.environ.get("BENCH_JOB_SECONDS", "0.05"))
EFFECTS: Final = "bench:effects"
RUNS: Final = "bench:runs"

# The same effect for all. `keyed` asks first whether the job had it already.
PLAIN: Final = 'return redis.call("HINCRBY", KEYS[1], ARGV[1], 1)'
KEYED: Final = 'return redis.call("HSETNX", KEYS[1], ARGV[1], 1)'


class Tally:
    """Counts calls in this process and notes the moments at which given counts are reached."""

    def __init__(self, path: str, marks: str) -> None:
        """Take the file to write to, and the counts, separated by commas."""
        self._path = Path(path)
        self._marks = frozenset(int(mark) for mark in marks.split(",") if mark)
        self._counter = itertools.count(1)  # next() is one step under the interpreter's lock

    def count(self) -> None:
        """Count one."""
        reached = next(self._counter)
        if reached in self._marks:
            now = time.monotonic()  # one clock for all processes of a machine
            with self._path.open("a") as file:
                file.write(f"{reached} {now!r}\n")


tally: Final = Tally(os.environ.get("BENCH_TALLY", os.devnull), os.environ.get("BENCH_MARKS", ""))


def connection() -> Any:
    """A connection of this process's own; made when a job first wants it, after any fork."""
    global _connection  # noqa: PLW0603 - one a process
    if _connection is None or _connection[0] != os.getpid():
        _connection = (os.getpid(), redis.Redis.from_url(os.environ["BENCH_REDIS_URL"]))
    return _connection[1]


_connection: tuple[int, Any] | None = None


def first_half(name: str) -> None:
    """Note that the job runs, and work for half of its time."""
    connection().hincrby(RUNS, name, 1)
    work()


def work() -> None:
    """Half of the time that a job takes."""
    time.sleep(JOB_SECONDS / 2)  # noqa: TID251 - the job's work


def job_with_effect(name: str) -> None:
    """Work, have the effect, work on."""
    first_half(name)
    script = KEYED if os.environ["BENCH_EFFECT"] == "keyed" else PLAIN
    connection().eval(script, 1, EFFECTS, name)
    work()
