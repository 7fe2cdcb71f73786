"""The two jobs of every contestant, in the ledger: nothing but count, or an effect halfway."""

import os
from dataclasses import dataclass
from typing import ClassVar

from devstack.bench.adapters import bodies
from devstack.bench.ledger.keys import CELL, EFFECTS, RUNS
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Done, JobArguments, LeasedJob, Work
from lantern_pro.jobs.registry import job
from lantern_pro.store.client import text_client


@dataclass(frozen=True, slots=True)
class BenchNoop(JobArguments):
    """Nothing but to be counted."""

    kind: ClassVar[str] = "bench_noop"


@dataclass(frozen=True, slots=True)
class BenchEffect(JobArguments):
    """An effect halfway."""

    kind: ClassVar[str] = "bench_effect"
    name: str


@job(BenchNoop)
def bench_noop(_leased: LeasedJob, _arguments: BenchNoop) -> Done:
    """Count, and be done by the fence."""
    bodies.tally.count()
    return Done()


@job(BenchEffect)
def bench_effect(leased: LeasedJob, arguments: BenchEffect) -> None:
    """Work, have the effect in the script that marks the job done, work on."""
    text_client().hincrby(RUNS(cell=CELL), arguments.name, 1)
    bodies.work()
    keyed = os.environ["BENCH_EFFECT"] == "keyed"
    ledger.apply(
        "bench/note_effect_once" if keyed else "bench/note_effect",
        Work.of(leased.fence),
        effects=EFFECTS(cell=CELL),
        label=arguments.name,
    )
    bodies.work()
