"""The bell: a hint that jobs are due, by way of Celery. It carries no truth.

``ring`` tells this process's own workers at once, and those of others by a Celery message, sent by
a thread of its own: whoever stages a job waits for no broker, and many jobs at once ring once. A
ring that is lost, late or doubled costs time only, because workers also look by themselves.
"""

import logging
import threading
from collections.abc import Callable
from typing import Final

from celery import current_app
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from lantern_pro.types import Cell

log = logging.getLogger(__name__)

TASK: Final = "jobs.ring"
PAUSE_SECONDS: Final = 0.02
ENOUGH_MESSAGES: Final = 100
"""Where so many messages lie unread, one more would wake nobody."""
EXPIRES_SECONDS: Final = 60

Hearer = Callable[[Cell], None]


class Ringer:
    """Sends the messages, from a thread that starts with the first."""

    def __init__(self) -> None:
        """Prepare."""
        self._cells: set[Cell] = set()
        self._news = threading.Condition()
        self._thread: threading.Thread | None = None

    def ring(self, cell: Cell) -> None:
        """Have a message sent; returns at once."""
        with self._news:
            self._cells.add(cell)
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._run, name="ringer", daemon=True)
                self._thread.start()
            self._news.notify()

    def _run(self) -> None:
        pause = threading.Event()
        while True:
            with self._news:
                self._news.wait_for(lambda: self._cells)
                cells, self._cells = self._cells, set()
            for cell in cells:
                _send(cell)
            pause.wait(PAUSE_SECONDS)


def _send(cell: Cell) -> None:
    try:
        with current_app.connection_or_acquire() as connection:
            queue = current_app.conf.task_default_queue
            told = connection.default_channel.queue_declare(queue=queue)
            if told.message_count >= ENOUGH_MESSAGES:
                return
        current_app.send_task(
            TASK, args=[cell], ignore_result=True, retry=False, expires=EXPIRES_SECONDS
        )
    except (KombuError, RedisError, OSError) as error:
        log.warning(
            "no ring could be sent, workers will look by themselves: %s", type(error).__name__
        )


_ringer = Ringer()
_hearers: list[Hearer] = []


def ring(cell: Cell) -> None:
    """Tell the workers that jobs are due in a cell. May fail silently."""
    heard(cell)
    _ringer.ring(cell)


def heard(cell: Cell) -> None:
    """Tell the workers of this process."""
    for hearer in tuple(_hearers):
        hearer(cell)


def listen(hearer: Hearer) -> None:
    """Have a function called at each ring; it must return at once."""
    _hearers.append(hearer)


def stop_listening(hearer: Hearer) -> None:
    """Have it called no more."""
    _hearers.remove(hearer)
