"""Users who are moved: off proxies that drain, those whom a limit kept, and by rotation.

And a proxy that moves to another address, which its users are told; and one that is retired.
"""

import asyncio
import random  # noqa: TID251 - drawn again by its seed
from typing import Final

from devstack.chaos import world
from devstack.chaos import world_of_proxies as fleet
from devstack.chaos.clients.app import YEARS
from devstack.chaos.clients.facts import Claim, Facts
from devstack.chaos.plays.piece import Piece, client, mark_of
from devstack.chaos.settling import calm
from devstack.chaos.theatre import Theatre
from lantern_pro.types import UserId
from proxies.jobs import MoveStragglers, RotateLinks

MOVED_TO: Final = "192.0.2.200:443"


async def play(theatre: Theatre, chance: random.Random) -> list[Facts]:
    """Let proxies drain, with users who may be moved and one who may not yet; and links get old."""
    mark = mark_of(chance)
    drained, kept, aged = (
        client(theatre, f"{mark}-{name}", chance) for name in ("drained", "kept", "aged")
    )
    for name in ("pro-five", "pro-six"):
        await asyncio.to_thread(world.add_proxy_to_each_cell, name)
    for owner in (drained, kept):
        await owner.live(None, plan=YEARS[0], good=True)
    await calm(theatre.stage)
    left = await asyncio.to_thread(fleet.drain_a_proxy_of, UserId(drained.facts.user_id))
    await calm(theatre.stage)
    await asyncio.to_thread(fleet.let_nobody_move, UserId(kept.facts.user_id))
    left_late = await asyncio.to_thread(fleet.drain_a_proxy_of, UserId(kept.facts.user_id))
    await calm(theatre.stage)
    await asyncio.to_thread(fleet.let_anybody_move, UserId(kept.facts.user_id))
    await asyncio.to_thread(fleet.stage_everywhere, MoveStragglers, "a later hour")
    await aged.live(None, plan=YEARS[0], good=True)
    await calm(theatre.stage)
    await asyncio.to_thread(fleet.let_links_be_old, UserId(aged.facts.user_id))
    await asyncio.to_thread(fleet.stage_everywhere, RotateLinks, "a later month")
    await calm(theatre.stage)
    await asyncio.to_thread(fleet.give_another_address, UserId(aged.facts.user_id), MOVED_TO)
    await calm(theatre.stage)
    await asyncio.to_thread(fleet.retire_one_with_access, left)
    await calm(theatre.stage)
    drained.facts.claims += [
        Claim("users of a proxy that drained", lambda _: fleet.users_of(left), 0),
        Claim("its access when it is retired", lambda _: fleet.access_of(left), 0),
    ]
    kept.facts.claims.append(
        Claim("users of a proxy that drained later", lambda _: fleet.users_of(left_late), 0)
    )
    aged.facts.claims += [
        Claim("old links, but for one", lambda _: fleet.old_links_of(aged.facts.user_id)),
        Claim("a new address", lambda _: fleet.times_told(UserId(aged.facts.user_id), MOVED_TO)),
    ]
    return [each.facts for each in (drained, kept, aged)]


MOVING: Final = Piece(
    "moving",
    frozenset(
        {
            "move_stragglers",
            "move_users_off",
            "rotate_links",
            "populate_configs_of",
            "revoke_access",
        }
    ),
    play,
)
