"""A payment of which nobody tells, and a refund: reconciliation finds both."""

import random  # noqa: TID251 - drawn again by its seed
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from billing.models import Purchase
from billing.services.purchases import purchase_id_of
from devstack.chaos import world
from devstack.chaos.clients.app import YEARS
from devstack.chaos.clients.facts import Claim, Facts
from devstack.chaos.counting.reads import back_of, parts_taken, takings_of
from devstack.chaos.patience import patiently
from devstack.chaos.plays.piece import Piece, client, mark_of
from devstack.chaos.settling import calm, hurried_until, settle
from devstack.chaos.theatre import Theatre
from lantern_pro.types import PurchaseId, UserId

_PARTS: Final = 4
"""One of so many goes back: who took it twice would be seen."""


async def play(theatre: Theatre, chance: random.Random) -> list[Facts]:
    """Let a declined buyer pay after all, by the same payment and with another card.

    Nobody tells us of that, and no job is left that would ask. Later a part goes back, and nobody
    tells of that, either.
    """
    buyer = client(theatre, f"{mark_of(chance)}-buyer", chance)
    await buyer.live(None, plan=YEARS[0], good=False)
    await settle(theatre.stage, theatre.powers)
    [asked] = buyer.facts.purchases
    purchase_id = purchase_id_of(UserId(buyer.facts.user_id), asked.key)
    if payment := _payment_for(theatre, purchase_id):
        await patiently(_pay_in_silence, theatre, payment["id"])
        asked.told = "paid"
        await _until_found(theatre, "payments", lambda: _is_paid(purchase_id))
        await _let_a_part_go_back(theatre, buyer.facts, purchase_id)
    return [buyer.facts]


async def _let_a_part_go_back(theatre: Theatre, buyer: Facts, purchase_id: PurchaseId) -> None:
    theatre.begin_act("refund")
    for charge in theatre.vendors.charges().get(purchase_id, []):
        await patiently(_refund_in_silence, theatre, charge["id"], charge["amount"] // _PARTS)
    user_id = buyer.user_id
    await _until_found(theatre, "refunds", partial(takings_of, user_id, purchase_id))
    buyer.claims += [
        Claim("entries of what went back", lambda _: takings_of(user_id, purchase_id)),
        Claim("quarters of the time taken", lambda _: parts_taken(user_id, purchase_id, _PARTS)),
        Claim("quarters of the money said to be back", lambda _: back_of(purchase_id, _PARTS)),
    ]


async def _until_found(theatre: Theatre, walk: str, is_found: Callable[[], object]) -> None:
    """Wait until a walk has found something; somebody walks on, as each minute somebody does."""
    await hurried_until(theatre.stage, partial(world.let_it_be_walked_over, walk))

    def is_found_or_walked_on() -> bool:
        found = bool(is_found())
        if not found:
            world.walk_on()
        return found

    await hurried_until(theatre.stage, is_found_or_walked_on)
    await calm(theatre.stage)


def _payment_for(theatre: Theatre, purchase_id: PurchaseId) -> dict[str, Any] | None:
    intents = theatre.vendors.at_stripe("payment_intent")
    return next((each for each in intents if each["metadata"]["purchase"] == purchase_id), None)


def _pay_in_silence(theatre: Theatre, payment_intent: str) -> None:
    with theatre.at_stripe.telling_nobody():
        theatre.at_stripe.pay(payment_intent, "pm_card_visa")


def _refund_in_silence(theatre: Theatre, charge: str, amount: int) -> None:
    with theatre.at_stripe.telling_nobody():
        theatre.at_stripe.refund(charge, amount)


def _is_paid(purchase_id: PurchaseId) -> bool:
    return Purchase.objects.filter(pk=purchase_id, state=Purchase.State.PAID).exists()


FOUND: Final = Piece("found", frozenset({"adopt_payment", "reconcile"}), play)
