"""The score of a run: what all rounds brought, added up."""

import time
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from statistics import median

from devstack.chaos.rounds.outcome import Outcome
from devstack.chaos.rounds.repertoire import RANDOM
from devstack.chaos.witness import Takeover


@dataclass(slots=True)
class Score:
    """What there was, over all rounds. Figures of the stage are gathered when it comes down."""

    outcomes: list[Outcome] = field(default_factory=list)
    by_kind: Counter[str] = field(default_factory=Counter)
    by_place: Counter[str] = field(default_factory=Counter)
    drilled: list[Takeover] = field(default_factory=list)
    takeovers: list[Takeover] = field(default_factory=list)
    commits: int = 0
    aimed: set[str] = field(default_factory=set)
    # Kinds of job that no short play has brought about; None when none was rehearsed.
    not_struck: list[str] | None = None
    # When (seconds from the start) how many faults had struck.
    pace: list[tuple[float, float]] = field(default_factory=list)
    began: float = field(default_factory=time.monotonic)

    @property
    def faults(self) -> int:
        """How many faults have struck."""
        return sum(outcome.faults for outcome in self.outcomes)

    def add(self, outcome: Outcome) -> None:
        """Take in a round."""
        self.outcomes.append(outcome)
        self.pace.append((time.monotonic() - self.began, float(self.faults)))

    def total(self, name: str) -> int:
        """A figure of the tallies, or the length of a list of them, summed over all rounds."""
        values = [getattr(outcome.tally, name) for outcome in self.outcomes]
        return sum(value if isinstance(value, int) else len(value) for value in values)

    def seconds_of(self, sort: str) -> float:
        """How long the rounds of a sort took."""
        return sum(each.seconds for each in self.outcomes if each.replay.startswith(sort))

    def rounds_of(self, sort: str) -> int:
        """How many rounds of a sort there were."""
        return sum(each.replay.startswith(sort) for each in self.outcomes)

    @property
    def drawn_rate(self) -> float:
        """Faults a second in the rounds that draw them."""
        drawn = [each for each in self.outcomes if each.replay.startswith(RANDOM)]
        return sum(each.faults for each in drawn) / (sum(each.seconds for each in drawn) or 1.0)

    @property
    def missed_aims(self) -> list[str]:
        """Rounds with one fault, whose step did not come that time."""
        return [
            each.replay for each in self.outcomes if each.replay in self.aimed and not each.faults
        ]

    @property
    def failed(self) -> list[Outcome]:
        """The rounds in which something was that must not be."""
        return [outcome for outcome in self.outcomes if outcome.troubles]


def spread(seconds: Sequence[float]) -> tuple[float, float, float]:
    """Median, 99th percentile and largest; zeros when there is nothing."""
    if not seconds:
        return 0.0, 0.0, 0.0
    ordered = sorted(seconds)
    return median(ordered), ordered[min(int(len(ordered) * 0.99), len(ordered) - 1)], ordered[-1]
