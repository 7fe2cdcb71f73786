"""Rows: read in bulk, and written by one script each that keeps row, indexes, uniqueness as one."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Final

from django.db import IntegrityError, OperationalError

from lantern_pro.store import keys
from lantern_pro.store.backend.shape import Entry, Row, Shape
from lantern_pro.store.client import text_client
from lantern_pro.store.scripts import Outcome, script

CHUNK: Final = 500
ATTEMPTS: Final = 20


def chunks(pks: Iterable[str], size: int = CHUNK) -> Iterator[list[str]]:
    """Cut a sequence into lists of bounded length."""
    rest = iter(pks)
    while chunk := list(islice(rest, size)):
        yield chunk


def read_rows(shape: Shape, pks: Sequence[str]) -> dict[str, Row]:
    """Read whole rows, in one round trip per ``CHUNK``; what does not exist is left out."""
    client = text_client()
    found: dict[str, Row] = {}
    for chunk in chunks(dict.fromkeys(pks)):
        pipe = client.pipeline(transaction=False)
        known = [pk for pk in chunk if any(shape.is_in(pk, cell) for cell in shape.cells)]
        for pk in known:
            pipe.hgetall(shape.row_key(pk))
        found |= {pk: row for pk, row in zip(known, pipe.execute(), strict=True) if row}
    return found


def next_number(shape: Shape) -> str:
    """Draw the next number for a numbered table; a number is never given twice."""
    (cell,) = shape.cells
    return str(text_client().incr(shape.table.sequence(cell=cell)))


def insert(shape: Shape, row: Row) -> None:
    """Insert one row; ``IntegrityError`` names the columns whose value is taken."""
    pk = row[shape.pk.name]
    writing = Changes(shape, before=None, after=row)
    outcome = script("store/insert_row")(
        row=shape.row_key(pk),
        rest=writing.keys,
        pk=pk,
        pk_column=shape.pk.name,
        fields=_pairs(row),
        claims=writing.claims,
        changes=writing.changes,
    )
    _refuse_duplicates(shape, outcome)


def update(shape: Shape, pk: str, values: dict[str, str | None]) -> bool:
    """Set columns of one row, None for NULL; False when there is no such row."""
    for _ in range(ATTEMPTS):
        before = read_rows(shape, [pk]).get(pk)
        if before is None:
            return False
        after = {**before, **{name: text for name, text in values.items() if text is not None}}
        missing = [name for name, text in values.items() if text is None]
        for name in missing:
            after.pop(name, None)
        # Uniqueness over several columns is worked out from all of them: all must be as read.
        read = {*values, *(name for group in shape.uniques if len(group) > 1 for name in group)}
        writing = Changes(shape, before=before, after=after)
        outcome = script("store/update_row")(
            row=shape.row_key(pk),
            rest=writing.keys,
            pk=pk,
            seen=json.dumps({name: before.get(name, False) for name in read}),
            fields=_pairs({name: text for name, text in values.items() if text is not None}),
            missing=json.dumps(missing),
            claims=writing.claims,
            changes=writing.changes,
        )
        _refuse_duplicates(shape, outcome)
        if outcome[0] != "changed":
            return outcome[0] == "saved"
    raise _too_busy(shape, pk)


def delete(shape: Shape, pk: str) -> bool:
    """Delete one row; False when there was none."""
    for _ in range(ATTEMPTS):
        before = read_rows(shape, [pk]).get(pk)
        if before is None:
            return False
        writing = Changes(shape, before=before, after=None)
        outcome = script("store/delete_row")(
            row=shape.row_key(pk),
            rest=writing.keys,
            seen=json.dumps(before),
            changes=writing.changes,
        )
        if outcome[0] != "changed":
            return outcome[0] == "deleted"
    raise _too_busy(shape, pk)


class Changes:
    """What a write must do to the indexes, in the form that the scripts take.

    ``keys`` are the indexes in the order in which ``changes`` (JSON) numbers them.
    """

    def __init__(self, shape: Shape, *, before: Row | None, after: Row | None) -> None:
        """Hold the row as it was against the row as it is to be; None for no row."""
        old = _by_place(shape, before)
        new = _by_place(shape, after)
        gone = [entry for place, entry in old.items() if place not in new]
        come = [entry for place, entry in new.items() if old.get(place) != entry]
        self.keys = list(dict.fromkeys(entry.key for entry in [*gone, *come]))
        self._position = {key: position for position, key in enumerate(self.keys, 1)}
        self.changes = json.dumps([*map(self._remove, gone), *map(self._add, come)])
        self.claims = json.dumps(
            [
                [entry.key.rpartition(":")[2], self._position[entry.key], entry.member]
                for entry in come
                if entry.kind is keys.Kind.HASH
            ]
        )

    def _remove(self, entry: Entry) -> list[str | int]:
        command = "HDEL" if entry.kind is keys.Kind.HASH else "ZREM"
        return [command, self._position[entry.key], entry.member]

    def _add(self, entry: Entry) -> list[str | int]:
        position = self._position[entry.key]
        if entry.kind is keys.Kind.HASH:
            return ["HSET", position, entry.member, entry.value]
        return ["ZADD", position, entry.value, entry.member]


def _by_place(shape: Shape, row: Row | None) -> dict[tuple[str, str], Entry]:
    entries = () if row is None else shape.entries(row)
    return {(entry.key, entry.member): entry for entry in entries}


def _pairs(row: Row) -> str:
    return json.dumps([part for pair in row.items() for part in pair])


def _refuse_duplicates(shape: Shape, outcome: Outcome) -> None:
    match outcome:
        case ["duplicate", columns]:
            message = f"{shape.label}: the value of {columns} is taken already"
            raise IntegrityError(message)


def _too_busy(shape: Shape, pk: str) -> OperationalError:
    return OperationalError(f"{shape.label} {pk} was changed by others {ATTEMPTS} times in a row")
