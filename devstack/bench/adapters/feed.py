"""``python -m devstack.bench.adapters.feed ADAPTER noop|effect COUNT [BATCH]``: enqueue jobs.

Prints how many a second. What the first one costs (connections, scripts) is not part of it.
"""

import importlib
import sys
import time
from typing import Any


def feed(adapter: str, kind: str, count: int, batch: int = 1) -> float:
    """Enqueue so many jobs, one by one or so many at once; answers the rate."""
    jobs: Any = importlib.import_module(adapter)
    send = (
        [lambda: jobs.send_noops(batch)] * (count // batch)
        if batch > 1
        else [lambda name=f"job-{position}": _send(jobs, kind, name) for position in range(count)]
    )
    send[0]()
    start = time.perf_counter()
    for each in send[1:]:
        each()
    return (len(send) - 1) * batch / (time.perf_counter() - start)


def _send(jobs: Any, kind: str, name: str) -> None:
    if kind == "effect":
        jobs.send_effect(name)
    else:
        jobs.send_noop()


if __name__ == "__main__":
    adapter, kind, *numbers = sys.argv[1:]
    sys.stdout.write(f"{feed(adapter, kind, *map(int, numbers))!r}\n")
