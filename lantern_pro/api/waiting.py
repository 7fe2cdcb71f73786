"""Holding a call while its work goes on: 200 when it ends in time, else 202.

Facts: docs/protocol.md, "How a call travels". Clients repeat a 202 at once and give up after a
few, so a call is held for as long as the client said that it is ready to wait.
"""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from lantern_pro.errors import NotYet

T = TypeVar("T")

LONGEST_HOLD_SECONDS: Final = 20.0
USUAL_HOLD_SECONDS: Final = 8.0
MARGIN_SECONDS: Final = 1.0
PAUSE_SECONDS: Final = 0.5


def patience_of(timeout: int | None) -> float:
    """How long to hold a call, from what the client said of its patience (seconds)."""
    if timeout is None:
        return USUAL_HOLD_SECONDS
    return min(max(timeout - MARGIN_SECONDS, 0.0), LONGEST_HOLD_SECONDS)


def hold_until_done(attempt: Callable[[], T], seconds: float) -> T:
    """Try until it is done or the patience is at its end; then ``NotYet`` goes through."""
    deadline = time.monotonic() + seconds
    while True:
        try:
            return attempt()
        except NotYet:
            if time.monotonic() + PAUSE_SECONDS > deadline:
                raise
            time.sleep(PAUSE_SECONDS)  # noqa: TID251 - Stripe tells nobody when it comes back
