"""One condition on one column -> a plan, by the index that serves it.

On a small table (``stock``) a condition that no index serves is worked out over all its rows.
"""

import re
from collections.abc import Callable, Iterable
from typing import Any, Final

from django.db import NotSupportedError

from lantern_pro.store.backend.encoding import decode, pk_of_member
from lantern_pro.store.backend.plan import (
    NOTHING,
    Everything,
    Members,
    Plan,
    Scores,
    Texts,
    any_of,
    none_of,
    present,
)
from lantern_pro.store.backend.selection import Selection
from lantern_pro.store.backend.shape import Column, Index, Row, Shape
from lantern_pro.store.backend.store import read_rows
from lantern_pro.store.client import text_client

READ_AT_MOST: Final = 10_000
"""The most rows that one condition may have to be read to be decided."""

_LAST: Final = b"\xff"
_COMPARISONS: Final = {
    "gt": ("(", "+inf"),
    "gte": ("", "+inf"),
    "lt": ("-inf", "("),
    "lte": ("-inf", ""),
}

Test = Callable[[Any, Any], bool]
_TESTS: Final[dict[str, Test]] = {
    "exact": lambda value, given: value == given,
    "iexact": lambda value, given: _folded(value) == _folded(given),
    "in": lambda value, given: value in given,
    "gt": lambda value, given: value > given,
    "gte": lambda value, given: value >= given,
    "lt": lambda value, given: value < given,
    "lte": lambda value, given: value <= given,
    "range": lambda value, given: given[0] <= value <= given[1],
    "contains": lambda value, given: str(given) in str(value),
    "icontains": lambda value, given: _folded(given) in _folded(value),
    "startswith": lambda value, given: str(value).startswith(str(given)),
    "istartswith": lambda value, given: _folded(value).startswith(_folded(given)),
    "endswith": lambda value, given: str(value).endswith(str(given)),
    "iendswith": lambda value, given: _folded(value).endswith(_folded(given)),
    "regex": lambda value, given: re.search(str(given), str(value)) is not None,
    "iregex": lambda value, given: re.search(str(given), str(value), re.IGNORECASE) is not None,
}


def plan_lookup(shape: Shape, column: Column, lookup: str, value: Any) -> Plan:
    """Plan ``<column>__<lookup>=value``; ``NotSupportedError`` names the index that is missing."""
    if lookup == "isnull":
        return _is_null(shape, column, wanted=bool(value))
    if lookup == "iexact" and column.kind.is_number:
        lookup = "exact"
    texts = _encoded(column, lookup, value)
    if texts is None:
        return NOTHING
    plan = _by_key(shape, column, lookup, texts) or _by_index(shape, column, lookup, texts)
    return plan or _by_reading(shape, column, lookup, value)


def missing_index(shape: Shape, column: Column, what: str) -> NotSupportedError:
    """The error that says which index would have served."""
    return NotSupportedError(
        f"{shape.label}.{column.field.name} has no index that serves {what}, and nothing scans: "
        "declare db_index (texts: prefix and equality; choices: equality; numbers and moments: "
        "ranges), or rows_at_most on a model whose rows are few"
    )


def all_rows(shape: Shape) -> dict[str, Row]:
    """Read a small table whole; ``NotSupportedError`` when it has grown beyond its limit."""
    rows = Selection(shape, Everything())
    if shape.rows_at_most is None or rows.count() > shape.rows_at_most:
        message = f"{shape.label} has more than {shape.rows_at_most} rows: it is no small table"
        raise NotSupportedError(message)
    return read_rows(shape, rows.page())


def _encoded(column: Column, lookup: str, value: Any) -> list[str] | None:
    """The texts that a condition compares with; None when no value of the column can match."""
    values = value if lookup in {"in", "range"} else [value]
    patterns = lookup not in {"exact", "in", "range", *_COMPARISONS}
    if patterns:
        return [str(one) for one in values]
    texts = []
    for one in values:
        try:
            texts.append(column.encode(one))
        except (TypeError, ValueError, ArithmeticError):
            if lookup == "in":
                continue
            return None
    return texts


def _is_null(shape: Shape, column: Column, *, wanted: bool) -> Plan:
    if not column.field.null:
        return NOTHING if wanted else Everything()
    if column.index is not None:
        return none_of(present(column)) if wanted else present(column)
    if shape.rows_at_most is None:
        raise missing_index(shape, column, "isnull")
    rows = all_rows(shape)
    return Members(tuple(pk for pk, row in rows.items() if (column.name not in row) == wanted))


