"""``manage.py show_jobs``."""

import json
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser

from lantern_pro.jobs.meter import (
    ALMOST_ALL,
    MEDIAN,
    KindMeter,
    Times,
    WorkerSign,
    dead_now,
    meters,
    workers,
)

HEADINGS: Final = ("kind", "lane", "due", "oldest", "running", "later", "done", "retried", "dead",
                   "wait p50/p99", "run p50/p99")  # fmt: skip
COUNTERS: Final = ("staged", "done", "retried", "waited", "lapsed", "dead", "dropped")
GAUGES: Final = ("due", "later", "running")
TIMES: Final = ("wait", "run")


class Command(BaseCommand):
    """Shows the ledger's meter."""

    help = (
        "Show what the ledger of jobs counts, by kind: how many are due, how long the oldest has "
        "been, how many run, wait for a later time, were done, tried again or given up, and how "
        "long jobs wait and run (upper bounds of the median and of 99 in 100). Reads only, and "
        "costs the same however many jobs there are. With --prometheus, in the text form that "
        "Prometheus and its like collect."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="print one JSON object")
        form.add_argument("--prometheus", action="store_true", help="print metrics as text")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Show them."""
        found, signs = meters(), workers()
        if options["json"]:
            told = [{**asdict(each), "done": each.done} for each in found]
            answer = {"kinds": told, "workers": [asdict(sign) for sign in signs]}
            self.stdout.write(json.dumps({**answer, "dead_now": dead_now()}, indent=2))
        elif options["prometheus"]:
            self.stdout.write("\n".join(_prometheus(found, signs)))
        else:
            self.stdout.write("\n".join(_table([HEADINGS, *map(_row, found)])))
            self.stdout.write("")
            self.stdout.write(f"{dead_now()} dead. {_told_of(signs)}")


def _row(each: KindMeter) -> tuple[str, ...]:
    numbers = (each.due, each.oldest, each.running, each.later, each.done, each.retried, each.dead)
    return (each.kind, each.lane or "unknown here", *map(str, (*numbers, each.wait, each.run)))


def _table(rows: list[tuple[str, ...]]) -> Iterator[str]:
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    for row in rows:
        cells = [cell.ljust(width) for cell, width in zip(row, widths, strict=True)]
        yield "  ".join(cells).rstrip()


def _told_of(signs: list[WorkerSign]) -> str:
    if not signs:
        return "No worker has given a sign of life within a day."
    return "Workers: " + ", ".join(map(str, signs))


def _prometheus(found: list[KindMeter], signs: list[WorkerSign]) -> Iterator[str]:
    for name in GAUGES:
        yield f"# TYPE lantern_jobs_{name} gauge"
        yield from (f'lantern_jobs_{name}{{kind="{k.kind}"}} {getattr(k, name)}' for k in found)
    yield "# TYPE lantern_jobs_oldest_seconds gauge"
    yield from (
        f'lantern_jobs_oldest_seconds{{kind="{k.kind}"}} {k.oldest_ms / 1000}' for k in found
    )
    for name in COUNTERS:
        yield f"# TYPE lantern_jobs_{name}_total counter"
        yield from (
            f'lantern_jobs_{name}_total{{kind="{k.kind}"}} {getattr(k, name)}' for k in found
        )
    for name in TIMES:
        yield from _summary(name, found)
    yield "# TYPE lantern_jobs_dead_now gauge"
    yield f"lantern_jobs_dead_now {dead_now()}"
    yield "# TYPE lantern_jobs_worker_silent_seconds gauge"
    yield from (
        f'lantern_jobs_worker_silent_seconds{{worker="{sign.name}"}} {sign.silent_ms / 1000}'
        for sign in signs
    )


def _summary(name: str, found: list[KindMeter]) -> Iterator[str]:
    metric = f"lantern_jobs_{name}_seconds"
    yield f"# TYPE {metric} summary"
    for each in found:
        times: Times = getattr(each, name)
        for quantile, bound in ((MEDIAN, times.median_ms), (ALMOST_ALL, times.p99_ms)):
            if bound is not None:
                yield f'{metric}{{kind="{each.kind}",quantile="{quantile}"}} {bound / 1000}'
        yield f'{metric}_count{{kind="{each.kind}"}} {times.count}'
