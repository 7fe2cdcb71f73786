"""Redeeming a reseller's code: one has it, in another cell than the code's, and another has not."""

import asyncio
import random  # noqa: TID251 - drawn again by its seed
from functools import partial

from billing.reseller_codes import code_id_of
from billing.services.plans import plan_on_sale
from billing.services.reseller import make_batch, redeemed_as
from devstack.chaos.clients.app import YEARS
from devstack.chaos.clients.facts import Claim, Facts
from devstack.chaos.counting.reads import entries_because_of
from devstack.chaos.plays.piece import Piece, client, client_in, mark_of
from devstack.chaos.settling import calm
from devstack.chaos.theatre import Theatre
from lantern_pro.store.keys import cell_of
from lantern_pro.types import UserId


async def play(theatre: Theatre, chance: random.Random) -> list[Facts]:
    """Let one redeem a code and another try the same one later."""
    plan = await asyncio.to_thread(plan_on_sale, YEARS[0])
    made = await asyncio.to_thread(make_batch, reseller="Bazaar", plan=plan, count=1)
    [code] = made.codes
    code_id, mark = code_id_of(code) or "", mark_of(chance)
    away = cell_of(code_id)
    first = await client_in(theatre, f"{mark}-first", chance, there=lambda it: it != away)
    second = client(theatre, f"{mark}-second", chance)
    await second.sign_up()
    await first.redeem(code)
    await calm(theatre.stage)
    await second.redeem(code, is_theirs=False)
    for each, wanted in ((first, 1), (second, 0)):
        user_id = UserId(each.facts.user_id)
        given = partial(entries_because_of, user_id, redeemed_as(code_id, user_id))
        each.facts.claims.append(Claim("time for the code", given, wanted))
    return [first.facts, second.facts]


CODE = Piece("code", frozenset({"give_reseller_time"}), play)
