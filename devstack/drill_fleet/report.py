"""The report of a drill."""

import os
from collections.abc import Sequence
from typing import Final

from devstack.drill_fleet.batches import MACHINES, STEPS, Batch
from devstack.drill_fleet.tally import Tally
from devstack.reports.drawing import Axis
from devstack.reports.plots import Bar, Bars, Lines
from devstack.reports.report import Report

_DOTS: Final = 60


def tell(report: Report, batches: Sequence[Batch], *, wanted: int, seconds: float) -> None:
    """Put everything that a run found into its report."""
    tally = Tally()
    for batch in batches:
        tally.add(batch.tally)
    failed = [batch for batch in batches if batch.trouble]
    done = tally.operations
    report.goal(
        "random operations on the fleet",
        goal=f"at least {wanted:,}",
        value=done,
        met=done >= wanted,
    )
    report.goal(
        "batches in which a law was broken or the fleet not as it must be",
        goal="0",
        value=len(failed),
        met=not failed,
    )
    _tell_figures(report, tally, seconds)
    _tell_plots(report, batches, tally)
    report.table(
        "What the operations were",
        ["operation", "how often"],
        tally.acts.most_common(),
    )
    if failed:
        rows = [(f"BATCH={batch.number}", batch.trouble) for batch in failed]
        report.table("What was not right", ["again by", "the smallest play that shows it"], rows)
    report.note("How", *HOW.strip().split("\n\n"))


def _tell_figures(report: Report, tally: Tally, seconds: float) -> None:
    report.figure("operations", tally.operations)
    report.figure("operations that had nobody to act on", tally.refused)
    report.figure("jobs that ran", tally.jobs)
    report.figure("scripts called while several acted at once", tally.scripts)
    report.figure("faults that struck", tally.faults.total())
    report.figure("Redis killed and started again from its file", tally.power_cuts)
    report.figure("times that all came to rest and every law was checked", tally.settled)
    report.figure("configurations read", tally.polls)
    report.figure("machines, each from an empty store", tally.machines)
    report.figure("steps of a machine, at most", STEPS)
    report.figure("machines in a batch", MACHINES)
    report.figure("the whole run took", seconds / 60, "min")
    report.figure("operations a second", tally.operations / seconds, "1/s")
    report.figure("load average of the last five minutes, at the end", os.getloadavg()[1])


def _tell_plots(report: Report, batches: Sequence[Batch], tally: Tally) -> None:
    bars = [Bar(name, float(count)) for name, count in tally.acts.most_common()]
    report.plot(Bars("Operations by kind", "operations", bars))
    if tally.faults:
        bars = [Bar(name, float(count)) for name, count in tally.faults.most_common()]
        report.plot(Bars("Faults by kind", "faults", bars))
    dots, done = [(0.0, 0.0)], 0
    for number, batch in enumerate(batches, 1):
        done += batch.tally.operations
        dots.append((float(number), float(done)))
    step = max(len(dots) // _DOTS, 1)
    axes = Axis("batches"), Axis("operations")
    report.plot(Lines("Operations", *axes, {"operations": [*dots[::step], dots[-1]]}))


HOW: Final = """
A Hypothesis state machine draws what several actors do at once: staff, proxies, users, workers, the
clock. Each actor is a thread, but only one runs at any time: before each command to Redis the turn
may go to another, in an order that is drawn. So actors interleave as processes do, down to the
single command, and a seed brings the same order again.

An actor may die before one of its scripts or before it hears the answer, may lose the connection
at either point (and then repeats, as the store's client does), or may be overtaken: its leases are
over, and it sleeps until nobody else has anything to do. Redis is killed at times when all is about
to rest, and started again from its append-only file.

After every step no proxy may have more users than its capacity (or than it had when that was
lowered), nobody who was said to be retired
or erased may be otherwise, and no job may have failed. When all has come to rest every law is
checked as check_invariants does, and besides who must have which proxies, who must wait, and whom
each proxy must admit, said in other words in devstack/drill_fleet/truth.py. Readers poll the
config-server's answer service at any time.
"""
