"""One contestant, so many jobs, and ``kill -9`` at moments that were drawn."""

import contextlib
import time
from collections.abc import Sequence
from dataclasses import dataclass
from random import Random  # noqa: TID251 - the moments of kills are no secrets
from typing import Final, Self

from devstack.bench.contestants import Contestant
from devstack.bench.ground import Ground
from devstack.bench.processes import DidNotFinishError, kill, start, wait_until

JOB_SECONDS: Final = 0.05
LATEST_SHARE: Final = 0.75
GRACE_SECONDS: Final = 2.0
"""What was taken from an empty queue may be at its end just now."""


@dataclass(frozen=True, slots=True)
class Plan:
    """How many jobs, and when to kill: after so many effects, and a part of a job's time."""

    jobs: int
    kills: Sequence[tuple[int, float]]
    patience: float

    @classmethod
    def drawn(cls, drawn: Random, *, jobs: int, kills: int, patience: float) -> Self:
        """Draw moments within the first three quarters of the jobs."""
        counts = sorted(drawn.sample(range(1, int(jobs * LATEST_SHARE)), kills))
        return cls(jobs, [(count, drawn.uniform(0, JOB_SECONDS)) for count in counts], patience)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the jobs. ``recovery`` is None when some were not done in time."""

    lost: int
    held: int
    twice: int
    begun_again: int
    kills: int
    recovery: float | None


def run_and_kill(on: Ground, contestant: Contestant, plan: Plan, *, effect: str) -> Outcome:
    """Have the jobs run by one worker that is killed and started again, then wait for the rest."""
    on.clear()
    on.feed(contestant, "effect", plan.jobs)
    environment = contestant.environment(on.url, BENCH_EFFECT=effect)
    command = contestant.worker()
    worker = start(command, environment, log=on.log)
    kills, last_kill = 0, time.monotonic()
    try:
        with contextlib.suppress(DidNotFinishError):
            for count, pause in plan.kills:
                _wait_for_effects(on, contestant, count, seconds=plan.patience)
                time.sleep(pause)  # noqa: TID251 - the moment that was drawn
                kill(worker)
                kills, last_kill = kills + 1, time.monotonic()
                worker = start(command, environment, log=on.log)
        recovery = _wait_for_the_rest(on, contestant, plan, since=last_kill)
    finally:
        kill(worker)
    return _outcome(on, contestant, plan, kills=kills, recovery=recovery)


def _wait_for_effects(on: Ground, contestant: Contestant, count: int, *, seconds: float) -> None:
    effects = contestant.system.effects
    wait_until(lambda: on.client.hlen(effects) >= count, seconds=seconds, what=f"{count} effects")


def _wait_for_the_rest(
    on: Ground, contestant: Contestant, plan: Plan, *, since: float
) -> float | None:
    """Until nothing is left, or patience is over; the seconds until every job had its effect."""
    with contextlib.suppress(DidNotFinishError):
        wait_until(
            lambda: (
                on.client.hlen(contestant.system.effects) >= plan.jobs
                or contestant.system.jobs_left(on.client) == 0
            ),
            seconds=plan.patience,
            what="the rest",
        )
        with contextlib.suppress(DidNotFinishError):
            _wait_for_effects(on, contestant, plan.jobs, seconds=GRACE_SECONDS)
    missing = plan.jobs - int(on.client.hlen(contestant.system.effects))
    recovery = None if missing else time.monotonic() - since
    # What is still held may run yet, and then a second time.
    with contextlib.suppress(DidNotFinishError):
        wait_until(
            lambda: contestant.system.jobs_left(on.client) == 0,
            seconds=max(since + plan.patience - time.monotonic(), 0),
            what="an empty queue",
        )
        time.sleep(GRACE_SECONDS)  # noqa: TID251 - see there
    return recovery


def _outcome(
    on: Ground, contestant: Contestant, plan: Plan, *, kills: int, recovery: float | None
) -> Outcome:
    effects = [int(count) for count in on.client.hvals(contestant.system.effects)]
    runs = [int(count) for count in on.client.hvals(contestant.system.runs)]
    return Outcome(
        lost=plan.jobs - len(effects),
        held=contestant.system.jobs_left(on.client),
        twice=sum(count > 1 for count in effects),
        begun_again=sum(count > 1 for count in runs),
        kills=kills,
        recovery=recovery,
    )
