"""Plans: which step is struck by what. Each can be made again from what a report says of it."""

import random  # noqa: TID251 - drawn again by its seed
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from devstack.chaos.faults.kinds import ALL, FaultKind, fitting
from devstack.chaos.wire.step import Step


@dataclass(frozen=True, slots=True)
class Drawn:
    """A fault that was drawn for a step; its chance is for what is random about it."""

    kind: FaultKind
    chance: random.Random


class Plan(Protocol):
    """Says at each step, as it comes, whether and by what it is struck."""

    def draw(self, step: Step, act: str = "", /) -> Drawn | None:
        """The fault for this step, which comes in this act of a short play."""


class NoFaults:
    """Strikes nothing, and notes what there would be to strike."""

    def __init__(self) -> None:
        """Know no step yet."""
        self.seen: dict[str, Step] = {}
        # The acts in which each step came, in their order.
        self.acts: dict[str, list[str]] = {}
        self.counts: Counter[str] = Counter()

    def draw(self, step: Step, act: str = "", /) -> Drawn | None:
        """Nothing."""
        self.seen.setdefault(step.name, step)
        acts = self.acts.setdefault(step.name, [])
        if act not in acts:
            acts.append(act)
        self.counts[step.name] += 1
        return None


@dataclass(frozen=True, slots=True)
class Aim:
    """One fault at the n-th time of one step: of all times, or of those in one act."""

    step: str
    nth: int
    kind: str
    act: str = ""

    @classmethod
    def read(cls, text: str) -> "Aim":
        """Read what ``str`` wrote; ``ValueError`` when it is none."""
        step, when, kind = text.split("|")
        if kind not in ALL:
            message = f"there is no fault {kind!r}; there are {', '.join(ALL)}"
            raise ValueError(message)
        act, _, nth = when.rpartition(".")
        return cls(step, int(nth), kind, act)

    def __str__(self) -> str:
        act = f"{self.act}." if self.act else ""
        return f"{self.step}|{act}{self.nth}|{self.kind}"


class OneFault:
    """Strikes once, where it is aimed; what takes two, at the next who comes with that job too."""

    def __init__(self, aim: Aim, seed: int) -> None:
        """Aim."""
        self._aim = aim
        self._seed = seed
        self._count = 0
        self._first: Step | None = None
        self._left = 2 if ALL[aim.kind].takes_two else 1

    def draw(self, step: Step, act: str = "", /) -> Drawn | None:
        """The fault, when this is the step."""
        if step.name != self._aim.step:
            return None
        is_counted = self._aim.act in ("", act)
        self._count += is_counted
        if is_counted and self._count == self._aim.nth:
            self._first = step
        elif not (self._left and self._first and _is_another_with(self._first, step)):
            return None
        self._left -= 1
        return Drawn(ALL[self._aim.kind], random.Random(f"{self._seed}|{self._aim}"))


def _is_another_with(first: Step, step: Step) -> bool:
    """Whether somebody else comes with the same job."""
    return bool(step.job_id) and step.job_id == first.job_id and step.actor != first.actor


class Takeovers:
    """Strikes workers, one at a time, while they hold jobs, and only when all of them are well."""

    def __init__(self, seed: str, *, most: int, all_well: Callable[[], bool]) -> None:
        """Strike ``most`` times; two of three are kills, the third is a stop."""
        self.left = most
        self._chance = random.Random(seed)
        self._all_well = all_well

    def draw(self, step: Step, _act: str = "", /) -> Drawn | None:
        """A kill or a stop, when a worker is about to commit."""
        if step.part != "worker" or not step.kind or step.target != "store":
            return None
        if self.left <= 0 or self._chance.random() > _READY or not self._all_well():
            return None
        self.left -= 1
        name = "stopped before" if self.left % 3 == 0 else "killed before"
        return Drawn(ALL[name], random.Random(self._chance.getrandbits(64)))


class RandomFaults:
    """Strikes some of all steps. What the n-th time of a step draws depends on the seed alone.

    So a round that is run again draws the same, however its processes interleave.
    """

    def __init__(self, seed: str, *, share: float, most: int, kinds: tuple[FaultKind, ...]) -> None:
        """Strike ``share`` of the steps, until ``most`` are struck."""
        self._seed = seed
        self._share = share
        self.left = most
        self._kinds = kinds
        self._streams: dict[str, random.Random] = {}

    def draw(self, step: Step, _act: str = "", /) -> Drawn | None:
        """The next draw of this step's stream."""
        stream = self._streams.get(step.name)
        if stream is None:
            stream = self._streams[step.name] = random.Random(f"{self._seed}|{step.name}")
        kinds = fitting(step, self._kinds)
        if not kinds or stream.random() > self._share * _EAGERNESS.get(step.target, 1):
            return None
        [kind] = stream.choices(kinds, [kind.weight for kind in kinds])
        chance = random.Random(stream.getrandbits(64))
        if self.left <= 0:
            return None
        self.left -= 1
        return Drawn(kind, chance)


_READY: Final = 0.2
# Calls to vendors, of clients and of Celery are few next to those to Redis.
_EAGERNESS: Final = {"stripe": 8, "mandrill": 8, "pro-server": 6, "bell": 6}
