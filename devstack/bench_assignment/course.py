"""From empty cells to a report."""

import os
from collections.abc import Sequence
from random import Random  # noqa: TID251 - the order of turns is no secret

from devstack.bench_assignment import telling
from devstack.bench_assignment.fleets import Fleet, Size, fill
from devstack.bench_assignment.moving import move_off
from devstack.bench_assignment.turns import go_first, measure
from devstack.reports.report import Report
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell


def run(  # noqa: PLR0913 - what the options say
    report: Report,
    url: str,
    *,
    sizes: Sequence[tuple[int, int]],
    crowd: int,
    rounds: int,
    users: int,
    first: bool,
    with_goals: bool,
) -> None:
    """Fill the fleets, let them take turns, move users, and tell what was measured."""
    drawn = Random(report.seed)
    fleets = [Fleet(Cell(cell), Size(*size)) for cell, size in enumerate(sizes)]
    for fleet in fleets:
        fill(fleet, crowd=crowd, newcomers=2 * users, drawn=drawn)
    faults = telling.sampled_faults(fleets, drawn)
    if first:
        go_first(int(text_client().info("server")["process_id"]))
    rates = measure(fleets, rounds=rounds, users=users, drawn=drawn, first=first)
    moved = {fleet.name: move_off(fleet, url) for fleet in fleets}
    faults += telling.sampled_faults(fleets, drawn)
    telling.tell_rates(report, rates)
    telling.tell_moves(report, moved)
    telling.tell_laws(report, faults)
    telling.tell_memory(report)
    if with_goals:
        telling.tell_goals(report, rates, moved, faults)
    report.figure("went before other processes", "yes" if first else "no")
    report.figure("processors", os.cpu_count() or 0)
    report.note("How", *telling.HOW.strip().split("\n\n"))
