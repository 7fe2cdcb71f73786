"""The rounds of a run: each has a name by which it can be played again."""

import random  # noqa: TID251 - drawn again by its seed
from collections.abc import Iterable
from typing import Final

from devstack.chaos.faults.kinds import CLOCK_KINDS, KINDS, at_each_step
from devstack.chaos.faults.plans import Aim, NoFaults, OneFault, RandomFaults, Takeovers
from devstack.chaos.rounds.outcome import Outcome
from devstack.chaos.rounds.play import crowd, every_kind, play_round
from devstack.chaos.stage.place import TAKEOVER_LEASE_MS
from devstack.chaos.stage.stage import Setting
from devstack.chaos.theatre import Theatre
from devstack.chaos.wire.step import Step

FAULTS_A_ROUND: Final = 300
TAKEOVERS_A_ROUND: Final = 3
CLOCK_STEPS_A_ROUND: Final = 12
_SHARE: Final = 0.03
_CLOCK_SHARE: Final = 0.004
TRIES: Final = 3
"""How often a round with one fault is played when its step does not come, or only one of two."""

AIM: Final = "aim"
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
    """Play the round of this name: ``random 12``, ``takeover 0``, ``clocks 1``, ``aim <where>``."""
    sort, _, which = name.partition(" ")
    if sort == AIM:
        return await _aimed(theatre, Aim.read(which), name, seed)
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
            plan = RandomFaults(drawn, share=_SHARE, most=FAULTS_A_ROUND, kinds=KINDS)
    return await play_round(
        theatre, crowd(plan), plan, replay=name, seed=drawn, with_pro_proxies=True
    )


async def rehearse(theatre: Theatre) -> tuple[Outcome, list[Step]]:
    """Play every kind of job without faults; the steps that there were."""
    plan = NoFaults()
    outcome = await play_round(
        theatre, every_kind, plan, replay="rehearsal", seed="rehearsal", with_pro_proxies=False
    )
    return outcome, list(plan.seen.values())


def every_aim(steps: Iterable[Step], seed: int) -> list[Aim]:
    """Each fault at each step, in an order that the seed draws."""
    aims = [Aim(step.name, 1, kind.name) for step in steps for kind in at_each_step(step)]
    aims.sort(key=str)
    random.Random(seed).shuffle(aims)
    return aims


async def _aimed(theatre: Theatre, aim: Aim, name: str, seed: int) -> Outcome:
    for tried in range(1, TRIES + 1):
        outcome = await play_round(
            theatre,
            every_kind,
            OneFault(aim, seed),
            replay=name,
            seed=f"{seed}|{name}",
            with_pro_proxies=False,
        )
        if outcome.faults or outcome.troubles or tried == TRIES:
            break
    return outcome
