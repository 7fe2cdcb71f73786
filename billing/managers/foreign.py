"""Payments on the same account at Stripe that are for nothing of ours."""

from typing import Final

from billing.keys import FOREIGN_PAYMENT
from billing.managers.reconciliation import HERE
from lantern_pro.store.client import text_client

KEPT_SECONDS: Final = 24 * 60 * 60
"""Longer than walks come by again and again; what is listed once a day may be asked about anew."""


def is_known_as_foreign(payment_intent: str) -> bool:
    """Whether it was seen lately that a payment is for nothing of ours."""
    return bool(payment_intent) and bool(text_client().exists(_key(payment_intent)))


def remember_foreign(payment_intent: str) -> None:
    """Note that a payment is for nothing of ours; a charge of old has no payment to note."""
    if payment_intent:
        text_client().set(_key(payment_intent), "1", ex=KEPT_SECONDS)


def _key(payment_intent: str) -> str:
    return FOREIGN_PAYMENT(payment_intent=payment_intent, cell=HERE)
