"""``make drill-redis-away``: see the package."""

import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final

import django

from devstack.redis_server import RedisPlace
from devstack.reports.options import parser_for
from devstack.reports.report import Report

if TYPE_CHECKING:
    from devstack.drill_redis_away.play import Played

NAME: Final = "drill-redis-away"
PASS_HOURS: Final = 4
USERS: Final = 60


def main(arguments: Sequence[str] | None = None) -> int:
    """Play it, and write the report; 1 when a goal was not met."""
    parser = parser_for(NAME, f"{__doc__}\nTakes about two minutes.")
    parser.add_argument("--users", type=int, default=USERS, help="how many users (default: 60)")
    told = parser.parse_args(arguments)
    report = Report("Redis is away for an hour", f"make {NAME} SEED={told.seed}", told.seed)
    print(f"{NAME}: {told.users} users, about two minutes; seed {told.seed}", file=sys.stderr)
    folder = Path(tempfile.mkdtemp(prefix=f"{NAME}-"))
    try:
        place = RedisPlace.in_folder(folder / "redis")
        _read_settings(place.url)
        from devstack.drill_redis_away.ground import ground
        from devstack.drill_redis_away.play import play

        with ground(folder, place) as on:
            played = play(on, told.users, PASS_HOURS * 3_600_000)
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    _tell(report, played)
    status = report.write(told.out)
    for goal in report.goals:
        print(f"{'met   ' if goal.met else 'MISSED'} {goal.name}: {goal.value} (goal: {goal.goal})")
    return status


def _read_settings(redis_url: str) -> None:
    """The service's settings: four proxies a user, so that everybody may ask every proxy."""
    os.environ.update(
        {
            "REDIS_URL": redis_url,
            "LANTERN_DEVELOPMENT": "yes",
            "LANTERN_PROXIES_PER_PRO_USER": "4",
            "LANTERN_PASS_HOURS": str(PASS_HOURS),
            "LANTERN_BROKER_URL": "memory://",
            "LANTERN_LOG_LEVEL": "ERROR",
            "DJANGO_SETTINGS_MODULE": "lantern_pro.settings",
        }
    )
    django.setup()


def _tell(report: Report, played: "Played") -> None:
    from devstack.drill_redis_away.ground import NAMES
    from devstack.drill_redis_away.people import Kind

    away, later = played.away, played.cut_off
    rows = [[name, *(round(away.share(name, kind), 2) for kind in Kind)] for name in NAMES]
    rows.append(
        [f"{NAMES[3]}, the hours after", *(round(later.share(NAMES[3], kind), 2) for kind in Kind)]
    )
    report.table("Requests let in, percent", ["proxy", *(kind.value for kind in Kind)], rows)
    asked = sum(away.asked.values()) + sum(later.asked.values())
    report.figure("requests asked", asked)
    report.figure(
        "let in within the stated lag after a right was lost", away.within_lag + later.within_lag
    )
    for name, seconds in played.converged_seconds.items():
        report.figure(f"seconds until it knows again: {name}", round(seconds, 2), "s")
    _tell_goals(report, played)


def _tell_goals(report: Report, played: "Played") -> None:
    from devstack.drill_redis_away.ground import NAMES
    from devstack.drill_redis_away.people import Kind

    away, later = played.away, played.cut_off
    refused = sum(
        count
        for (_, kind), count in (away.refused_though_right + later.refused_though_right).items()
        if kind in {Kind.VALID, Kind.ENDING}
    )
    older = sum(
        away.refused_though_right[name, Kind.OLDER] for name in (NAMES[0], NAMES[1], NAMES[3])
    )
    goals = (
        ("requests with a right and a pass that were refused", refused),
        ("the same of older apps, in the hour, where the proxy kept what it knew", older),
        ("tunnels through the proxy that runs on, broken", played.tunnels_broken),
        ("requests let in past the stated lag", away.past_lag + later.past_lag),
        ("wrong answers after all were back", played.wrong_in_the_end),
        ("laws broken after Redis was back", len(played.broken_laws)),
    )
    for name, value in goals:
        report.goal(name, goal="0", value=value, met=value == 0)


if __name__ == "__main__":
    sys.exit(main())
