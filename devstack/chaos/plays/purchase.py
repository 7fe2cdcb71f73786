"""Signing up, inviting and paying, and the proxies that are not there at first."""

import asyncio
import random  # noqa: TID251 - drawn again by its seed
from typing import Final

from devstack.chaos import world
from devstack.chaos.clients.app import MONTH, YEARS
from devstack.chaos.clients.facts import Facts
from devstack.chaos.patience import patiently
from devstack.chaos.plays.piece import Piece, client, client_in, mark_of
from devstack.chaos.settling import calm
from devstack.chaos.theatre import Theatre
from lantern_pro.store.keys import cell_of
from lantern_pro.types import UserId


async def play(theatre: Theatre, chance: random.Random) -> list[Facts]:
    """Let everything happen that sign-up, invitation, purchase and assignment bring.

    Somebody pays while there are no Pro proxies, and waits; an operator adds some; and somebody
    else invites friends, one of them in the other cell, who pay.
    """
    mark = mark_of(chance)
    early, host = (client(theatre, f"{mark}-{name}", chance) for name in ("early", "host"))
    await asyncio.gather(early.live(None, plan=MONTH), host.sign_up())
    await calm(theatre.stage)
    for name in ("pro-one", "pro-two"):
        await patiently(world.add_proxy_to_each_cell, name)
    cell = cell_of(UserId(host.facts.user_id))
    far = await client_in(theatre, f"{mark}-far", chance, there=lambda it: it != cell)
    guests = (far, client(theatre, f"{mark}-guest", chance))
    lives = [guest.live(host.facts, plan=plan) for guest, plan in zip(guests, YEARS, strict=True)]
    await asyncio.gather(*lives)
    return [each.facts for each in (early, host, *guests)]


PURCHASE: Final = Piece(
    "purchase",
    frozenset(
        {
            "assign_proxies",
            "credit_inviter",
            "forward_job",
            "handle_stripe_event",
            "note_invitee",
            "populate_free_table",
            "populate_user_config",
            "publish_cards",
            "reward_inviter",
            "send_receipt",
            "serve_waiting_users",
            "sync_address",
        }
    ),
    play,
    with_pro_proxies=False,
)
