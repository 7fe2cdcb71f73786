"""``make drill-billing``: see the package."""

import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import django

from devstack.drill_billing.history import Told, play
from devstack.redis_server import RedisPlace, running
from devstack.reports.options import parser_for
from devstack.reports.progress import Progress
from devstack.reports.report import Report

NAME: Final = "drill-billing"


def main(arguments: Sequence[str] | None = None) -> int:
    """Play histories, and write the report; 1 when a goal was not met."""
    parser = parser_for(NAME, "Tells each of many histories of money in several ways.")
    parser.add_argument("--histories", type=int, default=200, help="how many (default: 200)")
    parser.add_argument("--first", type=int, default=0, help="begin with this one's number")
    parser.add_argument("--failures", type=int, default=3, help="stop at so many (default: 3)")
    asked = parser.parse_args(arguments)
    command = f"make {NAME} HISTORIES={asked.histories} SEED={asked.seed}"
    sys.stderr.write(f"{command}\n")
    report = Report("Money that always adds up", command=command, seed=asked.seed)
    folder, told = Path(tempfile.mkdtemp(prefix=f"{NAME}-")), list[Told]()
    try:
        with running(RedisPlace.in_folder(folder)) as place:
            _read_settings(place.url)
            with Progress("histories", asked.histories) as progress:
                for number in range(asked.first, asked.first + asked.histories):
                    told.append(play(asked.seed, number))
                    progress.step()
                    if sum(bool(each.broken or each.differ) for each in told) >= asked.failures:
                        break
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _tell(report, told, asked.histories)
    status = report.write(asked.out)
    for goal in report.goals:
        sys.stderr.write(f"{'met   ' if goal.met else 'MISSED'} {goal.name}: {goal.value}\n")
    return status


def _read_settings(redis_url: str) -> None:
    """The service's settings, without the limits on how often anybody may call."""
    os.environ.update(
        {
            "REDIS_URL": redis_url,
            "LANTERN_DEVELOPMENT": "yes",
            "LANTERN_BROKER_URL": "memory://",
            "LANTERN_LOG_LEVEL": "CRITICAL",
            "DJANGO_SETTINGS_MODULE": "lantern_pro.settings",
        }
    )
    django.setup()


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
