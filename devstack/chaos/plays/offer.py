"""Buying by a promotion: a use is held, and kept or given back."""

import random  # noqa: TID251 - drawn again by its seed
from typing import Final

from billing.models import Promotion
from billing.services.purchases import purchase_id_of
from devstack.chaos.clients.app import YEARS
from devstack.chaos.clients.facts import Claim, Facts
from devstack.chaos.counting.reads import use_of
from devstack.chaos.patience import patiently
from devstack.chaos.plays.piece import Piece, client, mark_of
from devstack.chaos.theatre import Theatre
from lantern_pro.types import PurchaseId, UserId

_PROMOTION: Final = "spring"


async def play(theatre: Theatre, chance: random.Random) -> list[Facts]:
    """Let one buy by a promotion, and another be declined: that use is given back."""
    await patiently(_promote)
    mark = mark_of(chance)
    buyer, declined = (client(theatre, f"{mark}-{name}", chance) for name in ("buyer", "declined"))
    plan = f"{YEARS[0]}-{_PROMOTION}"
    await buyer.live(None, plan=plan, good=True)
    await declined.live(None, plan=plan, good=False)
    buyer.facts.claims += [
        Claim("a use for good", lambda _: int(use_of(_PROMOTION, _first(buyer.facts)) == "paid"))
    ]
    declined.facts.claims += [
        Claim("a use", lambda _: int(use_of(_PROMOTION, _first(declined.facts)) is not None), 0)
    ]
    return [buyer.facts, declined.facts]


def _promote() -> None:
    Promotion.objects.get_or_create(id=_PROMOTION, defaults={"percent": 25, "uses_limit": 2})


def _first(facts: Facts) -> PurchaseId:
    return purchase_id_of(UserId(facts.user_id), facts.purchases[0].key)


OFFER: Final = Piece("offer", frozenset({"keep_promotion_use", "settle_promotion_use"}), play)