def _by_key(shape: Shape, column: Column, lookup: str, texts: list[str]) -> Plan | None:
    """Equality with a primary key or a unique value: no index is walked."""
    if lookup not in {"exact", "in"}:
        return None
    if column is shape.pk:
        return Members(tuple(dict.fromkeys(texts)))
    if not column.unique:
        return None
    if not texts:
        return NOTHING
    client = text_client()
    registers = [shape.unique_key((column.name,), cell) for cell in shape.cells]
    holders = [holder for key in registers for holder in client.hmget(key, texts)]
    return Members(tuple(dict.fromkeys(holder for holder in holders if holder is not None)))


def _by_index(shape: Shape, column: Column, lookup: str, texts: list[str]) -> Plan | None:
    if lookup in {"exact", "in"}:
        if column.index is Index.TEXT:
            return any_of([_equal_text(shape, column, text) for text in texts])
        if column.index is not None and not _is_text_key(shape, column):
            scores = [column.score(text) for text in texts]
            return any_of([Scores(column, score, score) for score in scores])
    if column.index is Index.NUMBER and not _is_text_key(shape, column):
        if lookup == "range":
            return Scores(column, *map(column.score, texts))
        if lookup in _COMPARISONS:
            low, high = _COMPARISONS[lookup]
            score = column.score(texts[0])
            return Scores(column, *((low + score, high) if high == "+inf" else (low, high + score)))
    if column.index is Index.TEXT:
        return _by_text(shape, column, lookup, texts[0])
    return None


def _by_text(shape: Shape, column: Column, lookup: str, text: str) -> Plan | None:
    folded = text.casefold().encode()
    match lookup:
        case "iexact":
            return Texts(column, b"[" + folded + b"\0", b"(" + folded + b"\1")
        case "istartswith":
            return Texts(column, b"[" + folded, b"(" + folded + _LAST)
        case "startswith":
            range_ = Texts(column, b"[" + folded, b"(" + folded + _LAST)
            return _verified(shape, range_, lambda value: value.startswith(text))
    return None


def _equal_text(shape: Shape, column: Column, text: str) -> Plan:
    folded = text.casefold().encode()
    range_ = Texts(column, b"[" + folded + b"\0", b"(" + folded + b"\1")
    return _verified(shape, range_, lambda value: value == text)


def _verified(shape: Shape, plan: Texts, test: Callable[[str], bool]) -> Plan:
    """The rows of a range whose value passes in its own case: the index folds, the row does not."""
    client = text_client()
    pks: list[str] = []
    for cell in shape.cells:
        index = shape.index_key(plan.column, cell)
        members = client.zrangebylex(index, plan.low, plan.high, 0, READ_AT_MOST + 1)
        pks += map(pk_of_member, members)
    if len(pks) > READ_AT_MOST:
        raise missing_index(shape, plan.column, f"a case-sensitive match of over {READ_AT_MOST}")
    rows = read_rows(shape, pks)
    name = plan.column.name
    return Members(tuple(pk for pk, row in rows.items() if test(row.get(name, ""))))


def _by_reading(shape: Shape, column: Column, lookup: str, value: Any) -> Plan:
    test = _TESTS.get(lookup)
    if test is None or shape.rows_at_most is None:
        raise missing_index(shape, column, lookup)
    given = _comparable(column, lookup, value)
    found = (
        pk
        for pk, row in all_rows(shape).items()
        if column.name in row and test(decode(column.kind, row[column.name]), given)
    )
    return Members(tuple(found))


def _comparable(column: Column, lookup: str, value: Any) -> Any:
    """The given value as the column would give it back, so that like is compared with like."""

    def as_kept(one: Any) -> Any:
        return decode(column.kind, column.encode(one))

    if lookup in {"in", "range"}:
        values: Iterable[Any] = value
        return [as_kept(one) for one in values]
    return as_kept(value) if lookup in {"exact", *_COMPARISONS} else value


def _is_text_key(shape: Shape, column: Column) -> bool:
    """Whether this is a primary key in words: its index holds every row, and no number."""
    return column is shape.pk and not column.kind.is_number


def _folded(value: Any) -> str:
    return str(value).casefold()
