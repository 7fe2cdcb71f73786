"""Asking Stripe how a purchase ends: the second of its three phases, for every way of paying."""

from typing import Final

from billing.errors import PaymentPending
from billing.gateways import stripe, stripe_checkout, stripe_invoices, stripe_lists, stripe_search
from billing.gateways.base import Declined, Order, Outcome
from billing.gateways.stripe_lists import CursorGone
from billing.managers.sought import keep_sought, sought_until
from billing.models import Purchase
from lantern_pro import clock
from lantern_pro.jobs.job import LeasedJob
from lantern_pro.jobs.worker import enter
from lantern_pro.types import Millis, Minor, PurchaseId

KEY_REMEMBERED_MS: Final = 23 * 60 * 60 * 1000
"""Stripe forgets idempotency keys after 24 hours; an hour is kept as a margin."""
CLOSED_AFTER_MS: Final = 24 * 60 * 60 * 1000
"""After so long what Stripe knows nothing of is closed: it was asked to pay an hour ago at last."""
CLOCKS_DIFFER_MS: Final = 60 * 60 * 1000
PAGES_AT_ONCE: Final = 10
"""How much of Stripe's list of payments is read at one try, where Stripe does not search."""
UNKNOWN_TO_STRIPE: Final = "unknown-to-stripe"
"""Why a purchase is declined of which Stripe has never heard."""
BUYER_AWAITED_MS: Final = 24 * 60 * 60 * 1000
"""How long a buyer may take at their bank; then the payment is closed."""
PAYING: Final = "paying"
"""The phase in which Stripe may have been asked: the same call again tells what came of it."""
INVOICE: Final = "invoice"
"""The way of paying by a subscription; its source is the invoice."""
CHECKOUT: Final = "checkout"
"""The way of paying on a page of Stripe's; a purchase without a way has its source with it."""


def ask_stripe(found: Purchase, job: LeasedJob | None, *, closing: bool = False) -> Outcome:
    """How it ends, or what it waits for; ``PaymentPending`` while nobody can say.

    What waits is closed at Stripe when its time is over, or at once for who is ``closing`` it.
    """
    begun = clock.as_millis(found.created)
    if found.way == INVOICE:
        return stripe_invoices.payment_of(found.source)
    waits = found.at_stripe or ""
    if job:
        enter(job, PAYING)
    if not waits and clock.now() - begun > KEY_REMEMBERED_MS:
        return _look_for(found, begun)
    if waits.startswith("cs_"):
        give_up = closing or clock.now() - begun > stripe_checkout.OPEN_MS
        return stripe_checkout.look_at_checkout(waits, give_up=give_up)
    if waits:
        give_up = closing or clock.now() - begun > BUYER_AWAITED_MS
        return stripe.look_at_payment(waits, give_up=give_up)
    if found.way == CHECKOUT:
        return stripe_checkout.open_checkout(_order(found), email=found.email, begun=begun)
    return stripe.pay(_order(found))


def _look_for(found: Purchase, begun: Millis) -> Outcome:
    """How it ended, by what payments at Stripe say of themselves: paying again could pay twice.

    One that is not paid is closed there. What Stripe knows nothing of is declined once no call of
    ours can be under way any more, nor Stripe's search be behind; a walk finds it if it is paid.
    """
    is_over = clock.now() - begun >= CLOSED_AFTER_MS
    known = stripe_search.payment_found(found.purchase_id)
    if known is None and is_over:
        known = _listed_for(found.purchase_id, begun)
    if known:
        return stripe.look_at_payment(known, give_up=True)
    if not is_over:
        raise PaymentPending
    return Declined(UNKNOWN_TO_STRIPE)


def _listed_for(purchase_id: PurchaseId, begun: Millis) -> str:
    """The payment of a purchase, by Stripe's list of all; empty when there is none.

    ``PaymentPending`` after so many pages: the next try goes on there.
    """
    since, until = Millis(begun - CLOCKS_DIFFER_MS), Millis(begun + CLOSED_AFTER_MS)
    after = sought_until(purchase_id)
    for _ in range(PAGES_AT_ONCE):
        try:
            page = stripe_lists.payments(since=since, until=until, after=after)
        except CursorGone as gone:
            keep_sought(purchase_id, "")
            raise PaymentPending from gone
        known = stripe_search.best_of(page.items, purchase_id)
        if known or not page.after:
            return known
        after = page.after
        keep_sought(purchase_id, after)
    raise PaymentPending


def _order(found: Purchase) -> Order:
    return Order(
        key=found.purchase_id,
        amount=Minor(found.amount_minor),
        currency=found.currency,
        source=found.source,
        description=f"Lantern Pro, {found.plan}",
        metadata={"purchase": found.purchase_id, "user": str(found.user_id)},
    )
