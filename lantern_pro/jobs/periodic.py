"""Regular work: functions that look for what has become due and stage jobs for it.

Each may run at any time, as often as anyone likes, beside itself: the jobs are named by their
facts, so looking twice stages once.
"""

from collections.abc import Callable

from django.conf import settings

from lantern_pro.types import Cell

Look = Callable[[Cell], None]

_looks: list[Look] = []


def periodic(look: Look) -> Look:
    """Register a function that is called for each cell at every sweep."""
    _looks.append(look)
    return look


def stage_periodic_jobs() -> None:
    """Let every registered function look at every cell."""
    for cell in range(settings.CELLS):
        for look in _looks:
            look(Cell(cell))
