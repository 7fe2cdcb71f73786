"""A fleet of proxies of 2016, whose keys follow the links."""

import random  # noqa: TID251 - drawn again by its seed
from typing import Final

from django.conf import settings

from devstack.chaos import world
from devstack.chaos.clients.app import YEARS
from devstack.chaos.clients.facts import Claim, Facts
from devstack.chaos.counting.reads import old_servers_behind, old_servers_of
from devstack.chaos.patience import patiently
from devstack.chaos.plays.piece import Piece, client, mark_of
from devstack.chaos.settling import calm, hurried_until
from devstack.chaos.theatre import Theatre


async def play(theatre: Theatre, chance: random.Random) -> list[Facts]:
    """Connect every Pro proxy by the bridge, and let somebody buy."""
    await patiently(world.connect_old_proxies)
    buyer = client(theatre, f"{mark_of(chance)}-buyer", chance)
    await buyer.live(None, plan=YEARS[0], good=True)
    await calm(theatre.stage)
    await hurried_until(theatre.stage, lambda: not old_servers_behind())
    wanted = settings.PROXIES_PER_PRO_USER
    buyer.facts.claims += [
        Claim("among an old proxy's", lambda _: old_servers_of(buyer.facts.user_id), wanted),
        Claim("old proxies that are behind", lambda _: old_servers_behind(), 0),
    ]
    return [buyer.facts]


OLD_PROXIES: Final = Piece("old-proxies", frozenset({"mirror_proxy"}), play)
