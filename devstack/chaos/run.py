"""A whole run: rehearsal, each fault at each step, takeovers, clocks, and then random ones."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, TextIO

from devstack.chaos.rounds.outcome import Outcome
from devstack.chaos.rounds.repertoire import (
    AIM,
    CLOCK_STEPS_A_ROUND,
    CLOCKS,
    FAULTS_A_ROUND,
    RANDOM,
    TAKEOVER,
    TAKEOVERS_A_ROUND,
    every_aim,
    is_every_play,
    kinds_but,
    play,
    rehearse,
    setting_of,
)
from devstack.chaos.score import Score
from devstack.chaos.stage.clocks import library
from devstack.chaos.stage.stage import Setting
from devstack.chaos.theatre import Theatre, theatre
from devstack.reports.progress import Progress
from devstack.stack.place import StackPlace

_SYSTEMATIC_SHARE: Final = 0.2
_TAKEOVER_SHARE: Final = 0.004
_CLOCK_SHARE: Final = 0.003
MOST_ROUNDS_ASIDE: Final = 20
"""Of takeovers, and of clock steps: they take much longer than other faults."""
_ENOUGH_FAILURES: Final = 25
_A_TAKEOVER_SECONDS: Final = 9.0
_A_CLOCK_ROUND_SECONDS: Final = 20.0


@dataclass(slots=True)
class Run:
    """One run of so many faults on one place."""

    place: StackPlace
    faults: int
    seed: int
    out: TextIO
    score: Score = field(default_factory=Score)

    async def everything(self) -> Score:
        """Play all rounds; stops early when very many have failed."""
        async with theatre(self.place, Setting()) as here:
            aims = await self._open(here)
            with Progress("faults", self.faults, out=self.out) as progress:
                progress.step(by=self.score.faults)
                for name in self._main_rounds(aims):
                    progress.step(name[:60], by=(await self._play(here, name)).faults)
            self._gather(here)
        for names in (_names(TAKEOVER, self._takeovers), _names(CLOCKS, self._clocks)):
            await self.again(names)
        return self.score

    async def again(self, names: Sequence[str]) -> Score:
        """Play some rounds, all in the setting of the first."""
        if not names:
            return self.score
        self.score.aimed |= {name for name in names if name.startswith(f"{AIM} ")}
        async with theatre(self.place, setting_of(names[0])) as here:
            with Progress(names[0].split(" ")[0], len(names), out=self.out) as progress:
                for name in names:
                    await self._play(here, name)
                    progress.step(name[:60])
            self._gather(here)
            if is_every_play(names):
                self.score.not_struck = kinds_but(here.witness.kinds)
        return self.score

    @property
    def _takeovers(self) -> int:
        wanted = round(self.faults * _TAKEOVER_SHARE / TAKEOVERS_A_ROUND)
        return min(wanted, MOST_ROUNDS_ASIDE)

    @property
    def _clocks(self) -> int:
        wanted = round(self.faults * _CLOCK_SHARE / CLOCK_STEPS_A_ROUND) if library() else 0
        return min(wanted, MOST_ROUNDS_ASIDE)

    def _main_rounds(self, aims: list[str]) -> Iterator[str]:
        yield from aims
        number = 1
        while self.score.faults < self.faults and len(self.score.failed) < _ENOUGH_FAILURES:
            yield self._random(number)
            number += 1

    def _random(self, number: int) -> str:
        """The name of a random round, which has no more faults than the whole run."""
        short = f" of {self.faults}" if self.faults < FAULTS_A_ROUND else ""
        return f"{RANDOM} {number}{short}"

    async def _open(self, here: Theatre) -> list[str]:
        """Rehearse, and say how long the run will take by what that and a first round took."""
        rehearsals = await rehearse(here)
        for each in rehearsals:
            self._take(each.outcome)
        self.score.not_struck = kinds_but({step.kind for each in rehearsals for step in each.steps})
        aims = every_aim(rehearsals, self.seed)
        chosen = aims[: max(int(self.faults * _SYSTEMATIC_SHARE), 1)]
        self.score.aimed = set(chosen)
        lengths = {each.piece.name: each.outcome.seconds for each in rehearsals}
        first = await self._play(here, self._random(0))
        left = self.faults - len(chosen) - first.faults
        seconds = (
            sum(lengths[name.split(" ")[1]] for name in chosen)
            + self._takeovers * TAKEOVERS_A_ROUND * _A_TAKEOVER_SECONDS
            + self._clocks * _A_CLOCK_ROUND_SECONDS
            + max(left, 0) * first.seconds / max(first.faults, 1)
        )
        steps = sum(len(each.steps) for each in rehearsals)
        self.out.write(
            f"{steps} kinds of step, {len(aims)} ways to strike one, {len(chosen)} of them "
            f"one by one; a first random round had {first.faults / first.seconds:.1f} faults a "
            f"second. All of {self.faults:,} will take about {seconds / 60:.0f} minutes.\n"
        )
        return chosen

    async def _play(self, here: Theatre, name: str) -> Outcome:
        taken_over = len(here.witness.takeovers)
        outcome = await play(here, name, self.seed)
        if name.startswith(TAKEOVER):
            self.score.drilled += here.witness.takeovers[taken_over:]
        self._take(outcome)
        return outcome

    def _take(self, outcome: Outcome) -> None:
        self.score.add(outcome)
        for trouble in outcome.troubles:
            self.out.write(f"{outcome.replay}: {trouble}\n")
        if outcome.troubles:
            self.out.write(f"again: {replay_command(outcome.replay, self.seed)}\n")

    def _gather(self, here: Theatre) -> None:
        self.score.by_kind += here.umpire.struck
        self.score.by_place += here.umpire.places
        self.score.takeovers += here.witness.takeovers
        self.score.commits += here.witness.accepted


def _names(sort: str, count: int) -> list[str]:
    return [f"{sort} {number}" for number in range(count)]


def replay_command(name: str, seed: int) -> str:
    """The command that plays a round again."""
    return f'make chaos SEED={seed} REPLAY="{name}"'
