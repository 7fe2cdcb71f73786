"""No-op jobs a second, by the ledger and by others, taking turns.

One worker process each, the same Redis, the same machine: in every round each has its turn, so
that whatever else the machine does meets all of them. What counts is the median of the rounds.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from random import Random  # noqa: TID251 - the order of turns is no secret
from statistics import median
from typing import Final

from devstack.bench import fast
from devstack.bench.contestants import Contestant
from devstack.bench.ground import Ground, Pace
from devstack.bench.processes import running
from devstack.reports.plots import Bar, Bars
from devstack.reports.progress import Progress
from devstack.reports.report import Report

OVER_CELERY: Final = 20
OVER_DRAMATIQ: Final = 5
STAGED_AT_ONCE: Final = 100
PATIENCE_SECONDS: Final = 180.0

COLUMNS: Final = (
    "who",
    "run, 1/s",
    "slowest",
    "fastest",
    "ledger is faster by",
    "processor time, us",
    "enqueued, 1/s",
)

PEERS: Final = (
    (fast.CELERY_EARLY, 2_000),
    (fast.CELERY_LATE, 2_000),
    (fast.CELERY_SOLO, 3_000),
    (fast.CELERY_SOLO_LATE, 3_000),
    (fast.FAST_DRAMATIQ, 10_000),
)
OURS: Final = (fast.FAST_LEDGER, 60_000)


@dataclass(slots=True)
class Rates:
    """What a contestant reached in each round: jobs a second, processor time of one in us."""

    run: list[float] = field(default_factory=list)
    one_by_one: list[float] = field(default_factory=list)
    at_once: list[float] = field(default_factory=list)
    worker_us: list[float] = field(default_factory=list)
    redis_us: list[float] = field(default_factory=list)

    def add(self, pace: Pace) -> None:
        """Keep the pace of one turn."""
        self.run.append(pace.rate)
        self.worker_us.append(pace.worker_us)
        self.redis_us.append(pace.redis_us)


def take_turn(on: Ground, contestant: Contestant, count: int, rates: Rates) -> None:
    """Let a contestant enqueue jobs and run them, from an empty Redis."""
    on.clear()
    enqueued = count
    if contestant.system.is_ours:
        few = count // 20
        many = (count - few) // STAGED_AT_ONCE * STAGED_AT_ONCE
        rates.one_by_one.append(on.feed(contestant, "noop", few))
        rates.at_once.append(on.feed(contestant, "noop", many, STAGED_AT_ONCE))
        enqueued = few + many
    else:
        rates.one_by_one.append(on.feed(contestant, "noop", count))
    first, last = enqueued // 10, enqueued * 9 // 10
    marks = {"BENCH_TALLY": str(on.tally), "BENCH_MARKS": f"{first},{last}"}
    environment = contestant.environment(on.url, **marks)
    with running(contestant.worker(), environment, log=on.log) as worker:
        pace = on.pace_between(first, last, worker=worker, seconds=PATIENCE_SECONDS)
    rates.add(pace)


def measure(
    on: Ground, turns: Sequence[tuple[Contestant, int]], *, rounds: int, drawn: Random
) -> dict[str, Rates]:
    """Let everybody have a turn in each round, in an order that is drawn anew."""
    rates = {contestant.name: Rates() for contestant, _ in turns}
    with Progress("rates", rounds * len(turns)) as progress:
        for number in range(1, rounds + 1):
            for contestant, count in drawn.sample(turns, len(turns)):
                take_turn(on, contestant, count, rates[contestant.name])
                progress.step(f"round {number}: {contestant.name}")
    return rates


def tell(report: Report, rates: dict[str, Rates]) -> None:
    """Figures and plots of the rates; the goals when there is somebody to compare with."""
    run = {name: median(each.run) for name, each in rates.items()}
    enqueue = {name: median(each.one_by_one) for name, each in rates.items()}
    at_once = {name: median(each.at_once) for name, each in rates.items() if each.at_once}
    report.plot(Bars("Jobs run a second", "1/s", [Bar(*each) for each in run.items()]))
    bars = [Bar(name, rate, "one by one") for name, rate in enqueue.items()]
    bars += [Bar(name, rate, f"{STAGED_AT_ONCE} at once") for name, rate in at_once.items()]
    report.plot(Bars("Jobs enqueued a second", "1/s", bars))
    worker_us = {name: median(each.worker_us) for name, each in rates.items()}
    redis_us = {name: median(each.redis_us) for name, each in rates.items()}
    bars = [Bar(name, time, "worker") for name, time in worker_us.items()]
    bars += [Bar(name, time, "Redis") for name, time in redis_us.items()]
    report.plot(Bars("Processor time of one job", "microseconds", bars))
    ours = run[fast.FAST_LEDGER.name]
    report.table(
        "Medians of the rounds",
        COLUMNS,
        [
            [
                name,
                run[name],
                min(each.run),
                max(each.run),
                ours / run[name],
                worker_us[name] + redis_us[name],
                enqueue[name],
            ]
            for name, each in rates.items()
        ],
    )
    for name in rates:
        report.figure(f"run rate, {name}", run[name], "1/s")
        report.figure(f"enqueue rate one by one, {name}", enqueue[name], "1/s")
        report.figure(f"ledger over {name}, run rate", ours / run[name], "x")
        report.figure(f"processor time of a job in the worker, {name}", worker_us[name], "us")
        report.figure(f"processor time of a job in Redis, {name}", redis_us[name], "us")
    for name, rate in at_once.items():
        report.figure(f"enqueue rate {STAGED_AT_ONCE} at once, {name}", rate, "1/s")


def tell_goals(report: Report, rates: dict[str, Rates]) -> None:
    """What the ratios should be."""
    run = {name: median(each.run) for name, each in rates.items()}
    ours = run[fast.FAST_LEDGER.name]
    for peer, least in (
        (fast.CELERY_EARLY, OVER_CELERY),
        (fast.CELERY_LATE, OVER_CELERY),
        (fast.FAST_DRAMATIQ, OVER_DRAMATIQ),
    ):
        ratio = ours / run[peer.name]
        report.goal(
            f"ledger over {peer.name}, run rate",
            goal=f"at least {least} times",
            value=ratio,
            met=ratio >= least,
        )
