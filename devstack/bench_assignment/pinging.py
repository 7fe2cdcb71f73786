"""``python -m devstack.bench_assignment.pinging URL``: how long others wait, until a line comes in.

A process of its own asks Redis for nothing, again and again, and writes what it waited, in ms.
"""

import json
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import redis

ROOT: Final = Path(__file__).resolve().parents[2]


@contextmanager
def pinging(url: str) -> Iterator[list[float]]:
    """Ping for the length of a block; the list holds all waits after it, in ms."""
    waits: list[float] = []
    command = [sys.executable, "-m", "devstack.bench_assignment.pinging", url]
    with subprocess.Popen(
        command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        if process.stdout is None or process.stdin is None:
            message = "the pipes were asked for"
            raise RuntimeError(message)
        process.stdout.readline()  # it has begun
        try:
            yield waits
        finally:
            process.stdin.write("\n")
            process.stdin.close()
            waits += json.loads(process.stdout.read())


def main() -> None:
    """Ping until the other end says that it is enough."""
    client = redis.Redis.from_url(sys.argv[1])
    client.ping()
    enough = threading.Event()
    threading.Thread(target=_wait_for_the_end, args=(enough,), daemon=True).start()
    print("begun", flush=True)
    waits: list[float] = []
    while not enough.is_set():
        begun = time.perf_counter()
        client.ping()
        waits.append(round((time.perf_counter() - begun) * 1000, 3))
    print(json.dumps(waits))


def _wait_for_the_end(enough: threading.Event) -> None:
    sys.stdin.readline()
    enough.set()


if __name__ == "__main__":
    main()
