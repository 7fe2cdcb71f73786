"""A plan in Redis: counts and pages by set algebra, in each cell of the model, merged.

What one index answers alone is answered by it. A page of a dense selection is found by going
along the index of its order (``walk``). Everything else is combined on the server into short-lived
keys, in one transaction with the reading.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import partial
from heapq import merge
from typing import Final

from redis.client import Pipeline

from lantern_pro.store.backend.algebra import Steps
from lantern_pro.store.backend.encoding import lex_member
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
from lantern_pro.store.backend.walk import (
    Ranked,
    along,
    by_scores,
    in_set,
    ranked_member,
    walk,
)
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell

SORTED_IN_MEMORY: Final = 1_000
"""A set of at most so many rows is ordered by text here, not by walking the index."""

WALK_BUDGET: Final = 6
"""How many steps along an index a page may take before Redis combines sets instead."""


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
        # The index holds the rows that have a value, and no others.
        found = self._segment(self.plan, order, low, high)
        if high is not None and len(found) >= high - low:
            return found
        passed = self._count(all_of([self.plan, present(order.column)]))
        empty = all_of([self.plan, none_of(present(order.column))])
        rest = None if high is None else max(0, high - passed)
        return found + self._segment(empty, Order(self.shape.pk), max(0, low - passed), rest)

    def first(self, order: Order) -> str | None:
        """The key of the row that comes first among those that have a value; None if none has."""
        found = self._segment(self.plan, order, 0, 1)
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
    by_text = order.column.index is Index.TEXT
    range_ = Texts(order.column) if by_text else Scores(order.column)
    if plan == Everything():
        plan = range_
    if isinstance(plan, type(range_)) and plan.column == order.column:
        return _range(shape, cell, plan, low, high, descending=order.descending)
    selected = by_scores(shape, cell, plan)
    if selected is not None and high is not None:
        steps = along(shape, cell, order.column, plan, descending=order.descending)
        found = walk(steps, selected, high, budget=WALK_BUDGET)
        if found is not None:
            return found[low:]
    combine = _combined_by_text if by_text else _combined
    return combine(shape, cell, plan, order, low, high)


def _range(
    shape: Shape, cell: Cell, plan: Scores | Texts, low: int, high: int | None, *, descending: bool
) -> list[Ranked]:
    """A page of a range of one index: the index answers alone."""
    by_text = isinstance(plan, Texts)
    bounds = (plan.high, plan.low) if descending else (plan.low, plan.high)
    found = text_client().zrange(
        shape.index_key(plan.column, cell),
        *bounds,
        desc=descending,
        byscore=not by_text,
        bylex=by_text,
        withscores=not by_text,
        offset=low,
        num=-1 if high is None else high - low,
    )
    if by_text:
        return [ranked_member(member) for member in found]
    return [Ranked(score, pk) for pk, score in found]


def _combined(
    shape: Shape, cell: Cell, plan: Plan, order: Order, low: int, high: int | None
) -> list[Ranked]:
    """A page of a set that Redis combines and scores by the order's column."""
    steps = Steps(shape, cell)
    key = steps.ranked_by(plan, order.column)
    last = -1 if high is None else high - 1
    found = steps.ask(
        lambda pipe: pipe.zrange(key, low, last, desc=order.descending, withscores=True)
    )
    return [Ranked(score, pk) for pk, score in found]


def _combined_by_text(
    shape: Shape, cell: Cell, plan: Plan, order: Order, low: int, high: int | None
) -> list[Ranked]:
    """A page of a set that Redis combines, sorted here if it is small, else along the index."""
    steps = Steps(shape, cell)
    key = steps.key_of(plan)
    count = int(steps.ask(lambda pipe: pipe.zcard(key), keep=True))
    if count <= SORTED_IN_MEMORY:
        rows = read_rows(shape, text_client().zrange(key, 0, -1))
        name = order.column.name
        members = [lex_member(row[name], pk) for pk, row in rows.items() if name in row]
        found = sorted(map(ranked_member, members), reverse=order.descending)[:high]
    else:
        index = along(shape, cell, order.column, plan, descending=order.descending)
        found = walk(index, in_set(key), count if high is None else high, budget=None) or []
    steps.forget()
    return found[low:]


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
