"""Playing a round: what clients and operators do, and what comes of it."""

import asyncio
import random  # noqa: TID251 - drawn again by its seed
import time
from collections.abc import Awaitable, Callable
from typing import Final

from devstack.chaos import world
from devstack.chaos.clients.app import MONTH, YEARS, App
from devstack.chaos.clients.facts import Facts
from devstack.chaos.faults.plans import Plan, RandomFaults, Takeovers
from devstack.chaos.rounds.outcome import Outcome, conclude
from devstack.chaos.settling import calm
from devstack.chaos.theatre import Theatre

AT_ONCE: Final = 12
_INVITED: Final = 0.6
_MOST_LIVES: Final = 400

Play = Callable[[Theatre, random.Random], Awaitable[list[Facts]]]


async def play_round(
    theatre: Theatre, play: Play, plan: Plan, *, replay: str, seed: str, with_pro_proxies: bool
) -> Outcome:
    """Play one round under a plan, on an empty store; what clients do is drawn from the seed."""
    began = time.monotonic()
    await asyncio.to_thread(world.begin, with_pro_proxies=with_pro_proxies)
    theatre.vendors.begin()
    theatre.witness.begin()
    score, breaches = theatre.umpire.score, len(theatre.witness.breaches)
    theatre.umpire.plan = plan
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


async def every_kind(theatre: Theatre, chance: random.Random) -> list[Facts]:
    """A short play in which every kind of job has its part that sign-up and purchase bring.

    Somebody pays while there are no Pro proxies, and waits; an operator adds some; somebody else
    invites a friend, who pays; and somebody's time is over. Each act begins when all jobs of the
    one before have run: so the first time of a step is always on behalf of the same client.
    """
    mark = f"{chance.getrandbits(32):08x}"
    early, host = (_client(theatre, f"{mark}-{name}", chance) for name in ("early", "host"))
    await asyncio.gather(early.live(None, plan=MONTH), host.sign_up())
    await calm(theatre.stage)
    await asyncio.to_thread(world.one_whose_time_is_over, f"{mark}-over")
    await calm(theatre.stage)
    for name in ("pro-one", "pro-two"):
        await asyncio.to_thread(world.add_proxy_to_each_cell, name)
    guests = [_client(theatre, f"{mark}-guest-{number}", chance) for number in range(2)]
    lives = [guest.live(host.facts, plan=plan) for guest, plan in zip(guests, YEARS, strict=True)]
    await asyncio.gather(*lives)
    return [each.facts for each in (early, host, *guests)]


def crowd(plan: RandomFaults | Takeovers) -> Play:
    """Many clients at once, until the plan has struck as often as it was to."""

    async def play(theatre: Theatre, chance: random.Random) -> list[Facts]:
        mark = f"{chance.getrandbits(32):08x}"
        chances = [random.Random(chance.getrandbits(64)) for _ in range(_MOST_LIVES)]
        stories: list[Facts] = []

        async def one_after_the_other() -> None:
            while plan.left > 0 and len(stories) < _MOST_LIVES:
                number = len(stories)
                own = chances[number]
                known = [story for story in stories if story.code]
                inviter = own.choice(known) if known and own.random() < _INVITED else None
                client = _client(theatre, f"{mark}-{number}", own)
                stories.append(client.facts)
                await client.live(inviter)

        await asyncio.gather(*(one_after_the_other() for _ in range(AT_ONCE)))
        plan.left = 0
        return stories

    return play


def _client(theatre: Theatre, device_id: str, chance: random.Random) -> App:
    own = random.Random(chance.getrandbits(64))
    return App(Facts(device_id), theatre.gateways, own)
