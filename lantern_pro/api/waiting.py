"""Holding a call while its work goes on: 200 when it ends in time, else 202.

Facts: docs/protocol.md, "How a call travels". Clients repeat a 202 at once and give up after a
few, so a call is held for as long as the client said that it is ready to wait.
"""

import time
from collections.abc import Callable
from typing import Final, TypeVar

from lantern_pro.errors import NotYet
from lantern_pro.jobs.waiting import wait_for

T = TypeVar("T")

LONGEST_HOLD_SECONDS: Final = 20.0
USUAL_HOLD_SECONDS: Final = 8.0
MARGIN_SECONDS: Final = 1.0


def patience_of(timeout: int | None) -> float:
    """How long to hold a call, from what the client said of its patience (seconds)."""
    if timeout is None:
        return USUAL_HOLD_SECONDS
    return min(max(timeout - MARGIN_SECONDS, 0.0), LONGEST_HOLD_SECONDS)


def hold_until_done(attempt: Callable[[], T], seconds: float) -> T:
    """Try until it is done or the patience is at its end; then ``NotYet`` goes through.

    Between two tries the call waits for the job that ``NotYet`` names, and is told when it ends.
    """
    deadline, ended = time.monotonic() + seconds, None
    while True:
        try:
            return attempt()
        except NotYet as pending:
            left = deadline - time.monotonic()
            if pending.waits_for in {None, ended} or left <= 0:
                raise  # also when the job has ended without changing the answer: dead, or dropped
            if not wait_for(pending.waits_for, left):
                raise
            ended = pending.waits_for
