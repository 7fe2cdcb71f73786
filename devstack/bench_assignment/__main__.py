"""``make bench-assignment``: assignments a second by fleets of three sizes, taking turns.

Over a Redis of its own, with 10, 1,000 and 100,000 proxies and up to 1,000,000 users, and what
Redis is blocked for while 1,000 users are moved off one proxy.
"""

import os
import sys
from random import Random  # noqa: TID251 - the order of turns is no secret
from typing import Final

from devstack.bench_assignment.ground import ground
from devstack.reports.options import parser_for
from devstack.reports.report import Report

SIZES: Final = ((10, 10_000), (1_000, 100_000), (100_000, 1_000_000))
SMALL: Final = ((3, 60), (10, 100), (40, 200))
CROWD: Final = 1_000
MINUTES: Final = 8


def raise_priority(nice: int) -> None:
    """Let Redis and this process go before others, or behind them."""
    from lantern_pro.store.client import text_client

    for process in (os.getpid(), int(text_client().info("server")["process_id"])):
        os.setpriority(os.PRIO_PROCESS, process, nice)


def main() -> int:
    """Measure, and write the report; 1 when a goal is not met."""
    parser = parser_for("bench-assignment", __doc__ or "")
    parser.add_argument("--rounds", type=int, default=25, help="turns of everybody (default: 25)")
    parser.add_argument("--users", type=int, default=1_024, help="assigned in a turn")
    parser.add_argument("--small", action="store_true", help="few proxies and users; no goals")
    parser.add_argument(
        "--nice",
        type=int,
        default=0,
        help="priority of Redis and of this client while measured; below 0 it takes root, and\n"
        "is for a machine that others use at the same time",
    )
    options = parser.parse_args()
    sizes = SMALL if options.small else SIZES
    minutes = 1 if options.small else MINUTES
    print(f"bench-assignment, seed {options.seed}: about {minutes} minutes on two cores.")
    report = Report(
        "Assignments a second, by the size of the fleet",
        command=f"make bench-assignment SEED={options.seed}",
        seed=options.seed,
    )
    drawn = Random(options.seed)
    with ground(cells=len(sizes)) as place:
        # Models can be read only now that the settings know the Redis.
        from devstack.bench_assignment import fleets, moving, telling, turns
        from lantern_pro.types import Cell

        sized = [fleets.Fleet(Cell(cell), fleets.Size(*size)) for cell, size in enumerate(sizes)]
        crowd = CROWD if not options.small else sizes[0][1] // 2
        for fleet in sized:
            fleets.fill(fleet, crowd=crowd, newcomers=2 * options.users, drawn=drawn)
        faults = telling.sampled_faults(sized, drawn)
        raise_priority(options.nice)
        rates = turns.measure(sized, rounds=options.rounds, users=options.users, drawn=drawn)
        moved = {fleet.name: moving.move_off(fleet, place.url) for fleet in sized}
        faults += telling.sampled_faults(sized, drawn)
        telling.tell_rates(report, rates)
        telling.tell_moves(report, moved)
        telling.tell_laws(report, faults)
        telling.tell_memory(report)
        if not options.small:
            telling.tell_goals(report, rates, moved, faults)
    report.figure("nice value of Redis and its client while measured", options.nice)
    report.figure("load average of the last five minutes, at the end", os.getloadavg()[1])
    report.note("How", *telling.HOW.strip().split("\n\n"))
    status = report.write(options.out)
    print(f"{options.out}/report.html: {'every goal met' if status == 0 else 'a goal is missed'}")
    return status


if __name__ == "__main__":
    sys.exit(main())
