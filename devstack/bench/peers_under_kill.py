"""``make bench-peers-faults``: what kill -9 of the worker costs, here and elsewhere.

So many jobs with an effect halfway, one at a time, while the worker and all its children are
killed at moments that are drawn from the seed, the same for everybody; then a wait for the rest.
The peers are installed into var/bench-peers first.
"""

import sys
from collections.abc import Mapping
from random import Random  # noqa: TID251 - the moments of kills are no secrets
from typing import Final

from devstack.bench import peers_environment
from devstack.bench.contestants import Contestant
from devstack.bench.ground import ground
from devstack.bench.killed import CONTESTANTS
from devstack.bench.killing import JOB_SECONDS, Outcome, Plan, run_and_kill
from devstack.reports.options import parser_for
from devstack.reports.parts import Cell
from devstack.reports.plots import Bar, Bars
from devstack.reports.progress import Progress
from devstack.reports.report import Report

EFFECTS: Final = ("plain", "keyed")
SECONDS_A_RUN: Final = 55

Outcomes = Mapping[tuple[Contestant, str], Outcome]


def main() -> int:
    """Run everybody, and write the report; 1 when the ledger lost or doubled an effect."""
    parser = parser_for("peers-under-kill", __doc__)
    parser.add_argument("--jobs", type=int, default=200)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--patience", type=float, default=90.0, help="seconds after the last kill")
    parser.add_argument("--ours", action="store_true", help="without the peers")
    options = parser.parse_args()
    who = [each for each in CONTESTANTS if each.system.is_ours or not options.ours]
    runs = [(contestant, effect) for contestant in who for effect in EFFECTS]
    minutes = len(runs) * SECONDS_A_RUN / 60
    print(f"peers-under-kill, seed {options.seed}: about {minutes:.0f} minutes.")
    if not options.ours:
        peers_environment.prepare()
    plan = Plan.drawn(
        Random(options.seed), jobs=options.jobs, kills=options.kills, patience=options.patience
    )
    report = Report(
        "Jobs under kill -9, here and elsewhere",
        command=f"make bench-peers-faults SEED={options.seed}",
        seed=options.seed,
    )
    outcomes: dict[tuple[Contestant, str], Outcome] = {}
    with ground() as on, Progress("kills", len(runs)) as progress:
        for contestant, effect in runs:
            outcomes[contestant, effect] = run_and_kill(on, contestant, plan, effect=effect)
            progress.step(f"{contestant.name}, {effect} effect")
    tell(report, outcomes, plan)
    status = report.write(options.out)
    print(f"{options.out}/report.html: {'every goal met' if status == 0 else 'a goal is missed'}")
    return status


def tell(report: Report, outcomes: Outcomes, plan: Plan) -> None:
    """The table, goals for the ledger, plots, and what was done."""
    for (contestant, effect), outcome in outcomes.items():
        if contestant.system.is_ours:
            for what, value in (("lost", outcome.lost), ("run twice", outcome.twice)):
                report.goal(
                    f"{what}: {contestant.name}, {effect} effect",
                    goal="0",
                    value=value,
                    met=value == 0,
                )
    for effect in EFFECTS:
        report.table(TITLES[effect], COLUMNS, rows(outcomes, effect))
    plain = {who.name: each for (who, effect), each in outcomes.items() if effect == "plain"}
    bars = [Bar(name, outcome.lost, "lost") for name, outcome in plain.items()]
    bars += [Bar(name, outcome.twice, "effect twice") for name, outcome in plain.items()]
    report.plot(Bars(f"Of {plan.jobs} jobs, with the plain effect", "jobs", bars))
    for (contestant, effect), outcome in outcomes.items():
        report.figure(f"lost, {effect}, {contestant.name}", outcome.lost)
        report.figure(f"effect twice, {effect}, {contestant.name}", outcome.twice)
    report.table(
        "Who took part", ["who", "settings"], [[who.name, who.told] for who, _ in outcomes][::2]
    )
    versions = ", ".join(map(" ".join, peers_environment.versions().items()))
    how = HOW.format(
        jobs=plan.jobs,
        kills=len(plan.kills),
        ms=round(JOB_SECONDS * 1000),
        patience=plan.patience,
        moments=", ".join(f"{count} (+{pause * 1000:.0f} ms)" for count, pause in plan.kills),
    )
    report.note("How", *how.strip().split("\n\n"), f"Versions: {versions}.")


def rows(outcomes: Outcomes, effect: str) -> list[list[Cell]]:
    """One row a contestant."""
    return [
        [
            contestant.name,
            outcome.kills,
            outcome.lost,
            outcome.held,
            outcome.twice,
            outcome.begun_again,
            "not in time" if outcome.recovery is None else outcome.recovery,
        ]
        for (contestant, its_effect), outcome in outcomes.items()
        if its_effect == effect
    ]


COLUMNS: Final = (
    "who",
    "kills",
    "lost",
    "still held",
    "effect twice",
    "begun again",
    "recovery, s",
)
TITLES: Final = {
    "plain": "With a plain effect: it happens whenever the job reaches it",
    "keyed": "With an effect keyed by the job: it asks whether it has happened",
}
HOW: Final = """
{jobs} jobs of {ms} ms each, one at a time by one worker: half of the time, then the effect, then
the other half. The effect is one Lua script in Redis, the same for all: it adds one under the
job's name ("plain"), or does so only if nothing is there yet ("keyed"). For the ledger it is part
of the script that marks the job done, by the fence.

The worker and all of its children are killed with SIGKILL {kills} times and started again at once:
when so many jobs had their effect, and a part of a job's time later: {moments}. The moments are
the same for everybody.

Then the rest is awaited, for {patience:g} s after the last kill. "Lost" is who has no effect by
then; "still held" says how many jobs the system still has in its keys: they may come back later.
"Begun again" counts jobs that were started more than once. "Recovery" is from the last kill until
every job had its effect.
"""


if __name__ == "__main__":
    sys.exit(main())
