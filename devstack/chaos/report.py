"""The report of a run: what struck, what was counted, and which goals were met."""

import os
from collections import Counter
from typing import Final

from devstack.chaos.faults.kinds import ALL, CLOCK_KINDS
from devstack.chaos.rounds.repertoire import AIM, CLOCKS, TAKEOVER
from devstack.chaos.run import MOST_ROUNDS_ASIDE, replay_command
from devstack.chaos.score import Score, spread
from devstack.chaos.stage.clocks import library
from devstack.chaos.stage.place import INDEX_SECONDS, LEASE_MS, TAKEOVER_LEASE_MS
from devstack.chaos.witness import Takeover
from devstack.reports.drawing import Axis
from devstack.reports.plots import Bar, Bars, Histogram, Lines
from devstack.reports.report import Report

LEASE_SECONDS: Final = TAKEOVER_LEASE_MS / 1000
NOTICED_SECONDS: Final = 30.0
THE_FULL_NUMBER: Final = 100_000
_PLACES: Final = 30
_TROUBLES: Final = 50


def tell(report: Report, score: Score) -> None:
    """Put everything that a run found into its report."""
    _tell_goals(report, score)
    _tell_figures(report, score)
    _tell_faults(report, score)
    _tell_takeovers(report, score)
    _tell_mails(report, score)
    if score.failed:
        rows = [
            (replay_command(outcome.replay, report.seed), trouble)
            for outcome in score.failed
            for trouble in outcome.troubles
        ]
        report.table("What was not right", ["again by", "what"], rows[:_TROUBLES])


def _tell_goals(report: Report, score: Score) -> None:
    outcomes = score.outcomes
    outside = sum(not mail.excused for each in outcomes for mail in each.tally.doubled_mails)
    counted = {
        "effects and jobs lost": score.total("lost") + sum(len(o.settled.stuck) for o in outcomes),
        "jobs given up": sum(len(each.settled.dead) for each in outcomes),
        "own effects doubled": score.total("doubled"),
        "Stripe charges doubled": score.total("doubled_charges"),
        "mails doubled outside the window": outside,
        "commits accepted from a worker that had lost the job": sum(
            len(each.breaches) for each in outcomes
        ),
        "laws broken": sum(len(each.laws) for each in outcomes),
        "answers that no client should get": score.total("surprises"),
    }
    for name, value in counted.items():
        report.goal(name, goal="0", value=value, met=value == 0)
    if score.not_struck is not None:
        report.goal(
            "kinds of job that no short play brings about",
            goal="none",
            value=", ".join(score.not_struck) or "none",
            met=not score.not_struck,
        )
    for fall, goal in (("killed", 2 * LEASE_SECONDS), ("stopped", NOTICED_SECONDS)):
        seconds = _seconds(score.drilled, fall)
        if seconds:
            report.goal(
                f"until the jobs of a worker that was {fall} run again, at most",
                goal=f"at most {goal:g} s",
                value=f"{max(seconds):.2f} s",
                met=max(seconds) <= goal,
            )


def _tell_figures(report: Report, score: Score) -> None:
    report.figure("faults", score.faults)
    report.figure("rounds with one fault, aimed at one step", len(score.aimed))
    report.figure("such rounds in which that step did not come", len(score.missed_aims))
    report.figure("rounds", len(score.outcomes))
    report.figure("the whole run took", score.pace[-1][0] / 60, "min")
    report.figure("faults a second where they are drawn", score.drawn_rate, "1/s")
    if score.aimed and score.drawn_rate:
        report.figure("100,000 faults would take about", _full_minutes(score), "min")
    for name in ("users", "paid", "declined", "effects"):
        report.figure(f"counted: {name}", score.total(name))
    report.figure("commits with a fence that were accepted", score.commits)
    report.figure("mails doubled within the window", score.total("doubled_mails"))
    report.figure("lease", LEASE_MS / 1000, "s")
    report.figure("lease where takeovers are timed", LEASE_SECONDS, "s")
    settled = [outcome.settled.seconds for outcome in score.outcomes]
    report.figure("load average of the last five minutes, at the end", os.getloadavg()[1])
    report.figure("until a round has settled: median", spread(settled)[0], "s")
    report.figure("until a round has settled: largest", spread(settled)[2], "s")
    report.plot(
        Lines(
            "Faults over time",
            Axis("minutes"),
            Axis("faults"),
            {"faults": [(seconds / 60, count) for seconds, count in _thinned(score.pace)]},
        )
    )


