"""What the report says."""

from collections.abc import Mapping, Sequence
from random import Random  # noqa: TID251 - a sample is no secret
from statistics import median, quantiles
from typing import Final

from devstack.bench_assignment.fleets import Fleet
from devstack.bench_assignment.moving import Moved
from devstack.bench_assignment.turns import DEPTH, EMPTY, Rates
from devstack.reports.plots import Bar, Bars
from devstack.reports.report import Report
from lantern_pro.store.client import text_client
from proxies.laws import faults_of

SLOWEST_OVER_FASTEST: Final = 0.87
LONGEST_BLOCK_MS: Final = 2.0
SAMPLE: Final = 200


def sampled_faults(fleets: Sequence[Fleet], drawn: Random) -> list[str]:
    """What the laws say of a sample of each fleet, its crowded proxy included."""
    found = []
    for fleet in fleets:
        proxies = drawn.sample(fleet.proxies, min(SAMPLE, len(fleet.proxies)))
        users = drawn.sample(fleet.users, min(SAMPLE, len(fleet.users)))
        found += faults_of(fleet.cell, [*proxies, fleet.crowded], users)
    return found


def tell_rates(report: Report, rates: Mapping[str, Rates]) -> None:
    """Assignments a second, and what Redis spent on one."""
    sizes = {name: each for name, each in rates.items() if name != EMPTY}
    nothing = median(rates[EMPTY].a_second)
    medians = {name: median(each.a_second) for name, each in sizes.items()}
    report.plot(Bars("Assignments a second", "1/s", [Bar(*each) for each in medians.items()]))
    report.table(
        "Medians of the turns",
        (
            "fleet",
            "assignments, 1/s",
            "slowest turn",
            "fastest turn",
            "Redis's time of one, us",
            "of the empty script's rate, %",
        ),
        [
            [
                name,
                medians[name],
                min(each.a_second),
                max(each.a_second),
                median(each.redis_us),
                100 * medians[name] / nothing,
            ]
            for name, each in sizes.items()
        ],
    )
    report.figure(f"calls of {EMPTY}", nothing, "1/s")
    for name, each in sizes.items():
        report.figure(f"assignments, {name}", medians[name], "1/s")
        report.figure(f"Redis's time of an assignment, {name}", median(each.redis_us), "us")
        report.figure(f"looked at again, {name}", each.again)
    report.figure("slowest fleet over fastest", _slowest_over_fastest(rates))


def tell_moves(report: Report, moved: Mapping[str, Moved]) -> None:
    """How long it took to move users off a proxy, and what others waited."""
    report.table(
        "Moving users off one proxy",
        (
            "fleet",
            "users moved",
            "a second",
            "longest block, ms",
            "99 % of blocks below, ms",
            "a ping, 99 %, ms",
            "and with nothing going on, ms",
            "longest ping, ms",
        ),
        [
            [
                name,
                each.users,
                each.users / each.seconds,
                each.longest_block_ms,
                _ninety_nine(each.blocks_us) / 1000,
                _ninety_nine(each.waits_ms),
                _ninety_nine(each.idle_waits_ms),
                max(each.waits_ms),
            ]
            for name, each in moved.items()
        ],
    )
    for name, each in moved.items():
        report.figure(f"users moved, {name}", each.users)
        report.figure(f"users who stayed, {name}", each.stayed)
        report.figure(f"users moved a second, {name}", each.users / each.seconds, "1/s")
        report.figure(f"longest block while moving, {name}", each.longest_block_ms, "ms")


def tell_laws(report: Report, faults: Sequence[str]) -> None:
    """What the laws found."""
    report.figure("breaches of the laws in the samples", len(faults))
    if faults:
        report.note("Breaches", *faults[:20])


def tell_memory(report: Report) -> None:
    """What it all takes in Redis."""
    used = text_client().info("memory")["used_memory"]
    report.figure("memory of Redis at the end", round(used / 1024**2), "MiB")


def tell_goals(
    report: Report,
    rates: Mapping[str, Rates],
    moved: Mapping[str, Moved],
    faults: Sequence[str],
) -> None:
    """What was to be reached."""
    ratio = _slowest_over_fastest(rates)
    report.goal(
        "assignments a second, slowest fleet over fastest",
        goal=f"at least {SLOWEST_OVER_FASTEST}",
        value=ratio,
        met=ratio >= SLOWEST_OVER_FASTEST,
    )
    longest = max(each.longest_block_ms for each in moved.values())
    report.goal(
        "longest block while 1,000 users are moved, ms",
        goal=f"at most {LONGEST_BLOCK_MS}",
        value=longest,
        met=longest <= LONGEST_BLOCK_MS,
    )
    report.goal("breaches of the laws", goal="none", value=len(faults), met=not faults)


def _slowest_over_fastest(rates: Mapping[str, Rates]) -> float:
    medians = [median(each.a_second) for name, each in rates.items() if name != EMPTY]
    return min(medians) / max(medians)


def _ninety_nine(values: Sequence[float]) -> float:
    return quantiles(values, n=100)[98]


HOW: Final = f"""
Each fleet lives in a cell of one and the same Redis, which keeps its append-only file with fsync
every second. Proxies are added by the script that adds them; the links of the users who are there
from the start are written in bulk, in the form in which the scripts write them, and the laws are
held against a sample of each fleet before and after. A tenth of the proxies is blocked in one
country; a quarter of the users tell no country.

In each round each fleet, and a script that does nothing, has one turn, in an order drawn from the
seed. A turn assigns two proxies each to new Pro users, by the two scripts that the service calls:
the search, and the assignment, which writes both sides of the links, loads, indexes, admissions and
streams, and stages the job that makes the configuration. {DEPTH} calls are on their way at once, on
one connection. The clock runs from the first byte sent to the last answer read: commands are packed
and answers understood while it stands, because that is this client's time and none of Redis's. No
job's fence is checked, as none calls. After each turn the users are taken off again, so that
every turn finds the same fleet.

The empty script is called two times for each assignment, through the same connection, because
redis-benchmark is not where the embedded Redis comes from.

Where the report says that it went before other processes, Redis had real-time priority while it was
measured, and its client while its clock ran. That is for a machine that others use: without it the
figures say how long the scheduler let Redis stand.

Moving drains a proxy that has 1,000 users and runs its job as a worker does. The blocks are what
Redis's own SLOWLOG says of every single command meanwhile, in microseconds. A second process pings
all the while; what it waits is also what two cores make it wait, as the column beside shows.
"""
