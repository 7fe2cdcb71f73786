"""Calendar buckets: which years, months or days occur among the rows selected."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta, tzinfo

from django.db import NotSupportedError
from django.db.models.functions.datetime import TruncBase

from lantern_pro.store.backend.encoding import Kind, decode, encode
from lantern_pro.store.backend.selection import Selection
from lantern_pro.store.backend.shape import Column


def buckets(selection: Selection, column: Column, trunc: TruncBase) -> Iterator[datetime]:
    """The first moment of each bucket that has a row, ascending, local and naive.

    The index is skipped through: one look a bucket, however many rows are in it.
    """
    zone: tzinfo = trunc.tzinfo or UTC
    kind = str(trunc.kind)

    def start(number: int) -> datetime:
        value = decode(column.kind, str(number))
        if column.kind is Kind.DATETIME:
            value = value.astimezone(zone)
        return _floor(value, kind)

    def leap(number: int) -> str:
        following = _next(start(number), kind)
        if column.kind is Kind.DATETIME:
            following = following.replace(tzinfo=zone)
        return encode(column.kind, following)

    yield from map(start, selection.leaps(column, leap))


def _floor(value: date, kind: str) -> datetime:
    match kind:
        case "year":
            return datetime(value.year, 1, 1)  # noqa: DTZ001 - Django makes it aware
        case "month":
            return datetime(value.year, value.month, 1)  # noqa: DTZ001
        case "day":
            return datetime(value.year, value.month, value.day)  # noqa: DTZ001
    message = f"dates by {kind} are not served by Redis: ask for year, month or day"
    raise NotSupportedError(message)


def _next(start: datetime, kind: str) -> datetime:
    beyond = start + timedelta(days={"year": 366, "month": 31, "day": 1}[kind])
    return _floor(beyond, kind)
