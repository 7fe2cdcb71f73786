"""How a value becomes the text of a row, the number of an index, the member of a text index."""

import hashlib
from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from enum import StrEnum
from typing import Any, Final
from uuid import UUID

from django.db import DataError, models

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
MILLISECOND: Final = timedelta(milliseconds=1)
EXACT_NUMBERS: Final = 1 << 53
TAG_DIGITS: Final = 13


class Kind(StrEnum):
    """What a column's text means."""

    BOOLEAN = "boolean"
    DATE = "date"
    DATETIME = "datetime"
    DECIMAL = "decimal"
    DURATION = "duration"
    FLOAT = "float"
    INTEGER = "integer"
    TEXT = "text"
    TIME = "time"
    UUID = "uuid"

    @property
    def is_number(self) -> bool:
        """Whether the text is also the score of an index."""
        return self not in _WORDS


_WORDS: Final = frozenset({Kind.TEXT, Kind.TIME, Kind.UUID})
_KINDS: Final = {
    "BooleanField": Kind.BOOLEAN,
    "DateField": Kind.DATE,
    "DateTimeField": Kind.DATETIME,
    "DecimalField": Kind.DECIMAL,
    "DurationField": Kind.DURATION,
    "FloatField": Kind.FLOAT,
    "TimeField": Kind.TIME,
    "UUIDField": Kind.UUID,
}


def kind_of(field: "models.Field[Any, Any]") -> Kind:
    """Tell what a field's column holds; a reference holds what it refers to."""
    while isinstance(field, models.ForeignKey):
        field = field.target_field
    name = field.get_internal_type()
    if name.endswith(("IntegerField", "AutoField")):
        return Kind.INTEGER
    return _KINDS.get(name, Kind.TEXT)


def encode(kind: Kind, value: Any) -> str:
    """Write a value as a row's text. Moments are whole milliseconds since the epoch, UTC."""
    return _ENCODERS[kind](value)


def decode(kind: Kind, text: str | None) -> Any:
    """Read a row's text back as the field's Python value; None stays None."""
    return None if text is None else _DECODERS[kind](text)


def tag(value: str) -> int:
    """The number that stands for a choice in an index: equal choices, equal tags.

    The Lua fragment ``store/tag`` computes the same: the first 52 bits of the SHA-1.
    """
    digest = hashlib.sha1(value.encode(), usedforsecurity=False).hexdigest()
    return int(digest[:TAG_DIGITS], 16)


def lex_member(value: str, pk: str) -> str:
    """The member that stands for a row in an index by text."""
    return f"{value.casefold()}\0{pk}"


def pk_of_member(member: str) -> str:
    """The primary key in a member of an index by text."""
    return member.rpartition("\0")[2]


def exact_score(kind: Kind, text: str) -> str:
    """The score of a number's text; ``DataError`` when a score could not hold it exactly."""
    if kind is Kind.INTEGER and abs(int(text)) >= EXACT_NUMBERS:
        message = f"{text} is beyond 2**53: an index of Redis cannot hold it exactly"
        raise DataError(message)
    return text


def _encode_date(value: date) -> str:
    day = value.date() if isinstance(value, datetime) else value
    return str((day - EPOCH.date()) // MILLISECOND)


def _encode_datetime(value: date) -> str:
    moment = value if isinstance(value, datetime) else datetime.combine(value, time())
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return str((aware - EPOCH) // MILLISECOND)


def _decode_datetime(text: str) -> datetime:
    return EPOCH + int(text) * MILLISECOND


_ENCODERS: Final[dict[Kind, Callable[[Any], str]]] = {
    Kind.BOOLEAN: lambda value: "1" if value else "0",
    Kind.DATE: _encode_date,
    Kind.DATETIME: _encode_datetime,
    Kind.DECIMAL: lambda value: format(Decimal(value), "f"),
    Kind.DURATION: lambda value: str(value // timedelta(microseconds=1)),
    Kind.FLOAT: lambda value: repr(float(value)),
    Kind.INTEGER: lambda value: str(int(value)),
    Kind.TEXT: str,
    Kind.TIME: lambda value: value.isoformat(),
    Kind.UUID: lambda value: UUID(str(value)).hex,
}
_DECODERS: Final[dict[Kind, Callable[[str], Any]]] = {
    Kind.BOOLEAN: lambda text: text == "1",
    Kind.DATE: lambda text: _decode_datetime(text).date(),
    Kind.DATETIME: _decode_datetime,
    Kind.DECIMAL: Decimal,
    Kind.DURATION: lambda text: timedelta(microseconds=int(text)),
    Kind.FLOAT: float,
    Kind.INTEGER: int,
    Kind.TEXT: str,
    Kind.TIME: time.fromisoformat,
    Kind.UUID: UUID,
}
