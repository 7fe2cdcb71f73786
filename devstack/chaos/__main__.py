"""``python -m devstack.chaos``: faults on the real processes; ``docs/faults.md`` tells all."""

import argparse
import asyncio
import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import Final

from devstack.reports.options import parser_for

NOTHING_SHOWN: Final = 2
_OURS: Final = ("LANTERN_", "DJANGO_", "REDIS_", "STRIPE_", "MANDRILL_")


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = parser_for(
        "chaos",
        "Runs workers, scheduler, pro-server and Redis, kills, stops, cuts and delays them at "
        "each step of their work, and counts every effect against the facts.",
    )
    parser.add_argument("--faults", type=int, default=2_000, help="how many (default: 2,000)")
    parser.add_argument(
        "--replay", action="append", metavar="ROUND", help="play this round again (repeatable)"
    )
    parser.add_argument("--keep", action="store_true", help="keep the folder with logs and data")
    return parser.parse_args()


def main() -> int:
    """Run and report; 1 when a goal is missed, 2 when a fault to be played again never struck."""
    asked = arguments()
    folder = Path(tempfile.mkdtemp(prefix="lantern-chaos-"))
    _enter(folder)
    status = _run(asked)
    if asked.keep or status:
        sys.stderr.write(f"logs and data are in {folder}\n")
    else:
        shutil.rmtree(folder)
    return status


def _enter(folder: Path) -> None:
    """Become a member of the stage in this folder: Django reads its settings from there."""
    import django

    from devstack.chaos.stage.place import environment, new_place

    for name in [name for name in os.environ if name.startswith(_OURS)]:
        del os.environ[name]
    os.environ.update(environment(new_place(folder)))
    os.environ["LANTERN_LOG_LEVEL"] = "ERROR"
    django.setup()


def _run(asked: argparse.Namespace) -> int:
    from devstack.chaos.report import tell
    from devstack.chaos.run import Run, replay_command
    from devstack.reports.report import Report
    from devstack.stack.place import StackPlace

    command = f"make chaos FAULTS={asked.faults} SEED={asked.seed}"
    if asked.replay:
        command = " && ".join(replay_command(name, asked.seed) for name in asked.replay)
    place = StackPlace.from_environment({**os.environ, "REDIS_URL": ""})
    report = Report("Once and only once, under fire", command=command, seed=asked.seed)
    run = Run(place, asked.faults, asked.seed, sys.stderr)
    sys.stderr.write(f"{command}\n")
    asyncio.run(run.again(asked.replay) if asked.replay else run.everything())
    tell(report, run.score)
    status = report.write(asked.out)
    for goal in report.goals:
        sys.stderr.write(f"{'met   ' if goal.met else 'MISSED'}  {goal.name}: {goal.value}\n")
    sys.stderr.write(f"{asked.out / 'report.html'}\n")
    missed = run.score.missed_aims
    for name in missed:
        sys.stderr.write(f"never struck, so this shows nothing: {name}\n")
    return status or (NOTHING_SHOWN if asked.replay and missed else 0)


if __name__ == "__main__":
    sys.exit(main())
