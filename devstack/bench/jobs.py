"""``make bench-jobs``: the ledger of jobs beside Celery and dramatiq, in no-op jobs a second.

Takes turns over a Redis of its own, then repeats it with 1,000 to 1,000,000 jobs waiting. The
peers are installed into var/bench-peers first.
"""

import os
import sys
from random import Random  # noqa: TID251 - the order of turns is no secret
from typing import Final

from devstack.bench import peers_environment
from devstack.bench.depth import DEPTHS, measure_depths, tell_depths
from devstack.bench.depth import OURS as OUR_DEPTHS
from devstack.bench.depth import PEERS as DEPTHS_OF_PEERS
from devstack.bench.ground import ground
from devstack.bench.rates import OURS, PEERS, measure, tell, tell_goals
from devstack.reports.options import parser_for
from devstack.reports.report import Report

SECONDS_A_ROUND: Final = 60
SECONDS_FOR_DEPTHS: Final = 480


def main() -> int:
    """Measure, and write the report; 1 when a goal is not met."""
    parser = parser_for("bench-jobs", __doc__)
    parser.add_argument("--rounds", type=int, default=5, help="turns of everybody (default: 5)")
    parser.add_argument("--depth", type=int, default=DEPTHS[-1], help="the most jobs that wait")
    parser.add_argument("--ours", action="store_true", help="without the peers, and so no goals")
    parser.add_argument("--jobs", type=int, default=OURS[1], help="jobs of the ledger in a round")
    options = parser.parse_args()
    depths = tuple(depth for depth in DEPTHS if depth <= options.depth)
    minutes = (options.rounds * SECONDS_A_ROUND + SECONDS_FOR_DEPTHS * bool(depths)) / 60
    print(f"bench-jobs, seed {options.seed}: about {minutes:.0f} minutes on two cores.")
    if not options.ours:
        peers_environment.prepare()
    report = Report(
        "Jobs a second by one worker",
        command=f"make bench-jobs SEED={options.seed}",
        seed=options.seed,
    )
    ours = (OURS[0], options.jobs)
    turns = (ours,) if options.ours else (ours, *PEERS)
    with ground() as on:
        rates = measure(on, turns, rounds=options.rounds, drawn=Random(options.seed))
        who = (OUR_DEPTHS,) if options.ours else (OUR_DEPTHS, *DEPTHS_OF_PEERS)
        found = measure_depths(on, who, depths) if depths else {}
    if not options.ours:
        tell_goals(report, rates)
    tell(report, rates)
    if found:
        tell_depths(report, found)
    report.figure("load average of the last five minutes, at the end", os.getloadavg()[1])
    versions = ", ".join(map(" ".join, peers_environment.versions().items()))
    report.table("Who took part", ["who", "settings"], [[c.name, c.told] for c, _ in turns])
    report.note("How", *HOW.strip().split("\n\n"), f"Versions: {versions}.")
    status = report.write(options.out)
    print(f"{options.out}/report.html: {'every goal met' if status == 0 else 'a goal is missed'}")
    return status


HOW: Final = """
Everybody runs the same job, which counts itself and does nothing else, with one worker process, on
the same machine, over the same Redis, which is emptied before each turn and keeps its append-only
file with fsync every second. Queues are filled before the worker starts. The rate is taken between
two calls of the job function: the one after a tenth of all jobs, and the one after nine tenths. So
neither start nor end is part of it. In every round each has one turn, in an order drawn from the
seed.

Everybody has the same Redis client with the same parser in C. The ledger's jobs end by a script
that checks the fence; the peers acknowledge as their settings say. The queues of the peers are
made deep by copying one of their own messages.
"""


if __name__ == "__main__":
    sys.exit(main())
