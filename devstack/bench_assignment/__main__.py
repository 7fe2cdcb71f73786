"""``make bench-assignment``: assignments a second by fleets of three sizes, taking turns.

Over a Redis of its own, with 10, 1,000 and 100,000 proxies and up to 1,000,000 users, and what
Redis is blocked for while 1,000 users are moved off one proxy.
"""

import os
import sys
from argparse import Namespace
from typing import Final

from devstack.bench_assignment.ground import ground
from devstack.reports.options import parser_for
from devstack.reports.report import Report

SIZES: Final = ((10, 10_000), (1_000, 100_000), (100_000, 1_000_000))
SMALL: Final = ((3, 60), (10, 100), (40, 200))
CROWD: Final = 1_000
MINUTES: Final = 8


def main() -> int:
    """Measure, and write the report; 1 when a goal is not met."""
    options = _options()
    minutes = 1 if options.small else MINUTES
    print(f"bench-assignment, seed {options.seed}: about {minutes} minutes on two cores.")
    report = Report(
        "Assignments a second, by the size of the fleet",
        command=f"make bench-assignment SEED={options.seed}"
        + (' ARGS="--first"' if options.first else ""),
        seed=options.seed,
    )
    with ground(cells=len(SIZES)) as place:
        # Models can be read only now that the settings know the Redis.
        from devstack.bench_assignment.course import run

        run(
            report,
            place.url,
            sizes=SMALL if options.small else SIZES,
            crowd=SMALL[0][1] // 2 if options.small else CROWD,
            rounds=options.rounds,
            users=options.users,
            first=options.first,
            with_goals=not options.small,
        )
    report.figure("load average of the last five minutes, at the end", os.getloadavg()[1])
    status = report.write(options.out)
    print(f"{options.out}/report.html: {'every goal met' if status == 0 else 'a goal is missed'}")
    return status


def _options() -> Namespace:
    parser = parser_for("bench-assignment", __doc__ or "")
    parser.add_argument("--rounds", type=int, default=20, help="turns of everybody (default: 20)")
    parser.add_argument("--users", type=int, default=1_024, help="assigned in a turn")
    parser.add_argument("--small", action="store_true", help="few proxies and users; no goals")
    parser.add_argument(
        "--first",
        action="store_true",
        help="let Redis, and its client while the clock runs, go before all other processes, by\n"
        "real-time priority: takes root, and is for a machine that others use meanwhile",
    )
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
