"""The rows of a page, together with the rows that they refer to."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.db import NotSupportedError

from lantern_pro.store.backend.encoding import Kind, decode, kind_of
from lantern_pro.store.backend.lookups import all_rows, missing_index
from lantern_pro.store.backend.plan import Members, Plan
from lantern_pro.store.backend.planner import Aliases
from lantern_pro.store.backend.selection import Order, Selection
from lantern_pro.store.backend.shape import Column, Index, Row, Shape
from lantern_pro.store.backend.store import chunks, read_rows

Record = Mapping[str, Row]
"""Alias of a table -> the row; empty when a reference leads nowhere."""


@dataclass(frozen=True, slots=True)
class Term:
    """One term of an ordering."""

    alias: str
    column: Column
    descending: bool


class Records:
    """Reads what a query asks for: rows of its model, and rows reached by references."""

    def __init__(self, aliases: Aliases, needed: Iterable[str]) -> None:
        """Work out which tables must be read, each after the one that refers to it."""
        self.aliases = aliases
        self.shape = aliases.shape(aliases.base)
        self._path: list[str] = []
        for alias in needed:
            self._add(alias)

    def page(
        self, plan: Plan, terms: Sequence[Term], low: int, high: int | None
    ) -> Iterator[list[Record]]:
        """The records of a page in order, in chunks.

        An ordering is served by the index of one column, ties by primary key; rows named one by
        one, and small tables, may be ordered by anything.
        """
        if isinstance(plan, Members) and not terms:
            records = (record for chunk in chunks(plan.pks) for record in self.read(chunk))
            yield list(islice(records, low, high))
            return
        if isinstance(plan, Members):
            yield self._sorted(list(plan.pks), terms)[low:high]
            return
        order = _served(self.shape, self.aliases.base, terms)
        selection = Selection(self.shape, plan)
        if order is not None or not terms:
            for chunk in chunks(selection.page(order, low, high)):
                yield self.read(chunk)
            return
        if self.shape.rows_at_most is None:
            raise missing_index(self.shape, terms[0].column, "an ordering by " + _words(terms))
        all_rows(self.shape)
        yield self._sorted(selection.page(), terms)[low:high]

    def read(self, pks: Sequence[str]) -> list[Record]:
        """Read records by primary key, in that order; what does not exist is left out."""
        rows = read_rows(self.shape, pks)
        records: list[dict[str, Row]] = [{self.aliases.base: rows[pk]} for pk in pks if pk in rows]
        for alias in self._path:
            join = self.aliases.join(alias)
            near, _ = join.join_cols[0]
            targets = [record[join.parent_alias].get(near) for record in records]
            found = read_rows(self.aliases.shape(alias), [pk for pk in targets if pk is not None])
            for record, target in zip(records, targets, strict=True):
                record[alias] = found.get(target or "", {})
        return list[Record](records)

    def _add(self, alias: str) -> None:
        if alias == self.aliases.base or alias in self._path:
            return
        join = self.aliases.join(alias)
        self._add(join.parent_alias)
        target = self.aliases.shape(alias)
        if join.join_cols[0][1] != target.pk.name:
            message = f"{target.label} is not reached by a reference to its primary key"
            raise NotSupportedError(message)
        self._path.append(alias)

    def _sorted(self, pks: list[str], terms: Sequence[Term]) -> list[Record]:
        records = [record for chunk in chunks(pks) for record in self.read(chunk)]
        for term in reversed(terms):
            valued = [record for record in records if term.column.name in record[term.alias]]
            empty = [record for record in records if term.column.name not in record[term.alias]]
            valued.sort(key=lambda record: _rank(term, record), reverse=term.descending)
            records = valued + empty
        return records


def value_of(record: Record, alias: str, field: Any) -> Any:
    """The Python value of one column of a record; None for NULL and beyond a broken reference."""
    return decode(kind_of(field), record[alias].get(field.column))


def _served(shape: Shape, base: str, terms: Sequence[Term]) -> Order | None:
    """The one index that serves an ordering, if there is one."""
    if not terms:
        return None
    first, *others = terms
    usable = first.alias == base and first.column.index in {Index.NUMBER, Index.TEXT}
    ties_only = all(term.alias == base and term.column is shape.pk for term in others)
    return Order(first.column, first.descending) if usable and ties_only else None


def _words(terms: Sequence[Term]) -> str:
    return ", ".join(f"{'-' * term.descending}{term.column.name}" for term in terms)


def _rank(term: Term, record: Record) -> Any:
    text = record[term.alias][term.column.name]
    return text.casefold() if term.column.kind is Kind.TEXT else decode(term.column.kind, text)
