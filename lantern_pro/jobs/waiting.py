"""Waiting for a job to end: told by Redis, not by asking again and again.

The script that ends a job publishes that on a channel that has the name of the job's row. Each call
that waits holds a thread of its server, so there are seats, fewer than threads: who has waited
longest gives their seat to who comes, and is answered as if their time were over. So a crowd that
waits makes all of them wait less, and takes no thread from those who do not wait.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.conf import settings

from lantern_pro.jobs.keys import JOBS
from lantern_pro.store.client import text_client
from lantern_pro.types import JobId

ENDED: Final = frozenset({"done", "dead", "dropped"})
SEAT_NEEDED: Final = "seat needed"


class Seat:
    """One waiting call."""

    def __init__(self, channel: str) -> None:
        """Wait on this channel."""
        self.channel = channel
        self.is_needed = False


_seats: deque[Seat] = deque()
_lock = threading.Lock()


def wait_for(job_id: JobId, seconds: float) -> bool:
    """Whether the job has ended; False when the time is over first, or the seat is needed."""
    channel = JOBS.row(job_id)
    deadline = time.monotonic() + seconds
    with _seat(channel) as seat, text_client().pubsub() as told:
        told.subscribe(channel)
        # The first message says that we are subscribed, or are so again: whatever happened before
        # it, the state tells. Nothing may come, too: the answer to a sign of life.
        while (left := deadline - time.monotonic()) > 0 and not seat.is_needed:
            told.get_message(timeout=left)
            if text_client().hget(JOBS.row(job_id), "state") in ENDED:
                return True
    return False


@contextmanager
def _seat(channel: str) -> Iterator[Seat]:
    seat, leaving = Seat(channel), None
    with _lock:
        if len(_seats) >= settings.WAITING_SEATS:
            leaving = _seats.popleft()
            leaving.is_needed = True
        _seats.append(seat)
    try:
        if leaving is not None:
            text_client().publish(leaving.channel, SEAT_NEEDED)
        yield seat
    finally:
        with _lock:
            if seat in _seats:
                _seats.remove(seat)
