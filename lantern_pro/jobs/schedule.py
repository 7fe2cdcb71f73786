"""Regular work: looking for what has become due, and staging what the clock says.

Every worker does it, as often as it likes, beside the others: jobs are named by their facts, and
those of the clock by their time, so looking twice stages once.
"""

import logging
from collections.abc import Callable

from django.conf import settings
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError

from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import NewJob
from lantern_pro.jobs.registry import JobKind, scheduled_kinds
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell, Millis

log = logging.getLogger(__name__)

Look = Callable[[Cell], None]

_looks: list[Look] = []


def periodic(look: Look) -> Look:
    """Register a function that is called for each cell at every sweep."""
    _looks.append(look)
    return look


def stage_periodic_jobs() -> None:
    """Let every registered function look at every cell; one that fails keeps no other from it."""
    for cell in range(settings.CELLS):
        for look in _looks:
            try:
                look(Cell(cell))
            except (RedisConnectionError, RedisTimeoutError):
                raise  # the store is away: for all of them
            except Exception:
                log.exception("%s failed in cell %d", look.__name__, cell)


class Clockwork:
    """Stages the kinds that have a time of their own, each once for each multiple of that time."""

    def __init__(self) -> None:
        """Remember nothing yet."""
        self._staged: dict[str, Millis] = {}

    def stage_due(self) -> None:
        """Stage what is due by Redis's time and was not staged from here yet."""
        seconds, _ = text_client().time()
        for kind in scheduled_kinds():
            due = _last_due(kind, Millis(seconds * 1000))
            if self._staged.get(kind.name) != due:
                for cell in range(settings.CELLS):
                    ledger.stage(NewJob(Cell(cell), kind.arguments(cell), str(due)))  # type: ignore[call-arg]
                self._staged[kind.name] = due


def _last_due(kind: JobKind, now: Millis) -> Millis:
    assert kind.every is not None  # noqa: S101 - scheduled kinds have it
    every = round(kind.every.total_seconds() * 1000)
    return Millis(now - now % every)
