"""A plan as commands of Redis, in one cell: sets combined into short-lived keys, then read."""

import secrets
from typing import Any, Final, Protocol

from redis.client import Pipeline

from lantern_pro.store.backend.plan import (
    AllOf,
    AnyOf,
    Everything,
    Except,
    Members,
    Plan,
    Scores,
    Texts,
)
from lantern_pro.store.backend.shape import Column, Shape
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import Key, Kind
from lantern_pro.store.scripts import script
from lantern_pro.types import Cell

STEP_SECONDS: Final = 60

STEP = Key(
    "query:{token}",
    Kind.ZSET,
    "a step of a running query: pk -> number",
    ttl="1 minute",
    app="store",
)


class Reading(Protocol):
    """One command that reads what the steps before it made."""

    def __call__(self, pipe: Pipeline) -> object:
        """Add the command to the transaction."""


class Steps:
    """The commands that lead to one answer, sent as one transaction."""

    def __init__(self, shape: Shape, cell: Cell) -> None:
        """Begin; nothing is sent before ``ask``."""
        self.shape = shape
        self.cell = cell
        self._pipe = text_client().pipeline(transaction=True)
        self._made: list[str] = []

    def ask(self, reading: Reading, *, keep: bool = False) -> Any:
        """Send the steps and one reading, and give its answer; ``keep`` leaves the keys made."""
        position = len(self._pipe)
        reading(self._pipe)
        if self._made and not keep:
            self._pipe.unlink(*self._made)
        return self._pipe.execute()[position]

    def forget(self) -> None:
        """Remove the keys that ``keep`` left, ahead of their time to live."""
        if self._made:
            text_client().unlink(*self._made)

    def key_of(self, plan: Plan) -> str:
        """Name a sorted set that holds exactly the rows of a plan, made by then if need be."""
        match plan:
            case Everything():
                key = self.shape.everything(self.cell)
            case Scores():
                key = self._scores(plan)
            case Texts():
                key = self._texts(plan)
            case Members(pks=pks):
                key = self._members(pks)
            case AllOf(parts=parts):
                key = self._all_of(parts)
            case AnyOf(parts=parts):
                sources = dict.fromkeys(map(self.key_of, parts), 0)
                key = self._new_key()
                self._pipe.zunionstore(key, sources)
                self._expiring(key)
            case Except(part=part):
                key = self._all_of((Everything(), Except(part)))
        return key

    def ranked_by(self, plan: Plan, column: Column) -> str:
        """Name a sorted set of a plan's rows, scored by a column that has an index by number."""
        index = self.shape.index_key(column, self.cell)
        if plan == Everything():
            return index
        made = self._new_key()
        self._pipe.zinterstore(made, {self.key_of(plan): 0, index: 1})
        return self._expiring(made)

    def _all_of(self, parts: tuple[Plan, ...]) -> str:
        taken = [part for part in parts if not isinstance(part, Except)] or [Everything()]
        left_out = [part.part for part in parts if isinstance(part, Except)]
        key = self.key_of(taken[0])
        if len(taken) > 1:
            sources = dict.fromkeys([key, *map(self.key_of, taken[1:])], 0)
            key = self._new_key()
            self._pipe.zinterstore(key, sources)
            self._expiring(key)
        if left_out:
            sources_left = [key, *map(self.key_of, left_out)]
            key = self._new_key()
            self._pipe.zdiffstore(key, sources_left)
            self._expiring(key)
        return key

    def _scores(self, plan: Scores) -> str:
        index = self.shape.index_key(plan.column, self.cell)
        if plan.is_whole:
            return index
        made = self._new_key()
        self._pipe.zrangestore(made, index, plan.low, plan.high, byscore=True)
        return self._expiring(made)

    def _members(self, pks: tuple[str, ...]) -> str:
        made = self._new_key()
        here = {pk: 0 for pk in pks if self.shape.is_in(pk, self.cell)}
        if not here:
            return made
        self._pipe.zadd(made, here)
        self._pipe.zinterstore(made, {made: 0, self.shape.everything(self.cell): 0})
        return self._expiring(made)

    def _texts(self, plan: Texts) -> str:
        # Ahead of the transaction: within it, a server that lost the script could not be told.
        made = self._new_key()
        script("store/select_texts")(
            index=self.shape.index_key(plan.column, self.cell),
            selected=made,
            low=plan.low,
            high=plan.high,
            seconds=STEP_SECONDS,
        )
        return made

    def _new_key(self) -> str:
        made = STEP(token=secrets.token_hex(12), cell=self.cell)
        self._made.append(made)
        return made

    def _expiring(self, made: str) -> str:
        self._pipe.expire(made, STEP_SECONDS)
        return made
