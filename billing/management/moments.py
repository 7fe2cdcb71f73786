"""Moments and progress, as the commands of billing take and show them."""

import argparse
import sys
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Final, TextIO

from lantern_pro import clock
from lantern_pro.types import Millis

WIDTH: Final = 28
LINES_IN_A_LOG: Final = 20


def moment(text: str) -> Millis:
    """Read a day or a moment (ISO 8601, UTC unless it says otherwise)."""
    try:
        read = datetime.fromisoformat(text)
    except ValueError as error:
        message = f"{text!r} is no moment: write 2026-11-26 or 2026-11-26T18:30"
        raise argparse.ArgumentTypeError(message) from error
    return clock.as_millis(read if read.tzinfo else read.replace(tzinfo=UTC))


@dataclass(slots=True)
class Bar:
    """How far a walk backwards through time has come; a line now and then where nobody watches."""

    what: str
    since: Millis
    until: Millis
    out: TextIO = field(default_factory=lambda: sys.stderr)
    _shown: int = field(default=-1)

    def show(self, at: Millis, words: str) -> None:
        """Show that the walk has come back to a moment."""
        span = max(self.until - self.since, 1)
        share = min(max((self.until - at) / span, 0.0), 1.0)
        steps = WIDTH if self.out.isatty() else LINES_IN_A_LOG
        if round(share * steps) == self._shown:
            return
        self._shown = round(share * steps)
        full = round(share * WIDTH)
        line = f"{self.what} [{'#' * full}{'.' * (WIDTH - full)}] {words}"
        self.out.write(f"\r{line}" if self.out.isatty() else f"{line}\n")
        self.out.flush()

    def end(self, words: str) -> None:
        """Show that it is through."""
        self._shown = -1
        self.show(self.since, words)
        if self.out.isatty():
            self.out.write("\n")
