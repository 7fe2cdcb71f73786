"""What Stripe tells us without being asked.

An event is only a hint: its signature is checked, the purchase it names is looked at anew by a
job, and Stripe is asked. So events may be lost, repeated, reordered or late.
"""

import logging
from typing import Final

from billing.events import PaymentReported
from billing.gateways import stripe
from lantern_pro.jobs import ledger
from lantern_pro.jobs.events import following
from lantern_pro.store.keys import cell_of
from lantern_pro.types import PurchaseId

log = logging.getLogger(__name__)

KNOWN_EVENTS: Final = frozenset({"payment_intent.succeeded", "payment_intent.payment_failed"})


def receive_stripe_event(body: bytes, signature: str) -> bool:
    """Take an event in; ``ForgedWebhook`` when it is not Stripe's, False when it says nothing."""
    event = stripe.read_webhook(body, signature)
    if event["type"] not in KNOWN_EVENTS:
        return False
    purchase_id = PurchaseId(event["data"]["object"].get("metadata", {}).get("purchase", ""))
    try:
        cell = cell_of(purchase_id)
    except ValueError:
        log.info("event %s names no purchase of ours", event["id"])
        return False
    ledger.stage(*following(PaymentReported(cell, purchase_id)))
    return True
