"""One call's limits, ready to be counted: by a script of their own, or by the call's."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self

from redis.exceptions import NoScriptError

from lantern_pro.errors import Refused
from lantern_pro.store.client import TextClient
from lantern_pro.store.scripts import script
from lantern_pro.types import Cell


class TooManyRequests(Refused):
    """Too many calls of a kind came from one place; `details.retryAfter` says when to return.

    A refusal at 200, as every other: at 429 old clients would repeat the call at once.
    """

    error_id = "too-many-requests"
    message = "Too many requests. Please wait a little."

    def __init__(self, wait_ms: int = 1_000) -> None:
        """Say how long to wait, in whole seconds."""
        self.retry_after = max(1, -(-wait_ms // 1_000))
        super().__init__(details={"retryAfter": self.retry_after})


@dataclass(frozen=True, slots=True)
class Rule:
    """One limit in the terms of the script, in milliseconds.

    A call moves the limit on by ``step``, under a flood by ``flood_step``; it is full at ``span``.
    """

    key: str
    step: float
    flood_step: float
    span: float
    is_everyones: bool


@dataclass(frozen=True, slots=True)
class Spending:
    """What one call is counted against, all in one cell.

    ``remember_ms`` is how long repetitions of the call are not counted again, 0 for never.
    """

    cell: Cell
    repeated: str
    remember_ms: int
    most_repeats: int
    rules: Sequence[Rule]

    @classmethod
    def nothing(cls, cell: Cell) -> Self:
        """For a call that nobody counts."""
        return cls(cell, "", 0, 0, ())

    @property
    def keys(self) -> list[str]:
        """The keys, in the order in which ``api/within_limits`` (Lua) takes them."""
        return [self.repeated, *(rule.key for rule in self.rules)] if self.rules else []

    @property
    def limits(self) -> str:
        """The argument ``limits`` of ``api/within_limits`` (Lua)."""
        told = {
            "remember_ms": self.remember_ms if self.rules else 0,
            "most_repeats": self.most_repeats,
            "limits": [
                {
                    "step": rule.step,
                    "flood_step": rule.flood_step,
                    "span": rule.span,
                    "is_everyones": rule.is_everyones,
                }
                for rule in self.rules
            ],
        }
        return json.dumps(told, separators=(",", ":"))

    def spend(self, pipe: TextClient | None = None) -> list[Any]:
        """Count the call; ``TooManyRequests`` when a limit is full.

        With a pipeline it is counted in the round trip that executes it, and what else the
        pipeline asked is answered.
        """
        answers: list[Any] = []
        outcome = script("api/spend_limits")(pipe, rest=self.keys, limits=self.limits)
        if pipe is not None:
            *answers, outcome = pipe.execute(raise_on_error=False)
            if isinstance(outcome, NoScriptError):  # the first call after a restart of Redis
                outcome = script("api/spend_limits")(rest=self.keys, limits=self.limits)
        match outcome:
            case ["within"]:
                return _without_errors(answers)
            case ["full", wait_ms]:
                raise TooManyRequests(int(str(wait_ms)))
        raise AssertionError(outcome)


def _without_errors(answers: list[Any]) -> list[Any]:
    for answer in answers:
        if isinstance(answer, Exception):
            raise answer
    return answers
