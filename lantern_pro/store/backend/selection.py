"""A plan in Redis: counts and pages by set algebra, in each cell of the model, merged.

What one index answers alone is answered by it. Everything else is combined on the server into
short-lived keys, in one transaction with the reading, so a page is of one moment.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from heapq import merge
from typing import Final, NamedTuple

from redis.client import Pipeline

from lantern_pro.store.backend.algebra import Steps
from lantern_pro.store.backend.encoding import lex_member, pk_of_member
from lantern_pro.store.backend.plan import (
    HIGHEST,
    LOWEST,
    Everything,
    Members,
    Plan,
    Scores,
    Texts,
    all_of,
    none_of,
    present,
)
from lantern_pro.store.backend.shape import Column, Index, Shape
from lantern_pro.store.backend.store import read_rows
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell

SORTED_IN_MEMORY: Final = 1_000
WALK: Final = 1_000


class Ranked(NamedTuple):
    """A row with what it is ordered by."""

    rank: float | str
    pk: str


@dataclass(frozen=True, slots=True)
class Order:
    """One indexed column to order by; rows without a value come last, either way."""

    column: Column
    descending: bool = False


class Selection:
    """The rows of one model that a plan selects."""

    def __init__(self, shape: Shape, plan: Plan) -> None:
        """Hold the plan; nothing is asked of Redis yet."""
        self.shape = shape
        self.plan = plan

    def count(self) -> int:
        """Count the rows."""
        return self._count(self.plan)

    def page(self, order: Order | None = None, low: int = 0, high: int | None = None) -> list[str]:
        """The keys of the rows from ``low`` up to ``high``; without an order, by primary key.

        Rows of equal rank follow one another by the text of their primary key, in the direction
        of the order.
        """
        order = order or Order(self.shape.pk)
        if not order.column.field.null:
            return self._segment(self.plan, order, low, high)
        valued = all_of([self.plan, present(order.column)])
        found = self._segment(valued, order, low, high)
        if high is not None and len(found) >= high - low:
            return found
        passed = self._count(valued)
        empty = all_of([self.plan, none_of(present(order.column))])
        rest = None if high is None else max(0, high - passed)
        return found + self._segment(empty, Order(self.shape.pk), max(0, low - passed), rest)

    def first(self, order: Order) -> str | None:
        """The key of the row that comes first among those that have a value; None if none has."""
        found = self._segment(all_of([self.plan, present(order.column)]), order, 0, 1)
        return found[0] if found else None

    def leaps(self, column: Column, leap: Callable[[int], str]) -> Iterator[int]:
        """The least number of a column, then the least at or above ``leap`` of that, and so on.

        ``leap`` gives a bound as ``BYSCORE`` takes it. Each step costs one look into the index.
        """
        steps = [Steps(self.shape, cell) for cell in self.shape.cells]
        keys = [step.ranked_by(self.plan, column) for step in steps]
        for step, key in zip(steps, keys, strict=True):
            step.ask(partial(_exists, key), keep=True)
        bound = LOWEST
        while numbers := [number for key in keys for number in _least(key, bound)]:
            yield min(numbers)
            bound = leap(min(numbers))
        for step in steps:
            step.forget()

    def _count(self, plan: Plan) -> int:
        if isinstance(plan, Members):
            return len(read_rows(self.shape, plan.pks))
        return sum(_count(self.shape, cell, plan) for cell in self.shape.cells)

    def _segment(self, plan: Plan, order: Order, low: int, high: int | None) -> list[str]:
        if high is not None and high <= low:
            return []
        cells = self.shape.cells
        if len(cells) == 1:
            return [found.pk for found in _ranked(self.shape, cells[0], plan, order, low, high)]
        pages = [_ranked(self.shape, cell, plan, order, 0, high) for cell in cells]
        return [found.pk for found in merge(*pages, reverse=order.descending)][low:high]


def _count(shape: Shape, cell: Cell, plan: Plan) -> int:
    client = text_client()
    match plan:
        case Scores(column=column, low=low, high=high):
            return int(client.zcount(shape.index_key(column, cell), low, high))
        case Texts(column=column, low=low, high=high):
            return int(client.zlexcount(shape.index_key(column, cell), low, high))
    steps = Steps(shape, cell)
    key = steps.key_of(plan)
    return int(steps.ask(lambda pipe: pipe.zcard(key)))


def _ranked(
    shape: Shape, cell: Cell, plan: Plan, order: Order, low: int, high: int | None
) -> list[Ranked]:
    if order.column.index is Index.TEXT:
        return _ranked_by_text(shape, cell, plan, order, low, high)
    steps = Steps(shape, cell)
    if isinstance(plan, Scores) and plan.column == order.column:
        index = shape.index_key(order.column, cell)
        bounds = (plan.high, plan.low) if order.descending else (plan.low, plan.high)
        found = text_client().zrange(
            index,
            *bounds,
            desc=order.descending,
            byscore=True,
            withscores=True,
            offset=low,
            num=-1 if high is None else high - low,
        )
    else:
        key = steps.ranked_by(plan, order.column)
        last = -1 if high is None else high - 1
        found = steps.ask(
            lambda pipe: pipe.zrange(key, low, last, desc=order.descending, withscores=True)
        )
    return [Ranked(score, pk) for pk, score in found]


def _ranked_by_text(
    shape: Shape, cell: Cell, plan: Plan, order: Order, low: int, high: int | None
) -> list[Ranked]:
    index = shape.index_key(order.column, cell)
    if plan == Everything():
        plan = Texts(order.column)
    if isinstance(plan, Texts) and plan.column == order.column:
        bounds = (plan.high, plan.low) if order.descending else (plan.low, plan.high)
        members = text_client().zrange(
            index,
            *bounds,
            desc=order.descending,
            bylex=True,
            offset=low,
            num=-1 if high is None else high - low,
        )
        return [_ranked_member(member) for member in members]
    if _count(shape, cell, plan) > SORTED_IN_MEMORY:
        return _walk(shape, cell, plan, order, high)[low:]
    steps = Steps(shape, cell)
    key = steps.key_of(plan)
    rows = read_rows(shape, steps.ask(lambda pipe: pipe.zrange(key, 0, -1)))
    name = order.column.name
    ranked = [_ranked_member(lex_member(row[name], pk)) for pk, row in rows.items() if name in row]
    return sorted(ranked, reverse=order.descending)[low:high]


def _walk(shape: Shape, cell: Cell, plan: Plan, order: Order, high: int | None) -> list[Ranked]:
    """Go along an index by text and keep the rows selected: cheap where the selection is dense."""
    client = text_client()
    index = shape.index_key(order.column, cell)
    steps = Steps(shape, cell)
    selected = steps.key_of(plan)
    steps.ask(lambda pipe: pipe.zcard(selected), keep=True)
    found: list[Ranked] = []
    start = 0
    while high is None or len(found) < high:
        members = client.zrange(index, start, start + WALK - 1, desc=order.descending)
        if not members:
            break
        start += len(members)
        ranked = [_ranked_member(member) for member in members]
        scores = client.zmscore(selected, [each.pk for each in ranked])
        found += [each for each, score in zip(ranked, scores, strict=True) if score is not None]
    steps.forget()
    return found if high is None else found[:high]


def _exists(key: str, pipe: Pipeline) -> object:
    return pipe.exists(key)


def _least(key: str, bound: str) -> list[int]:
    found = text_client().zrange(
        key,
        bound,
        HIGHEST,
        byscore=True,
        withscores=True,
        offset=0,
        num=1,
    )
    return [int(score) for _, score in found]


def _ranked_member(member: str) -> Ranked:
    return Ranked(member.rpartition("\0")[0], pk_of_member(member))
