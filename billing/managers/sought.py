"""How far Stripe's list of payments was read for a purchase whose payment nobody named."""

from typing import Final

from billing.keys import PAYMENT_SOUGHT
from lantern_pro.store.client import text_client
from lantern_pro.types import PurchaseId

KEPT_SECONDS: Final = 2 * 24 * 60 * 60


def sought_until(purchase_id: PurchaseId) -> str:
    """Behind which payment the list is to be read on; empty at its beginning."""
    return text_client().get(PAYMENT_SOUGHT(purchase_id=purchase_id)) or ""


def keep_sought(purchase_id: PurchaseId, after: str) -> None:
    """Note behind which payment to read on."""
    text_client().set(PAYMENT_SOUGHT(purchase_id=purchase_id), after, ex=KEPT_SECONDS)
