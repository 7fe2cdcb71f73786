"""The one clock of business time. Leases do not use it: they go by Redis's own time."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime

from lantern_pro.types import Millis

_shift_ms: ContextVar[int] = ContextVar("shift_ms", default=0)


def now() -> Millis:
    """The present, in milliseconds since the epoch."""
    return Millis(time.time_ns() // 1_000_000 + _shift_ms.get())


@contextmanager
def shifted(millis: int) -> Iterator[None]:
    """Let it be earlier (or later) meanwhile, in this thread only: demo data and tests."""
    token = _shift_ms.set(millis)
    try:
        yield
    finally:
        _shift_ms.reset(token)


def as_datetime(millis: Millis) -> datetime:
    """The same moment as an aware datetime."""
    return datetime.fromtimestamp(millis / 1000, tz=UTC)


def as_millis(moment: datetime) -> Millis:
    """An aware datetime in milliseconds since the epoch."""
    return Millis(round(moment.timestamp() * 1000))


def as_seconds(millis: Millis) -> int:
    """The same moment in whole Unix seconds, as clients read it."""
    return millis // 1000
