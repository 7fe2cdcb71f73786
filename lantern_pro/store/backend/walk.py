"""A page by going along the index of its order, asking of each row whether it is selected.

Where the selection is dense this finds a page after a few looks, however many rows there are; a
budget bounds it where the selection is thin, and then the set algebra takes over.
"""

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from lantern_pro.store.backend.encoding import pk_of_member
from lantern_pro.store.backend.plan import (
    HIGHEST,
    LOWEST,
    AllOf,
    AnyOf,
    Everything,
    Except,
    Members,
    Plan,
    Scores,
    Texts,
)
from lantern_pro.store.backend.shape import Column, Index, Shape
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell

WALK: Final = 500
"""How many rows of an index are looked at in one step."""

Selected = Callable[[list[str]], list[bool]]
"""Which of some rows, named by primary key, are selected."""


class Ranked(NamedTuple):
    """A row with what it is ordered by."""

    rank: float | str
    pk: str


def ranked_member(member: str) -> Ranked:
    """A member of an index by text, as a row with its rank."""
    return Ranked(member.rpartition("\0")[0], pk_of_member(member))


def walk(
    steps: Iterator[list[Ranked]], selected: Selected, high: int, *, budget: int | None
) -> list[Ranked] | None:
    """The first ``high`` selected rows; None when ``budget`` steps did not tell them all."""
    found: list[Ranked] = []
    for taken, step in enumerate(steps, 1):
        keep = selected([each.pk for each in step])
        found += [each for each, kept in zip(step, keep, strict=True) if kept]
        if len(found) >= high or len(step) < WALK:
            return found[:high]
        if budget is not None and taken >= budget:
            return None
    return found[:high]


def along(
    shape: Shape, cell: Cell, column: Column, plan: Plan, *, descending: bool
) -> Iterator[list[Ranked]]:
    """An index from its beginning or its end, in steps; only the range that a plan allows."""
    client = text_client()
    index = shape.index_key(column, cell)
    range_ = _range_on(column, plan)
    start = 0
    while True:
        if column.index is Index.TEXT:
            members = client.zrange(index, start, start + WALK - 1, desc=descending)
            step = [ranked_member(member) for member in members]
        else:
            bounds = (range_.high, range_.low) if descending else (range_.low, range_.high)
            scored = client.zrange(
                index,
                *bounds,
                desc=descending,
                byscore=True,
                withscores=True,
                offset=start,
                num=WALK,
            )
            step = [Ranked(score, pk) for pk, score in scored]
        yield step
        start += WALK


def in_set(key: str) -> Selected:
    """The selected are the members of a set made before."""

    def selected(pks: list[str]) -> list[bool]:
        if not pks:
            return []
        return [score is not None for score in text_client().zmscore(key, pks)]

    return selected


def by_scores(shape: Shape, cell: Cell, plan: Plan) -> Selected | None:
    """The selected are told from the numbers that the indexes hold; None if texts are asked."""
    columns = _columns(plan)
    if columns is None:
        return None

    def selected(pks: list[str]) -> list[bool]:
        if not pks:
            return []
        with text_client().pipeline(transaction=False) as pipe:
            for column in columns.values():
                pipe.zmscore(shape.index_key(column, cell), pks)
            scores = dict(zip(columns, pipe.execute(), strict=True))
        return [
            _holds(plan, pk, {name: of[place] for name, of in scores.items()})
            for place, pk in enumerate(pks)
        ]

    return selected


def _range_on(column: Column, plan: Plan) -> Scores:
    parts = plan.parts if isinstance(plan, AllOf) else (plan,)
    mine = (part for part in parts if isinstance(part, Scores) and part.column == column)
    return next(mine, Scores(column))


def _columns(plan: Plan) -> dict[str, Column] | None:
    """The columns whose numbers decide a plan; None when numbers do not decide it."""
    match plan:
        case Scores(column=column):
            return {column.name: column}
        case AllOf(parts=parts) | AnyOf(parts=parts):
            every = [_columns(part) for part in parts]
            if None in every:
                return None
            return {name: column for one in every if one for name, column in one.items()}
        case Except(part=part):
            return _columns(part)
        case Texts():
            return None
        case Everything() | Members():
            return {}


def _holds(plan: Plan, pk: str, scores: dict[str, float | None]) -> bool:
    match plan:
        case Scores(column=column):
            score = scores[column.name]
            holds = score is not None and _within(score, plan)
        case AllOf(parts=parts):
            holds = all(_holds(part, pk, scores) for part in parts)
        case AnyOf(parts=parts):
            holds = any(_holds(part, pk, scores) for part in parts)
        case Except(part=part):
            holds = not _holds(part, pk, scores)
        case Members(pks=pks):
            holds = pk in pks
        case _:
            holds = isinstance(plan, Everything)
    return holds


def _within(score: float, range_: Scores) -> bool:
    low, high = range_.low, range_.high
    above = low == LOWEST or (score > float(low[1:]) if low[0] == "(" else score >= float(low))
    below = high == HIGHEST or (score < float(high[1:]) if high[0] == "(" else score <= float(high))
    return above and below
