"""``make drill-billing``: see the package."""

import json
import os
import signal
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import asdict
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from devstack.drill_billing.history import Told
from devstack.drill_billing.short_cut import REALLY_EVERY
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
    command += f" FIRST={asked.first}" if asked.first else ""
    sys.stderr.write(f"{command}\n")
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # workers and their Redis end, too
    report = Report("Money that always adds up", command=command, seed=asked.seed)
    numbers = range(asked.first, asked.first + asked.histories)
    asked.out.mkdir(parents=True, exist_ok=True)
    told, played = list[Told](), asked.out / f"played-{asked.seed}.jsonl"
    known, begun = _known(played, numbers), time.monotonic()
    report.figure("of them, played by runs that were stopped before", len(known))
    with Progress("histories", asked.histories) as progress:
        for each in _all_told(asked.seed, numbers, known, played, asked.workers):
            told.append(each)
            progress.step()
            if _is_wrong(each):
                sys.stderr.write(f"wrong; again: {_again(asked.seed, each)}\n")
            if sum(map(_is_wrong, told)) >= asked.failures:
                break
    if not known:
        report.figure("histories a second", len(told) / (time.monotonic() - begun))
    report.figure("load average of the last five minutes, at the end", os.getloadavg()[1])
    _tell(report, told, asked.histories)
    status = report.write(asked.out)
    if not status:
        played.unlink()
    for goal in report.goals:
        sys.stderr.write(f"{'met   ' if goal.met else 'MISSED'} {goal.name}: {goal.value}\n")
    return status


def _known(played: Path, numbers: Sequence[int]) -> dict[int, Told]:
    """What came of each history that went well by the file ``played``."""
    noted = played.read_text().splitlines() if played.exists() else []
    before = (Told(**json.loads(line)) for line in noted)
    return {each.number: each for each in before if each.number in numbers and not _is_wrong(each)}


def _all_told(
    seed: int, numbers: Sequence[int], known: Mapping[int, Told], played: Path, workers: int
) -> Iterator[Told]:
    """What came of each history: of those that are known first, and then of the others."""
    yield from known.values()
    left = [number for number in numbers if number not in known]
    if not left:
        return
    with (
        TemporaryDirectory(prefix=f"{NAME}-") as folder,
        closing(play_all(seed, left, Path(folder), workers)) as playing,
        played.open("a") as notes,
    ):
        for each in playing:
            notes.write(f"{json.dumps(asdict(each))}\n")
            notes.flush()
            yield each


def _is_wrong(each: Told) -> bool:
    return bool(each.broken or each.differ)


def _again(seed: int, each: Told) -> str:
    return f"make {NAME} SEED={seed} FIRST={each.number} HISTORIES=1"


def _tell(report: Report, told: Sequence[Told], wanted: int) -> None:
    report.figure("over HTTP", sum(each.number % REALLY_EVERY == 0 for each in told))
    report.figure("purchases by card", sum(each.purchases for each in told))
    report.figure("purchases on a page or at a bank", sum(each.waiting for each in told))
    report.figure("subscriptions", sum(each.subscriptions for each in told))
    report.figure("of them, by a coupon", sum(each.promoted for each in told))
    report.figure("disputes of subscriptions", sum(each.contested for each in told))
    report.figure("resellers' codes", sum(each.codes for each in told))
    report.figure("acts at Stripe, and times that pass", sum(each.acts for each in told))
    report.figure("days that pass, in each way", sum(each.days for each in told))
    report.figure("events at Stripe, in the last way", sum(each.events for each in told))
    report.figure("ways in which they were told", sum(each.ways for each in told))
    report.figure("steps after which laws 2 and 3 were checked", sum(each.steps for each in told))
    report.figure("workers that ended amid their work", sum(each.crashes for each in told))
    for each in filter(_is_wrong, told):
        again = f"Again: {_again(report.seed, each)}"
        report.note(f"History {each.number}", again, *each.broken, *each.differ)
    differ, broken = sum(bool(each.differ) for each in told), sum(len(each.broken) for each in told)
    report.goal("histories", goal=f"{wanted}", value=len(told), met=len(told) == wanted)
    report.goal("histories with more than one end", goal="0", value=differ, met=differ == 0)
    report.goal("laws broken on the way", goal="0", value=broken, met=broken == 0)


if __name__ == "__main__":
    sys.exit(main())