def _full_minutes(score: Score) -> float:
    """What the full number would take, by what each sort of round took here."""
    aside = sum(
        score.seconds_of(sort) / score.rounds_of(sort) * MOST_ROUNDS_ASIDE
        for sort in (TAKEOVER, CLOCKS)
        if score.rounds_of(sort)
    )
    drawn = (THE_FULL_NUMBER - len(score.aimed)) / score.drawn_rate
    return (score.seconds_of(AIM) + aside + drawn) / 60


def _tell_faults(report: Report, score: Score) -> None:
    kinds = [kind for kind in ALL.values() if score.by_kind[kind.name]]
    rows = [(kind.name, kind.what, score.by_kind[kind.name]) for kind in kinds]
    bars = [Bar(kind.name, float(score.by_kind[kind.name])) for kind in kinds]
    report.plot(Bars("Faults by kind", "faults, logarithmic", bars, logarithmic=True))
    report.table("The mix", ["kind", "what it is", "how often"], rows)
    places = [Bar(name, float(count)) for name, count in score.by_place.most_common(_PLACES)]
    report.plot(Bars("Where they struck most", "faults", places))
    missing = [kind.name for kind in CLOCK_KINDS if not score.by_kind[kind.name]]
    if missing:
        why = "too few faults were asked for" if library() else "libfaketime is not installed"
        report.note("Left out", f"{', '.join(missing)}: {why}.")


def _tell_takeovers(report: Report, score: Score) -> None:
    for fall in ("killed", "stopped"):
        seconds = _seconds(score.drilled, fall)
        if not seconds:
            continue
        for name, value in zip(("median", "p99", "largest"), spread(seconds), strict=True):
            report.figure(f"jobs of a worker that was {fall} run again after: {name}", value, "s")
        report.figure(f"jobs taken over from a worker that was {fall}", len(seconds))
        axis = Axis(f"seconds (the lease is {LEASE_SECONDS:g} s)")
        report.plot(
            Histogram(f"Until the jobs of a worker that was {fall} run again", axis, seconds)
        )
    report.note(
        "How the takeovers were measured",
        "In rounds of their own, in which one of two workers is killed or stopped while it holds "
        "jobs and the other is well: from the signal until the script that leases jobs hands "
        f"the job out again. In all rounds together, often with the other worker down too, "
        f"{len(score.takeovers):,} jobs were taken over.",
    )


def _tell_mails(report: Report, score: Score) -> None:
    why = Counter(
        mail.excused or "outside the window"
        for outcome in score.outcomes
        for mail in outcome.tally.doubled_mails
    )
    if why:
        bars = [Bar(name, float(count)) for name, count in why.items()]
        report.plot(Bars("Mails doubled, by why", "mails", bars))
    report.note(
        "The window in which a mail may double",
        f"Mandrill finds a mail {INDEX_SECONDS:g} s after it was taken, here. Whoever looked "
        "before that cannot know of it, and sends it again: because the first sender had just "
        "died, or because a sender stood still between its last look and its call.",
    )


def _seconds(takeovers: list[Takeover], fall: str) -> list[float]:
    return [takeover.seconds for takeover in takeovers if takeover.fall == fall]


def _thinned(pace: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """At most about sixty dots."""
    step = max(len(pace) // 60, 1)
    return [*pace[::step], pace[-1]]
