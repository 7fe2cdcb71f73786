"""The rounds of a run: each has a name by which it can be played again."""

import random  # noqa: TID251 - drawn again by its seed
from collections.abc import Iterable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from devstack.chaos.faults.kinds import CLOCK_KINDS, KINDS, at_each_step
from devstack.chaos.faults.plans import Aim, NoFaults, OneFault, Plan, RandomFaults, Takeovers
from devstack.chaos.plays.piece import Piece
from devstack.chaos.plays.programme import PIECES
from devstack.chaos.rounds.outcome import Outcome
from devstack.chaos.rounds.play import crowd, play_round
from devstack.chaos.stage.place import TAKEOVER_LEASE_MS
from devstack.chaos.stage.stage import Setting
from devstack.chaos.theatre import Theatre
from devstack.chaos.wire.step import Step
from lantern_pro.jobs.registry import known_kinds

FAULTS_A_ROUND: Final = 300
TAKEOVERS_A_ROUND: Final = 3
CLOCK_STEPS_A_ROUND: Final = 12
_SHARE: Final = 0.03
_CLOCK_SHARE: Final = 0.004
TRIES: Final = 3
"""How often a round with one fault is played when its step does not come, or only one of two."""

AIM: Final = "aim"
REHEARSAL: Final = "rehearsal"
RANDOM: Final = "random"
TAKEOVER: Final = "takeover"
CLOCKS: Final = "clocks"

SETTINGS: Final = {
    TAKEOVER: Setting(lease_ms=TAKEOVER_LEASE_MS),
    CLOCKS: Setting(with_clocks=True),
}
"""The setting of each sort of round that needs one of its own."""


def setting_of(name: str) -> Setting:
    """The setting in which the round of this name plays."""
    return SETTINGS.get(name.split(" ", maxsplit=1)[0], Setting())


async def play(theatre: Theatre, name: str, seed: int) -> Outcome:
    """Play the round of this name: ``random 12``, ``clocks 1``, ``aim <play> <where>``.

    A shorter random round is ``random 12 of 60``: its faults are the first 60 of ``random 12``.
    """
    sort, _, which = name.partition(" ")
    if sort == AIM:
        return await _aimed(theatre, which, name, seed)
    drawn = f"{seed}|{name}"
    plan: RandomFaults | Takeovers
    match sort:
        case "takeover":
            plan = Takeovers(drawn, most=TAKEOVERS_A_ROUND, all_well=theatre.stage.workers_are_well)
        case "clocks":
            plan = RandomFaults(
                drawn, share=_CLOCK_SHARE, most=CLOCK_STEPS_A_ROUND, kinds=CLOCK_KINDS
            )
        case _:
            whole, _, shorter = name.partition(" of ")
            drawn, most = f"{seed}|{whole}", int(shorter or FAULTS_A_ROUND)
            plan = RandomFaults(drawn, share=_SHARE, most=most, kinds=KINDS)
    return await play_round(
        theatre, crowd(plan), plan, replay=name, seed=drawn, with_pro_proxies=True
    )


@dataclass(frozen=True, slots=True)
class Rehearsal:
    """A short play without faults: how it went, the steps that are struck in it, and in which acts.

    What no act tells apart is struck at its first time.
    """

    piece: Piece
    outcome: Outcome
    steps: list[Step]
    acts: Mapping[str, list[str]]

    def acts_of(self, step: Step) -> list[str]:
        """The acts in which a step is struck: each, if it is of the play's own jobs or Stripe's."""
        is_own = step.kind in self.piece.brings or step.target == "stripe"
        return self.acts[step.name] if is_own else [""]


async def rehearse(theatre: Theatre) -> list[Rehearsal]:
    """Play every short play without faults, and say in which of them each step is struck."""
    seen: dict[str, dict[str, Step]] = {}
    acts: dict[str, dict[str, list[str]]] = {}
    outcomes: dict[str, Outcome] = {}
    for piece in PIECES.values():
        plan, name = NoFaults(), f"{REHEARSAL} {piece.name}"
        outcomes[piece.name] = await _short_play(theatre, piece, plan, name, name)
        seen[piece.name], acts[piece.name] = plan.seen, plan.acts
    places = places_of(seen, acts)
    return [
        Rehearsal(
            piece,
            outcomes[piece.name],
            [
                step
                for name, step in seen[piece.name].items()
                if places[name] == piece.name or name in piece.also
            ],
            acts[piece.name],
        )
        for piece in PIECES.values()
    ]


def places_of(
    seen: Mapping[str, Mapping[str, Step]], acts: Mapping[str, Mapping[str, list[str]]]
) -> dict[str, str]:
    """The play in which each step is struck: the one that brings its kind of job, or the first.

    What the clock stages comes by chance in any play. So calls to Stripe, which name no kind, are
    struck in the first play that has them in acts of its own.
    """
    places: dict[str, tuple[int, str]] = {}
    for title, steps in seen.items():
        for name, step in steps.items():
            has_acts = step.target == "stripe" and any(acts[title][name])
            claim = 2 if step.kind in PIECES[title].brings else int(has_acts)
            if name not in places or claim > places[name][0]:
                places[name] = (claim, title)
    return {name: title for name, (_, title) in places.items()}


def every_aim(rehearsals: Iterable[Rehearsal], seed: int) -> list[str]:
    """The rounds of each fault at each step, in an order that the seed draws."""
    rounds = [
        f"{AIM} {each.piece.name} {Aim(step.name, 1, kind.name, act)}"
        for each in rehearsals
        for step in each.steps
        for act in each.acts_of(step)
        for kind in at_each_step(step)
    ]
    rounds.sort()
    random.Random(seed).shuffle(rounds)
    return rounds


def kinds_but(seen: AbstractSet[str]) -> list[str]:
    """The kinds of job beside these."""
    return [kind for kind in known_kinds() if kind not in seen]


def is_every_play(names: Iterable[str]) -> bool:
    """Whether each short play is in one of these rounds."""
    return set(PIECES) <= {name.split(" ")[1] for name in names if name.startswith(f"{AIM} ")}


async def _aimed(theatre: Theatre, which: str, name: str, seed: int) -> Outcome:
    title, _, where = which.partition(" ")
    if title not in PIECES:
        message = f"there is no play {title!r}; there are {', '.join(PIECES)}"
        raise ValueError(message)
    aim = Aim.read(where)
    for tried in range(1, TRIES + 1):
        plan = OneFault(aim, seed)
        outcome = await _short_play(theatre, PIECES[title], plan, name, f"{seed}|{name}")
        if outcome.faults or outcome.troubles or tried == TRIES:
            break
    return outcome


async def _short_play(theatre: Theatre, piece: Piece, plan: Plan, name: str, seed: str) -> Outcome:
    return await play_round(
        theatre,
        piece.play,
        plan,
        replay=name,
        seed=seed,
        with_pro_proxies=piece.with_pro_proxies,
    )
