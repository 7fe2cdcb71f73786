"""What is due in a lane, seen by one of its threads for all of them."""

import threading
import time
from dataclasses import dataclass
from typing import Final

from lantern_pro.jobs import ledger
from lantern_pro.jobs.lanes import Lane
from lantern_pro.jobs.registry import known_kinds
from lantern_pro.types import Cell, JobId

STALE_SECONDS: Final = 0.1


@dataclass(frozen=True, slots=True)
class Share:
    """What a thread may try to lease, and in how many seconds it should look again if nothing."""

    ids: list[JobId]
    next_look_seconds: float


@dataclass(frozen=True, slots=True)
class _View:
    ids: list[JobId]
    next_look_seconds: float
    seen: float


class Lookout:
    """Shares the head of a lane's queues among its threads, so that no two try the same jobs.

    What it tells are hints: leasing looks at each job again.
    """

    def __init__(self, lane: Lane, threads: int) -> None:
        """Look out for a lane that has so many threads here."""
        self._lane = lane
        self._threads = threads
        self._lock = threading.Lock()
        self._views: dict[Cell, _View] = {}

    def share(self, cell: Cell, *, most: int) -> Share:
        """Take a share of what is due in a cell, the longest due first."""
        with self._lock:
            view = self._views.get(cell)
            if view is None or not view.ids or time.monotonic() - view.seen > STALE_SECONDS:
                view = self._look(cell, most * self._threads)
            mine, rest = view.ids[:most], view.ids[most:]
            self._views[cell] = _View(rest, view.next_look_seconds, view.seen)
            return Share(mine, view.next_look_seconds)

    def _look(self, cell: Cell, most: int) -> _View:
        head = ledger.waiting(cell, kinds=known_kinds(self._lane), most=most)
        wait = (head.next_due - head.now) / 1000 if head.next_due else float("inf")
        return _View(head.due, wait, time.monotonic())
