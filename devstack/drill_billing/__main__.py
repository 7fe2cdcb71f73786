"""``make drill-billing``: see the package."""

import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from devstack.drill_billing.history import Told
from devstack.drill_billing.workers import play_all
from devstack.reports.options import parser_for
from devstack.reports.progress import Progress
from devstack.reports.report import Report

NAME: Final = "drill-billing"


def main(arguments: Sequence[str] | None = None) -> int:
    """Play histories, and write the report; 1 when a goal was not met."""
    parser = parser_for(NAME, "Tells each of many histories of money in several ways.")
    parser.add_argument("--histories", type=int, default=200, help="how many (default: 200)")
    parser.add_argument("--first", type=int, default=0, help="begin with this one's number")
    parser.add_argument("--workers", type=int, default=2, help="processes (default: 2)")
    parser.add_argument("--failures", type=int, default=3, help="stop at so many (default: 3)")
    asked = parser.parse_args(arguments)
    command = f"make {NAME} HISTORIES={asked.histories} SEED={asked.seed}"
    sys.stderr.write(f"{command}\n")
    report = Report("Money that always adds up", command=command, seed=asked.seed)
    numbers = range(asked.first, asked.first + asked.histories)
    told = list[Told]()
    with (
        TemporaryDirectory(prefix=f"{NAME}-") as folder,
        closing(play_all(asked.seed, numbers, Path(folder), asked.workers)) as playing,
        Progress("histories", asked.histories) as progress,
    ):
        for each in playing:
            told.append(each)
            progress.step()
            if sum(bool(one.broken or one.differ) for one in told) >= asked.failures:
                break
    _tell(report, told, asked.histories)
    status = report.write(asked.out)
    for goal in report.goals:
        sys.stderr.write(f"{'met   ' if goal.met else 'MISSED'} {goal.name}: {goal.value}\n")
    return status


def _tell(report: Report, told: Sequence[Told], wanted: int) -> None:
    report.figure("payments and tries to pay", sum(each.purchases for each in told))
    report.figure("events at Stripe", sum(each.events for each in told))
    report.figure("deliveries", sum(each.ways for each in told))
    report.figure("steps after which every law was checked", sum(each.steps for each in told))
    report.figure("workers that ended amid their work", sum(each.crashes for each in told))
    for each in [each for each in told if each.broken or each.differ]:
        report.note(f"History {each.number}", *each.broken, *each.differ)
    differ, broken = sum(bool(each.differ) for each in told), sum(len(each.broken) for each in told)
    report.goal("histories", goal=f"{wanted}", value=len(told), met=len(told) == wanted)
    report.goal("histories with more than one end", goal="0", value=differ, met=differ == 0)
    report.goal("laws broken on the way", goal="0", value=broken, met=broken == 0)


if __name__ == "__main__":
    sys.exit(main())
