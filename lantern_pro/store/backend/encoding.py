"""How a value becomes the text of a row, the number of an index, the member of a text index."""

import hashlib
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
    match kind:
        case Kind.BOOLEAN:
            return "1" if value else "0"
        case Kind.DATE:
            day = value.date() if isinstance(value, datetime) else value
            return str((day - EPOCH.date()).days * 86_400_000)
        case Kind.DATETIME:
            return str(_millis(value))
        case Kind.DECIMAL:
            return format(Decimal(value), "f")
        case Kind.DURATION:
            return str(value // timedelta(microseconds=1) if _is_span(value) else int(value))
        case Kind.FLOAT:
            return repr(float(value))
        case Kind.INTEGER:
            return str(int(value))
        case Kind.TIME:
            return value.isoformat() if isinstance(value, time) else str(value)
        case Kind.UUID:
            return value.hex if isinstance(value, UUID) else UUID(str(value)).hex
        case Kind.TEXT:
            return str(value)


def decode(kind: Kind, text: str | None) -> Any:
    """Read a row's text back as the field's Python value; None stays None."""
    if text is None:
        return None
    match kind:
        case Kind.BOOLEAN:
            return text == "1"
        case Kind.DATE:
            return (EPOCH + int(text) * MILLISECOND).date()
        case Kind.DATETIME:
            return EPOCH + int(text) * MILLISECOND
        case Kind.DECIMAL:
            return Decimal(text)
        case Kind.DURATION:
            return timedelta(microseconds=int(text))
        case Kind.FLOAT:
            return float(text)
        case Kind.INTEGER:
            return int(text)
        case Kind.TIME:
            return time.fromisoformat(text)
        case Kind.UUID:
            return UUID(text)
        case Kind.TEXT:
            return text


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


def _millis(value: datetime | date) -> int:
    moment = value if isinstance(value, datetime) else datetime(*value.timetuple()[:3], tzinfo=UTC)
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return (moment - EPOCH) // MILLISECOND


def _is_span(value: object) -> bool:
    return isinstance(value, timedelta)
