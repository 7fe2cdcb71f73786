"""A payment of which nobody tells: reconciliation finds it."""

import random  # noqa: TID251 - drawn again by its seed
from typing import Any, Final

from billing.models import Purchase
from billing.services.purchases import purchase_id_of
from devstack.chaos import world
from devstack.chaos.clients.app import YEARS
from devstack.chaos.clients.facts import Facts
from devstack.chaos.patience import patiently
from devstack.chaos.plays.piece import Piece, client, mark_of
from devstack.chaos.settling import hurried_until, settle
from devstack.chaos.theatre import Theatre
from lantern_pro.types import PurchaseId, UserId


async def play(theatre: Theatre, chance: random.Random) -> list[Facts]:
    """Let a declined buyer pay after all, by the same payment and with another card.

    Nobody tells us of that, and no job is left that would ask.
    """
    buyer = client(theatre, f"{mark_of(chance)}-buyer", chance)
    await buyer.live(None, plan=YEARS[0], good=False)
    await settle(theatre.stage, theatre.powers)
    [asked] = buyer.facts.purchases
    purchase_id = purchase_id_of(UserId(buyer.facts.user_id), asked.key)
    if payment := _payment_for(theatre, purchase_id):
        await patiently(_pay_in_silence, theatre, payment["id"])
        asked.told = "paid"
        await hurried_until(theatre.stage, world.let_payments_be_walked_over)
        await hurried_until(theatre.stage, lambda: _is_found(purchase_id))
    return [buyer.facts]


def _payment_for(theatre: Theatre, purchase_id: PurchaseId) -> dict[str, Any] | None:
    intents = theatre.vendors.at_stripe("payment_intent")
    return next((each for each in intents if each["metadata"]["purchase"] == purchase_id), None)


def _pay_in_silence(theatre: Theatre, payment_intent: str) -> None:
    with theatre.at_stripe.telling_nobody():
        theatre.at_stripe.pay(payment_intent, "pm_card_visa")


def _is_found(purchase_id: PurchaseId) -> bool:
    """Whether it is; and if not, somebody walks on, as each minute somebody does."""
    if Purchase.objects.filter(pk=purchase_id, state=Purchase.State.PAID).exists():
        return True
    world.walk_on()
    return False


FOUND: Final = Piece("found", frozenset({"adopt_payment", "reconcile"}), play)
