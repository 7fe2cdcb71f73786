"""How rates change with the number of jobs that wait."""

from collections.abc import Callable
from dataclasses import dataclass
from statistics import median
from typing import Any, Final

from devstack.bench import fast
from devstack.bench.cloning import clone_celery, clone_dramatiq
from devstack.bench.contestants import Contestant
from devstack.bench.ground import Ground
from devstack.bench.processes import running
from devstack.bench.rates import STAGED_AT_ONCE, Rates
from devstack.reports.drawing import Axis
from devstack.reports.plots import Lines
from devstack.reports.progress import Progress
from devstack.reports.report import Report

DEPTHS: Final = (1_000, 10_000, 100_000, 1_000_000)
ONCE_FROM: Final = 1_000_000
"""A depth that is measured once only, because filling takes so long; the others twice."""
REPEATS: Final = 2
FILLED_AT_ONCE: Final = 500
MOST_ONE_BY_ONE: Final = 1_000
MOST_AT_ONCE: Final = 10_000
PATIENCE_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True)
class Deep:
    """A contestant, how many of its jobs are run at each depth, and how its queue is filled."""

    contestant: Contestant
    most_run: int
    clone: Callable[[Any, int], None] | None = None

    def fill(self, on: Ground, depth: int) -> None:
        """Have so many jobs wait."""
        if self.clone:
            on.feed(self.contestant, "noop", 1)
            self.clone(on.client, depth - 1)
        else:
            on.feed(self.contestant, "noop", depth, FILLED_AT_ONCE)


OURS: Final = Deep(fast.FAST_LEDGER, 20_000)
PEERS: Final = (
    Deep(fast.CELERY_LATE, 1_000, clone_celery),
    Deep(fast.FAST_DRAMATIQ, 5_000, clone_dramatiq),
)


ByDepth = dict[int, Rates]


def measure_depths(
    on: Ground, who: tuple[Deep, ...], depths: tuple[int, ...] = DEPTHS
) -> dict[str, ByDepth]:
    """The rates of everybody at every depth, taking turns."""
    turns = [
        (deep, depth)
        for repeat in range(REPEATS)
        for depth in depths
        if repeat == 0 or depth < ONCE_FROM
        for deep in who
    ]
    found: dict[str, ByDepth] = {
        deep.contestant.name: {depth: Rates() for depth in depths} for deep in who
    }
    with Progress("depths", len(turns)) as progress:
        for deep, depth in turns:
            take_turn(on, deep, depth, found[deep.contestant.name][depth])
            progress.step(f"{deep.contestant.name} with {depth:,} waiting")
    on.clear()
    return found


def take_turn(on: Ground, deep: Deep, depth: int, rates: Rates) -> None:
    """Fill the queue, enqueue some more, then run some."""
    on.clear()
    deep.fill(on, depth)
    few, many = min(depth // 4, MOST_ONE_BY_ONE), min(depth // 2, MOST_AT_ONCE)
    rates.one_by_one.append(on.feed(deep.contestant, "noop", few))
    if deep.contestant.system.is_ours:
        rates.at_once.append(on.feed(deep.contestant, "noop", many, STAGED_AT_ONCE))
    first = min(depth // 10, deep.most_run // 10)
    last = first + min(depth * 8 // 10, deep.most_run)
    marks = {"BENCH_TALLY": str(on.tally), "BENCH_MARKS": f"{first},{last}"}
    environment = deep.contestant.environment(on.url, **marks)
    with running(deep.contestant.worker(), environment, log=on.log) as worker:
        rates.add(on.pace_between(first, last, worker=worker, seconds=PATIENCE_SECONDS))


def tell_depths(report: Report, found: dict[str, ByDepth]) -> None:
    """Plots and figures."""
    x, y = Axis("jobs waiting", logarithmic=True), Axis("1/s", logarithmic=True)
    run = {
        name: [(float(depth), median(rates.run)) for depth, rates in by_depth.items()]
        for name, by_depth in found.items()
    }
    enqueue = {
        name: [(float(depth), median(rates.one_by_one)) for depth, rates in by_depth.items()]
        for name, by_depth in found.items()
    }
    report.plot(Lines("Jobs run a second, by how many wait", x, y, run))
    report.plot(Lines("Jobs enqueued a second, one by one, by how many wait", x, y, enqueue))
    for what, lines in (("run rate", run), ("enqueue rate", enqueue)):
        for name, line in lines.items():
            for depth, rate in line:
                report.figure(f"{what} with {depth:,.0f} waiting, {name}", rate, "1/s")
            rates = [rate for _, rate in line]
            report.figure(f"{what}, slowest depth over fastest, {name}", min(rates) / max(rates))
