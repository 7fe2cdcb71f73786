"""One time for us and for Stripe, which goes on only when the history says so.

So a fact has the same moment in each way, and a history is the same whenever it is played.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from random import Random  # noqa: TID251 - harmless: the same again by a seed
from types import SimpleNamespace
from typing import Final, Self
from unittest.mock import patch

from devstack.stripe_standin import clock as at_stripe
from lantern_pro import clock as ours

FIRST_DAY: Final = int(datetime(2026, 12, 1, tzinfo=UTC).timestamp())
TWO_YEARS: Final = 730 * 86_400
STEP_SECONDS: Final = 20


@dataclass(slots=True)
class Moments:
    """The time that it is, before what the stand-in's clock was put forward by; Unix seconds."""

    seconds: int

    @classmethod
    def drawn(cls, luck: Random) -> Self:
        """Some moment of two years: months end on any day, and one of them is a leap year's."""
        return cls(FIRST_DAY + luck.randrange(TWO_YEARS))

    def step(self) -> None:
        """Let some seconds go by."""
        self.seconds += STEP_SECONDS

    @contextmanager
    def are_all_there_is(self) -> Iterator[None]:
        """Let both clocks show this time and no other."""
        machine = SimpleNamespace(
            time=lambda: self.seconds, time_ns=lambda: self.seconds * 1_000_000_000
        )
        with patch.object(ours, "time", machine), patch.object(at_stripe, "time", machine):
            yield
