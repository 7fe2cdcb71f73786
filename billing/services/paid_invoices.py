"""What the paid invoices of a subscription give: each its period, once, as its own purchase."""

import logging
from typing import Final

from django.core.exceptions import ObjectDoesNotExist

from billing.events import PurchaseBegun
from billing.gateways import stripe_invoices
from billing.gateways.base import Invoice, SubscriptionNow
from billing.gateways.stripe_client import UNREADABLE
from billing.models import Plan, Purchase
from billing.services.asking import INVOICE
from billing.services.periods import time_between
from billing.services.purchases import adopt, digest_of
from billing.services.recurring import renewal_id_of
from billing.subscription import Subscription
from lantern_pro.jobs.events import following
from lantern_pro.store.keys import cell_of
from lantern_pro.types import PurchaseId

log = logging.getLogger(__name__)

KNOWN_BEFORE_IT_ENDS: Final = 100
"""As many as Stripe tells in one page; a hundred months, which no invoice stays open for."""


def grant_what_is_paid(found: Subscription, now: SubscriptionNow) -> Invoice | None:
    """Give the time of every paid invoice that has given none yet, the oldest first.

    Answers the newest that is paid. One that cannot be read keeps no other from giving its time;
    its charge stays among what does not agree.
    An invoice may be paid after a later one: so what is known ends the search only after
    ``KNOWN_BEFORE_IT_ENDS`` known ones in a row.
    """
    newest, fresh, known_in_a_row = None, [], 0
    for invoice in stripe_invoices.paid_invoices(now.subscription):
        newest = newest or invoice
        purchase_id = renewal_id_of(found, invoice)
        known = Purchase.objects.filter(pk=purchase_id).first()
        if known is None or known.state != Purchase.State.PAID:
            fresh.append((purchase_id, invoice))
            known_in_a_row = 0
            continue
        known_in_a_row += 1
        if known_in_a_row == KNOWN_BEFORE_IT_ENDS:
            break
    for purchase_id, invoice in reversed(fresh):
        try:
            _grant(found, purchase_id, invoice)
        except (*UNREADABLE, ObjectDoesNotExist) as odd:
            log.warning("%s gives no time: %s", invoice.invoice, type(odd).__name__)
    return newest


def _grant(found: Subscription, purchase_id: PurchaseId, invoice: Invoice) -> None:
    paid = stripe_invoices.payment_of(invoice.invoice)
    Purchase.objects.begin(
        purchase_id=purchase_id,
        user_id=found.subscriber,
        now=invoice.start,
        intent=_intent(found, invoice),
        digest=digest_of(invoice.invoice),
        follow=following(PurchaseBegun(cell_of(purchase_id), purchase_id)),
    )
    adopt(purchase_id, paid)


def _intent(found: Subscription, invoice: Invoice) -> dict[str, str]:
    """What an invoice gives: its plan's terms, for exactly the period that it is for."""
    plan = Plan.objects.get(pk=invoice.plan or found.plan)
    months, days = time_between(invoice.start, invoice.end, months=plan.months)
    is_promoted = found.promotion and not invoice.is_renewal
    return {
        "plan": plan.pk,
        "description": plan.description,
        "months": str(months),
        "days": str(days),
        "device_limit": str(plan.device_limit or ""),
        "proxies": str(plan.proxies or ""),
        "amount_minor": str(invoice.amount),
        "currency": invoice.currency,
        "provider": "stripe",
        "way": INVOICE,
        "source": invoice.invoice,
        "subscription": found.pk,
        "begins_it": "" if invoice.is_renewal else "1",
        "promotion": found.promotion if is_promoted else "",
        "promotion_months": str(found.promotion_months if is_promoted else 0),
        "device_id": "",
        "device_name": "",
        "email_sealed": found.email_sealed or "",
        "email_hash": found.email_hash or "",
        "reason": "",
    }
