"""Previous payments: pointers here, the rest asked of Stripe."""

from dataclasses import dataclass
from typing import Final

from billing.errors import StripeUnreachable
from billing.gateways import stripe
from billing.gateways.base import Charge
from billing.models import Purchase
from lantern_pro import clock
from lantern_pro.types import Millis, UserId

LONGEST_PAGE: Final = 25


@dataclass(frozen=True, slots=True)
class PastPayment:
    """A purchase and what Stripe says of it.

    ``charge`` is None when Stripe was not asked, does not answer, or knows no such charge.
    """

    purchase: Purchase
    charge: Charge | None


@dataclass(frozen=True, slots=True)
class PaymentPage:
    """A page of payments; ``complete`` is False when Stripe did not tell of all of them."""

    payments: list[PastPayment]
    next_cursor: Millis | None
    complete: bool


def payments_of(user_id: UserId, *, limit: int, cursor: Millis | None) -> PaymentPage:
    """A page of a user's payments, the newest first."""
    limit = min(limit, LONGEST_PAGE)
    ids = Purchase.objects.page_of(user_id, limit=limit, before=cursor)
    rows = Purchase.objects.in_bulk(ids)
    payments, answers = [], True
    for purchase_id in ids:
        purchase = rows[purchase_id]
        told: Charge | None = None
        if purchase.charge_id and answers:
            try:
                told = stripe.charge(purchase.charge_id)
            except StripeUnreachable:
                answers = False
        payments.append(PastPayment(purchase, told))
    last = clock.as_millis(payments[-1].purchase.created) if len(payments) == limit else None
    complete = all(each.charge or not each.purchase.charge_id for each in payments)
    return PaymentPage(payments, last, complete)
