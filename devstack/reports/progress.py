"""How far a long command is: a bar on a terminal, a line now and then in a log."""

import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self, TextIO

WIDTH: Final = 28
TERMINAL_PAUSE_SECONDS: Final = 0.1
LOG_PAUSE_SECONDS: Final = 10.0
_MINUTE: Final = 60


@dataclass(slots=True)
class Progress:
    """Counts steps up to ``total``, and shows them. Used as a block, it ends with a full line."""

    what: str
    total: int
    out: TextIO = field(default_factory=lambda: sys.stderr)
    clock: Callable[[], float] = time.monotonic
    done: int = 0
    _start: float = 0.0
    _shown: float = float("-inf")
    _longest: int = 0

    def __enter__(self) -> Self:
        """Begin to count."""
        self._start = self.clock()
        self._show("")
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        """Show where the count ended, whatever ended it."""
        self._show("" if kind is None else "stopped", last=True)

    def step(self, note: str = "", *, by: int = 1) -> None:
        """Count some steps; ``note`` says what is being done now."""
        self.done += by
        pause = TERMINAL_PAUSE_SECONDS if self.out.isatty() else LOG_PAUSE_SECONDS
        if self.clock() - self._shown >= pause:
            self._show(note)

    def _show(self, note: str, *, last: bool = False) -> None:
        self._shown = self.clock()
        line = f"{self._line()}  {note}".rstrip()
        if self.out.isatty():
            self._longest = max(self._longest, len(line))
            self.out.write(f"\r{line.ljust(self._longest)}" + ("\n" if last else ""))
        else:
            self.out.write(f"{line}\n")
        self.out.flush()

    def _line(self) -> str:
        share = min(self.done / self.total, 1.0) if self.total else 1.0
        full = int(share * WIDTH)
        spent = self._shown - self._start
        left = f", {_in_minutes(spent / share - spent)} left" if 0 < share < 1 else ""
        return (
            f"{self.what} [{'#' * full}{'.' * (WIDTH - full)}] "
            f"{self.done:,}/{self.total:,} {_in_minutes(spent)}{left}"
        )


def _in_minutes(seconds: float) -> str:
    return f"{int(seconds) // _MINUTE}:{int(seconds) % _MINUTE:02}"
