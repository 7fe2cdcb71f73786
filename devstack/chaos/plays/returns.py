"""Money that goes back: by staff, on Stripe's pages, and by a bank."""

import random  # noqa: TID251 - drawn again by its seed
from functools import partial
from typing import Any, Final

from billing.services.purchases import purchase_id_of
from billing.services.refunds import begin_refund
from devstack.chaos.clients.app import YEARS
from devstack.chaos.clients.facts import Claim, Facts
from devstack.chaos.counting.books import Books
from devstack.chaos.counting.reads import back_of, has_time_that_ends, parts_taken, takings_of
from devstack.chaos.patience import patiently
from devstack.chaos.plays.piece import Piece, client, mark_of
from devstack.chaos.settling import calm, hurried_until
from devstack.chaos.theatre import Theatre
from lantern_pro.types import Minor, PurchaseId, UserId

_PARTS: Final = 4
"""One of so many goes back each time: who gave it back twice would be seen."""


async def play(theatre: Theatre, chance: random.Random) -> list[Facts]:
    """Let two invited friends buy; one gets two parts back, the other disputes the whole.

    A dispute of another part is won.
    """
    mark = mark_of(chance)
    host, part, whole = (client(theatre, f"{mark}-{name}", chance) for name in _NAMES)
    stories = [host.facts, part.facts, whole.facts]
    await host.sign_up()
    for guest, plan in zip((part, whole), YEARS, strict=True):
        await guest.live(host.facts, plan=plan)
        await calm(theatre.stage)
    charge, disputed = (_charge_of(theatre, _bought(each.facts)) for each in (part, whole))
    if not (charge and disputed):
        return stories  # what is missing is told when all is counted
    await _let_parts_go_back(theatre, part.facts, host.facts, charge)
    theatre.begin_act("disputed-whole")
    await patiently(theatre.at_stripe.dispute, disputed["id"], disputed["amount"])
    await _until_taken(theatre, (whole.facts, host.facts), _bought(whole.facts), 1)
    # Their time is over by that, and the clock's next look sees to what served them.
    ended = UserId(whole.facts.user_id)
    await hurried_until(theatre.stage, lambda: not has_time_that_ends(ended))
    whole.facts.all_returned = True
    _claim(part.facts, host.facts, entries=4, back=2, parts=_PARTS)
    _claim(whole.facts, host.facts, entries=1, back=1, parts=1)
    for buyer, refunds in ((part.facts, 2), (whole.facts, 0)):
        made = partial(_refunds, _bought(buyer))
        buyer.claims.append(Claim("refunds at Stripe", made, refunds))
    return stories


async def _let_parts_go_back(
    theatre: Theatre, buyer: Facts, inviter: Facts, charge: dict[str, Any]
) -> None:
    """A part each time: as staff want it, at Stripe, and by a bank, which then decides for us.

    Staff do no more about theirs: a job sees to it.
    """
    purchase_id, amount = _bought(buyer), charge["amount"] // _PARTS
    stripe, losers = theatre.at_stripe, (buyer, inviter)
    theatre.begin_act("refund-by-staff")
    await patiently(
        begin_refund, purchase_id, amount=Minor(amount), why="a round", nonce=buyer.device_id
    )
    await _until_taken(theatre, losers, purchase_id, 1)
    theatre.begin_act("refund-at-stripe")
    await patiently(stripe.refund, charge["id"], amount)
    await _until_taken(theatre, losers, purchase_id, 2)
    theatre.begin_act("disputed-part")
    dispute = await patiently(stripe.dispute, charge["id"], amount)
    await _until_taken(theatre, losers, purchase_id, 3)
    theatre.begin_act("dispute-won")
    await patiently(stripe.win, dispute)
    await _until_taken(theatre, losers, purchase_id, 4)


async def _until_taken(
    theatre: Theatre, losers: tuple[Facts, ...], purchase_id: PurchaseId, times: int
) -> None:
    await hurried_until(
        theatre.stage,
        lambda: all(takings_of(each.user_id, purchase_id) >= times for each in losers),
    )
    await calm(theatre.stage)


def _claim(buyer: Facts, inviter: Facts, *, entries: int, back: int, parts: int) -> None:
    """Of the time that the purchase gave, as many parts are taken on both sides as went back."""
    purchase_id = _bought(buyer)
    for who, facts in (("buyer", buyer), ("inviter", inviter)):
        noted = partial(_takings, facts, purchase_id)
        time = partial(_time, facts, purchase_id, parts)
        buyer.claims += [
            Claim(f"entries of what went back or came again, at the {who}", noted, entries),
            Claim(f"time that went back, 1/{parts} at a time, at the {who}", time, back),
        ]
    money = partial(_money, purchase_id, parts)
    buyer.claims.append(Claim("money that is said to be back", money, back))


def _takings(facts: Facts, purchase_id: PurchaseId, _books: Books) -> int:
    return takings_of(facts.user_id, purchase_id)


def _time(facts: Facts, purchase_id: PurchaseId, parts: int, _books: Books) -> int:
    return parts_taken(facts.user_id, purchase_id, parts)


def _money(purchase_id: PurchaseId, parts: int, _books: Books) -> int:
    return back_of(purchase_id, parts)


def _refunds(purchase_id: PurchaseId, books: Books) -> int:
    return books.refunds_of(purchase_id)


def _bought(facts: Facts) -> PurchaseId:
    return purchase_id_of(UserId(facts.user_id), facts.purchases[0].key)


def _charge_of(theatre: Theatre, purchase_id: PurchaseId) -> dict[str, Any] | None:
    return next(iter(theatre.vendors.charges().get(purchase_id, [])), None)


_NAMES: Final = ("host", "part", "whole")

RETURN: Final = Piece(
    "return", frozenset({"follow_returns", "settle_refund", "take_back_bonus"}), play
)
