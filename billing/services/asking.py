"""Asking Stripe how a purchase ends: the second of its three phases, for every way of paying."""

from typing import Final

from billing.gateways import stripe, stripe_checkout, stripe_invoices
from billing.gateways.base import Order, Outcome
from billing.models import Purchase
from lantern_pro import clock
from lantern_pro.errors import Refused
from lantern_pro.jobs.job import LeasedJob
from lantern_pro.jobs.worker import enter
from lantern_pro.types import Minor

KEY_REMEMBERED_MS: Final = 23 * 60 * 60 * 1000
"""Stripe forgets idempotency keys after 24 hours; an hour is kept as a margin."""
BUYER_AWAITED_MS: Final = 24 * 60 * 60 * 1000
"""How long a buyer may take at their bank; then the payment is closed."""
PAYING: Final = "paying"
"""The phase in which Stripe may have been asked: the same call again tells what came of it."""
INVOICE: Final = "invoice"
"""The way of paying by a subscription; its source is the invoice."""
CHECKOUT: Final = "checkout"
"""The way of paying on a page of Stripe's; a purchase without a way has its source with it."""


class PurchaseTooOldToRepeat(Refused):
    """Stripe may have forgotten the key, so paying again could pay twice: staff must look."""

    error_id = "purchase-too-old-to-repeat"
    message = "Stripe may have forgotten this purchase's key. Look at Stripe before repeating."


def ask_stripe(found: Purchase, job: LeasedJob | None) -> Outcome:
    """How it ends, or what it waits for; ``PaymentPending`` while nobody can say."""
    begun = clock.as_millis(found.created)
    if found.way == INVOICE:
        return stripe_invoices.payment_of(found.source)
    waits = found.at_stripe or ""
    if not waits and clock.now() - begun > KEY_REMEMBERED_MS:
        raise PurchaseTooOldToRepeat
    if job:
        enter(job, PAYING)
    if waits.startswith("cs_"):
        give_up = clock.now() - begun > stripe_checkout.OPEN_MS
        return stripe_checkout.look_at_checkout(waits, give_up=give_up)
    if waits:
        give_up = clock.now() - begun > BUYER_AWAITED_MS
        return stripe.look_at_payment(waits, give_up=give_up)
    if found.way == CHECKOUT:
        return stripe_checkout.open_checkout(_order(found), email=found.email, begun=begun)
    return stripe.pay(_order(found))


def _order(found: Purchase) -> Order:
    return Order(
        key=found.purchase_id,
        amount=Minor(found.amount_minor),
        currency=found.currency,
        source=found.source,
        description=f"Lantern Pro, {found.plan}",
        metadata={"purchase": found.purchase_id, "user": str(found.user_id)},
    )
