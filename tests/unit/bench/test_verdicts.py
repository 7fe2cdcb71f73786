"""What the benchmarks make of what they saw: moments drawn, goals met or missed."""

from random import Random  # noqa: TID251 - the moments of kills are no secrets

import pytest

from devstack.bench import fast
from devstack.bench.ground import Pace
from devstack.bench.killed import CONTESTANTS
from devstack.bench.killing import Outcome, Plan
from devstack.bench.peers_environment import versions
from devstack.bench.peers_under_kill import tell as tell_kills
from devstack.bench.rates import Rates, tell, tell_goals
from devstack.reports.report import Report


def new_report() -> Report:
    """A report with nothing in it."""
    return Report("Test", command="make test", seed=7)


def plan(seed: int = 7) -> Plan:
    """Five kills within two hundred jobs."""
    return Plan.drawn(Random(seed), jobs=200, kills=5, patience=90)


def outcome(*, lost: int = 0, twice: int = 0) -> Outcome:
    """What became of a contestant's jobs."""
    return Outcome(lost, 0, twice, 0, 5, None if lost else 1.5)


def rates_of(*run: float) -> Rates:
    """What a contestant reached in some rounds."""
    rates = Rates(one_by_one=[1_500.0])
    for rate in run:
        rates.add(Pace(rate, worker_us=1_000.0, redis_us=100.0))
    return rates


def test_a_seed_repeats_its_kills_and_another_draws_others() -> None:
    assert plan(7) == plan(7)
    assert plan(7) != plan(8)


def test_kills_come_in_order_and_while_there_is_work() -> None:
    counts = [count for count, _ in plan().kills]

    assert counts == sorted(set(counts))
    assert len(counts) == 5
    assert counts[-1] < 150


@pytest.mark.parametrize(
    ("ours", "is_met"),
    [(outcome(), True), (outcome(lost=1), False), (outcome(twice=1), False)],
)
def test_the_ledger_may_neither_lose_nor_double(ours: Outcome, *, is_met: bool) -> None:
    report = new_report()
    outcomes = {
        (who, effect): ours if who.system.is_ours else outcome(lost=3, twice=2)
        for who in CONTESTANTS
        for effect in ("plain", "keyed")
    }

    tell_kills(report, outcomes, plan())

    assert report.all_met == is_met
    assert len(report.goals) == 8
    assert report.as_dict()["figures"]["lost, plain, RQ, default"] == 3  # type: ignore[index]


@pytest.mark.parametrize(("ours", "is_met"), [(24_000.0, True), (9_000.0, False)])
def test_rates_are_held_to_their_ratios(ours: float, *, is_met: bool) -> None:
    report = new_report()
    rates = {
        fast.CELERY_EARLY.name: rates_of(600.0, 550.0, 10_000.0),
        fast.CELERY_LATE.name: rates_of(500.0),
        fast.FAST_DRAMATIQ.name: rates_of(3_000.0),
        fast.FAST_LEDGER.name: rates_of(ours),
    }

    tell(report, rates)
    tell_goals(report, rates)

    assert report.all_met == is_met
    assert report.goals[0].value == ours / 600.0  # the median of three rounds


def test_what_is_compared_is_pinned() -> None:
    assert set(versions()) == {"celery", "dramatiq", "rq", "huey", "redis", "hiredis"}
