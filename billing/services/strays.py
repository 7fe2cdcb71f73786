"""What is paid for and belongs to nobody, because its user was erased: it ends, and goes back.

A page may be open, a bank may take its time, and a mailed invoice may be paid, when the account is
gone already. Whatever tells of it leads here, and here again changes nothing.
"""

import logging
from typing import Final

from billing.gateways import (
    stripe_forgetting,
    stripe_invoices,
    stripe_returns,
    stripe_subscriptions,
)
from billing.gateways.base import Refused
from billing.models import Purchase, Subscription
from billing.services.asking import CHECKOUT, CLOCKS_DIFFER_MS, KEY_REMEMBERED_MS
from billing.services.recurring import renewal_id_of
from lantern_pro import clock
from lantern_pro.types import Millis, SubscriptionId

log = logging.getLogger(__name__)

NOTHING_DUE: Final = "in_"
"""How the payment of an invoice begins on which nothing was due: it is the invoice itself."""


def end_if_nobodys(subscription_id: SubscriptionId) -> None:
    """End a subscription at Stripe whose owner was erased; that of anybody else is left alone."""
    found = Subscription.objects.filter(pk=subscription_id).first()
    if found is not None and not found.has_owner:
        end_for_nobody(found)


def end_for_nobody(found: Subscription) -> None:
    """Close its page, end it, give back what was paid and has given nothing; forget who paid.

    Also what Stripe made for it in a call whose answer was lost.
    """
    page = found.checkout or ""
    begun_on_page = stripe_forgetting.close_page(page) if page else ""
    at_stripe = found.at_stripe or begun_on_page
    if at_stripe:
        _end(found, at_stripe)
        return
    for customer in _customers_unheard_of(found):
        for begun in stripe_forgetting.subscriptions_of(customer):
            _end(found, begun)
        stripe_forgetting.delete_customer(customer)


def _customers_unheard_of(found: Subscription) -> list[str]:
    """Customers at Stripe, perhaps, of one that was to begin there and never told that it did.

    While Stripe remembers the key the same call tells; it may make the customer only now, but then
    no other call can after it is deleted. Later it is looked for by what it says of itself. A page
    makes no customer before it is paid on, and none that nobody heard of can be.
    """
    if found.way == CHECKOUT or found.is_stripped:
        return []
    user, begun = str(found.user_id), clock.as_millis(found.created)
    if clock.now() - begun < KEY_REMEMBERED_MS:
        return [stripe_subscriptions.customer_for(found.pk, user=user, email=found.email)]
    since, until = begun - CLOCKS_DIFFER_MS, begun + KEY_REMEMBERED_MS + CLOCKS_DIFFER_MS
    return stripe_forgetting.customers_of(
        user, email=found.email, since=Millis(since), until=Millis(until)
    )


def _end(found: Subscription, at_stripe: str) -> None:
    customer = stripe_forgetting.forget_subscriber(at_stripe)
    stripe_subscriptions.end_now(at_stripe)
    _give_back(found, at_stripe)
    if customer:
        stripe_forgetting.delete_customer(customer)


def _give_back(found: Subscription, at_stripe: str) -> None:
    """Give back what gave nothing; what Stripe refuses to is shown to staff by a walk."""
    for invoice in stripe_invoices.paid_invoices(at_stripe):
        purchase_id = renewal_id_of(found, invoice)
        known = Purchase.objects.filter(pk=purchase_id).first()
        if known is not None and known.state == Purchase.State.PAID:
            continue
        paid = stripe_invoices.payment_of(invoice.invoice)
        if paid.charge_id:
            returned = stripe_returns.refund(
                key=f"stray.{invoice.invoice}",
                payment_intent=paid.payment_intent,
                amount=invoice.amount,
                metadata={"subscription": found.pk},
            )
            if isinstance(returned, Refused):
                log.warning("%s was not given back: %s", paid.charge_id, returned.reason)
