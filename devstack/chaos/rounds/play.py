"""Playing a round: what clients and operators do, and what comes of it."""

import asyncio
import random  # noqa: TID251 - drawn again by its seed
import time
from typing import Final

from devstack.chaos import world
from devstack.chaos.clients.facts import Facts
from devstack.chaos.faults.plans import Plan, RandomFaults, Takeovers
from devstack.chaos.patience import patiently
from devstack.chaos.plays.piece import Play, client, mark_of
from devstack.chaos.rounds.outcome import Outcome, conclude
from devstack.chaos.theatre import Theatre

AT_ONCE: Final = 12
_INVITED: Final = 0.6
_MOST_LIVES: Final = 400


async def play_round(
    theatre: Theatre, play: Play, plan: Plan, *, replay: str, seed: str, with_pro_proxies: bool
) -> Outcome:
    """Play one round under a plan, on an empty store; what clients do is drawn from the seed."""
    began = time.monotonic()
    await patiently(world.begin, with_pro_proxies=with_pro_proxies)
    await patiently(theatre.at_stripe.forget)
    theatre.vendors.begin()
    theatre.witness.begin()
    score, breaches = theatre.umpire.score, len(theatre.witness.breaches)
    theatre.umpire.plan, theatre.umpire.act = plan, ""
    stories = await play(theatre, random.Random(seed))
    tally, settled, laws = await conclude(theatre, stories)
    return Outcome(
        replay=replay,
        tally=tally,
        settled=settled,
        faults=theatre.umpire.score - score,
        seconds=time.monotonic() - began,
        laws=laws,
        breaches=theatre.witness.breaches[breaches:],
    )


def crowd(plan: RandomFaults | Takeovers) -> Play:
    """Many clients at once, until the plan has struck as often as it was to."""

    async def play(theatre: Theatre, chance: random.Random) -> list[Facts]:
        mark = mark_of(chance)
        chances = [random.Random(chance.getrandbits(64)) for _ in range(_MOST_LIVES)]
        stories: list[Facts] = []

        async def one_after_the_other() -> None:
            while plan.left > 0 and len(stories) < _MOST_LIVES:
                number = len(stories)
                own = chances[number]
                known = [story for story in stories if story.code]
                inviter = own.choice(known) if known and own.random() < _INVITED else None
                somebody = client(theatre, f"{mark}-{number}", own)
                stories.append(somebody.facts)
                await somebody.live(inviter)

        await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
        plan.left = 0
        return stories

    return play
