"""Money that goes back: by staff, on Stripe's pages, and by a bank."""

import random  # noqa: TID251 - drawn again by its seed
from functools import partial
from typing import Final

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

    Staff want the first part to go back and do no more about it: a job sees to it. The second is
    given back at Stripe, where the dispute is too.
    """
    mark = mark_of(chance)
    host, part, whole = (client(theatre, f"{mark}-{name}", chance) for name in _NAMES)
    await host.sign_up()
    for guest, plan in zip((part, whole), YEARS, strict=True):
        await guest.live(host.facts, plan=plan)
        await calm(theatre.stage)
    of_part, of_whole = _bought(part.facts), _bought(whole.facts)
    charge, disputed = (_charge_of(theatre, each) for each in (of_part, of_whole))
    if not (charge and disputed):
        return [host.facts, part.facts, whole.facts]  # what is missing is told when all is counted
    amount = charge["amount"] // _PARTS
    await patiently(
        begin_refund, of_part, amount=Minor(amount), why="a round", nonce=part.facts.device_id
    )
    await _until_taken(theatre, (part.facts, host.facts), of_part, 1)
    await patiently(theatre.at_stripe.refund, charge["id"], amount)
    await _until_taken(theatre, (part.facts, host.facts), of_part, 2)
    await patiently(theatre.at_stripe.dispute, disputed["id"])
    await _until_taken(theatre, (whole.facts, host.facts), of_whole, 1)
    # Their time is over by that, and the clock's next look sees to what served them.
    ended = UserId(whole.facts.user_id)
    await hurried_until(theatre.stage, lambda: not has_time_that_ends(ended))
    whole.facts.all_returned = True
    _claim(part.facts, host.facts, of_part, takings=2, parts=_PARTS)
    _claim(whole.facts, host.facts, of_whole, takings=1, parts=1)
    part.facts.claims.append(Claim("money given back", partial(_refunds, of_part), 2))
    whole.facts.claims.append(
        Claim("a refund of what was disputed", partial(_refunds, of_whole), 0)
    )
    return [host.facts, part.facts, whole.facts]


async def _until_taken(
    theatre: Theatre, losers: tuple[Facts, ...], purchase_id: PurchaseId, times: int
) -> None:
    await hurried_until(
        theatre.stage,
        lambda: all(takings_of(each.user_id, purchase_id) >= times for each in losers),
    )
    await calm(theatre.stage)


def _claim(
    buyer: Facts, inviter: Facts, purchase_id: PurchaseId, *, takings: int, parts: int
) -> None:
    """The time that the purchase gave is taken, in the part that went back, on both sides."""
    for who, facts in (("buyer", buyer), ("inviter", inviter)):
        taken = partial(_takings, facts, purchase_id)
        time = partial(_time, facts, purchase_id, parts)
        buyer.claims += [
            Claim(f"entries of what went back, at the {who}", taken, takings),
            Claim(f"time that went back, 1/{parts} at a time, at the {who}", time, takings),
        ]
    back = partial(_money, purchase_id, parts)
    buyer.claims.append(Claim("money that is said to be back", back, takings))


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


def _charge_of(theatre: Theatre, purchase_id: PurchaseId) -> dict[str, int] | None:
    return next(iter(theatre.vendors.charges().get(purchase_id, [])), None)


_NAMES: Final = ("host", "part", "whole")

RETURN: Final = Piece(
    "return", frozenset({"follow_returns", "settle_refund", "take_back_bonus"}), play
)
