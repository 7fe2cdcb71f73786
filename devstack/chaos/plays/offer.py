"""Buying by a promotion: a use is held, and kept or given back; and what is overtaken is closed."""

import random  # noqa: TID251 - drawn again by its seed
from functools import partial
from typing import Final

from billing.models import Purchase
from billing.services.purchases import purchase_id_of
from devstack.chaos import world
from devstack.chaos.clients.app import YEARS
from devstack.chaos.clients.facts import Claim, Facts
from devstack.chaos.counting.reads import use_of
from devstack.chaos.patience import patiently
from devstack.chaos.plays.piece import Piece, client, mark_of
from devstack.chaos.settling import calm, hurried_until
from devstack.chaos.theatre import Theatre
from lantern_pro.types import PurchaseId, UserId

_PROMOTION: Final = "spring"
_PAGE: Final = "page"


async def play(theatre: Theatre, chance: random.Random) -> list[Facts]:
    """Let one leave a page open and buy by card, and another be declined, all by a promotion.

    The page is closed, and its use is given back, as that of the declined one is.
    """
    await patiently(world.promote, _PROMOTION, uses=3)
    mark = mark_of(chance)
    buyer, declined = (client(theatre, f"{mark}-{name}", chance) for name in ("buyer", "declined"))
    plan = f"{YEARS[0]}-{_PROMOTION}"
    await buyer.sign_up()
    await buyer.confirm()
    await buyer.leave_a_page_open(plan, _PAGE)
    await calm(theatre.stage)
    await buyer.buy(plan, good=True)
    page = purchase_id_of(UserId(buyer.facts.user_id), _PAGE)
    await hurried_until(theatre.stage, partial(_is_declined, page))
    await calm(theatre.stage)
    await declined.live(None, plan=plan, good=False)
    buyer.facts.claims += [
        Claim("a use for good", lambda _: int(use_of(_PROMOTION, _first(buyer.facts)) == "paid")),
        Claim("a use by the page", lambda _: int(use_of(_PROMOTION, page) is not None), 0),
        Claim("a page that came to nothing", lambda _: _is_declined(page)),
        Claim("pages that can be paid on", lambda _: _open_pages(theatre), 0),
    ]
    declined.facts.claims += [
        Claim("a use", lambda _: int(use_of(_PROMOTION, _first(declined.facts)) is not None), 0)
    ]
    return [buyer.facts, declined.facts]


def _is_declined(purchase_id: PurchaseId) -> int:
    found = Purchase.objects.filter(pk=purchase_id).first()
    return int(found is not None and found.state == Purchase.State.DECLINED)


def _open_pages(theatre: Theatre) -> int:
    pages = theatre.vendors.at_stripe("checkout.session")
    return sum(each["status"] == "open" for each in pages)


def _first(facts: Facts) -> PurchaseId:
    return purchase_id_of(UserId(facts.user_id), facts.purchases[0].key)


OFFER: Final = Piece("offer", frozenset({"settle_promotion_use", "settle_purchase"}), play)
