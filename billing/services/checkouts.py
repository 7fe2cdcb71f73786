"""Paying on a page of Stripe's: the intent is recorded first, and the page belongs to it."""

from dataclasses import replace
from typing import Final

from billing.errors import CardDeclined
from billing.gateways import stripe_checkout
from billing.models import Purchase
from billing.services.asking import CHECKOUT
from billing.services.purchases import Settled, Wish, purchase, settle
from lantern_pro import clock

REUSED_MS: Final = stripe_checkout.OPEN_MS // 2
"""A page that was opened so recently is answered again."""
SAME_TAP_MS: Final = 60_000
LOOKED_AT: Final = 5


def open_page(wish: Wish) -> str:
    """The address of the page on which a wish is paid.

    Apps that send no key ask again by asking for the same: they get the page that is open. One
    that is paid already leads back to the app.
    """
    wish = replace(wish, way=CHECKOUT)
    settled = None if wish.idempotency_key else _open_for(wish)
    if settled is None:
        key = wish.idempotency_key or f"{wish.digest}|{clock.now() // SAME_TAP_MS}"
        settled = purchase(replace(wish, idempotency_key=key))
    if settled.waiting:
        return settled.waiting.url
    return stripe_checkout.returning(stripe_checkout.RETURNED_PAID)


def _open_for(wish: Wish) -> Settled | None:
    """The page that is open for the same wish, if there is one."""
    for purchase_id in Purchase.objects.page_of(wish.user_id, limit=LOOKED_AT):
        found = Purchase.objects.named(purchase_id)
        is_young = clock.now() - clock.as_millis(found.created) < REUSED_MS
        if found.is_open and is_young and found.digest == wish.digest:
            try:
                return settle(purchase_id)
            except CardDeclined:
                continue
    return None
