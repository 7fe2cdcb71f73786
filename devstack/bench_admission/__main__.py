"""``make bench-admission``: see the package."""

import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median, quantiles
from typing import Final

from devstack.bench_admission.buyers import PAUSE_SECONDS, Bought, all_buyers
from devstack.bench_admission.ground import ground
from devstack.reports.options import parser_for
from devstack.reports.plots import Bar, Bars
from devstack.reports.report import Report

NAME: Final = "bench-admission"
_RESET: Final = re.compile(r"token\.\d+")
GOAL_MS: Final = 1_000
ADMISSION: Final = "from purchase committed to admitted"
JOINING: Final = "from device joined to admitted"
REMOVAL: Final = "from device removed to refused"
REFUSAL: Final = "from token reset to refused"


@dataclass(frozen=True, slots=True)
class Span:
    """How long a change took to reach the proxy, in ms: all of it, and in the service alone."""

    whole: float
    service: float


def spans_of(bought: Sequence[Bought], auth_token: str) -> dict[str, list[Span]]:
    """The spans of all buyers, by Redis's own times for what it committed."""
    committed, told = _commits(), _told(auth_token)
    spans: dict[str, list[Span]] = {ADMISSION: [], JOINING: [], REMOVAL: [], REFUSAL: []}
    for one in bought:
        own = committed[one.user_id]
        joined, removed = sorted(at for fact, at in own.items() if fact.startswith("devices."))[-2:]
        [reset] = [at for fact, at in own.items() if _RESET.fullmatch(fact)]
        for name, since, seen, op, admission in (
            (ADMISSION, min(own.values()), one.let_in_at, "admit", one.admission),
            (JOINING, joined, one.joined_at, "admit", one.second),
            (REMOVAL, removed, one.removed_at, "expel", one.second),
            (REFUSAL, reset, one.refused_at, "expel", one.admission),
        ):
            spans[name].append(Span(seen - since, told[op, admission] - since))
    return spans


def _told(auth_token: str) -> dict[tuple[str, str], float]:
    """When the proxy was told of each change, by Redis's clock, in ms."""
    from lantern_pro.store.client import text_client
    from proxies import keys
    from proxies.models import Proxy

    ids = [each.proxy_id for each in Proxy.objects.filter(track="pro")]
    [mine] = [each.id for each in Proxy.objects.records(ids) if each.auth_token == auth_token]
    return {
        (change["op"], change["admission"]): int(change["at"]) / 1000
        for _, change in text_client().xrange(keys.CHANGES(proxy_id=mine))
    }


def _commits() -> dict[int, dict[str, int]]:
    """When each user's jobs to tell proxies were staged, in ms by Redis's clock; by fact."""
    from lantern_pro.jobs.keys import JOBS
    from lantern_pro.store.client import text_client
    from lantern_pro.types import Cell

    client = text_client()
    found: dict[int, dict[str, int]] = {}
    for job_id in client.zrange(JOBS.by("created", cell=Cell(0)), 0, -1):
        _, kind, *rest = job_id.split(".")
        if kind == "assign_proxies":
            created = int(client.hget(JOBS.row(job_id), "created"))
            found.setdefault(int(rest[0]), {})[".".join(rest[1:])] = created
    return found


def p99_of(values: Sequence[float]) -> float:
    """What 99 of 100 stay below."""
    return quantiles(values, n=100, method="inclusive")[98]


def tell(report: Report, spans: dict[str, list[Span]], *, seconds: float) -> None:
    """Figures, goals and a plot."""
    report.figure("purchases", len(spans[ADMISSION]))
    report.figure("purchases a second", round(len(spans[ADMISSION]) / seconds, 2), "1/s")
    report.figure("pause between two looks at the proxy", PAUSE_SECONDS * 1000, "ms")
    bars = []
    for name, both in spans.items():
        taken = [each.whole for each in both]
        figures = {"median": median(taken), "p99": p99_of(taken), "slowest": max(taken)}
        bars += [Bar(name, value, what) for what, value in figures.items()]
        behind = [each.whole - each.service for each in both]
        figures["of that until Redis told the proxy, median"] = median(e.service for e in both)
        figures["of that in the proxy, median"] = median(behind)
        figures["of that in the proxy, p99"] = p99_of(behind)
        for what, value in figures.items():
            report.figure(f"{name}, {what}", round(value, 1), "ms")
        p99 = round(p99_of(taken), 1)
        report.goal(f"{name}, p99", goal="at most 1,000 ms", value=p99, met=p99 <= GOAL_MS)
    report.plot(Bars("Until the proxy does what was decided", unit="ms", bars=bars))


def main(arguments: Sequence[str] | None = None) -> int:
    """Measure, and write the report; 1 when a goal was not met."""
    parser = parser_for(NAME, f"{__doc__}\nTakes about two minutes.")
    parser.add_argument("--purchases", type=int, default=400)
    parser.add_argument("--at-once", type=int, default=4, help="buyers at a time (default: 4)")
    told = parser.parse_args(arguments)
    report = Report(
        "From purchase to proxy, from removal to refusal",
        f"make {NAME} SEED={told.seed}",
        told.seed,
    )
    print(
        f"{NAME}: {told.purchases} purchases, about two minutes; seed {told.seed}", file=sys.stderr
    )
    with ground() as on:
        began = time.monotonic()
        bought = all_buyers(on, purchases=told.purchases, at_once=told.at_once)
        seconds = time.monotonic() - began
        spans = spans_of(bought, on.auth_token)
    report.figure("buyers at once", told.at_once)
    tell(report, spans, seconds=seconds)
    status = report.write(told.out)
    for figure in report.figures:
        print(f"{figure.name:>60}  {figure.value} {figure.unit}")
    return status


if __name__ == "__main__":
    sys.exit(main())
