"""What a drill has done and found so far."""

import logging
from collections import Counter
from dataclasses import dataclass, field, fields


@dataclass(slots=True)
class Tally:
    """Counts over all machines of a run."""

    acts: Counter[str] = field(default_factory=Counter)
    faults: Counter[str] = field(default_factory=Counter)
    refused: int = 0
    jobs: int = 0
    scripts: int = 0
    settled: int = 0
    polls: int = 0
    power_cuts: int = 0
    machines: int = 0

    def add(self, other: "Tally") -> None:
        """Add what another run has counted."""
        for each in fields(self):
            counted = getattr(self, each.name) + getattr(other, each.name)
            setattr(self, each.name, counted)

    @property
    def operations(self) -> int:
        """Acts of staff, users, proxies, workers and the clock."""
        return sum(self.acts.values())


class Screams(logging.Handler):
    """Keeps what the product logs as an error: a job that fails is tried again, and is a fault."""

    def __init__(self) -> None:
        """Hear nothing yet."""
        super().__init__(logging.ERROR)
        self.heard: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        """Keep a line."""
        kind = record.exc_info[0] if record.exc_info else None
        self.heard.append(f"{record.getMessage()} ({kind.__name__ if kind else 'no exception'})")
