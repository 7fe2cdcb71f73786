"""Mailing the receipt of a purchase."""

from typing import Final

from accounts.services.mailing import post
from billing.errors import NoAddressForReceipt, NotPaid
from billing.events import ReceiptAskedFor
from billing.mails import receipt_letter
from billing.models import Purchase
from billing.receipts import receipt_pdf
from billing.services.charges import own_purchase
from billing.services.intents import RESELLER
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import LeasedJob
from lantern_pro.mail.letter import Letter
from lantern_pro.store.keys import cell_of
from lantern_pro.types import PurchaseId, UserId

AGAIN_AFTER_MS: Final = 10 * 60 * 1000
"""How long one asking for a receipt stands for all that come after it."""


def send_receipt(purchase_id: PurchaseId, job: LeasedJob, *, asked: bool = False) -> None:
    """Mail the receipt to the address that was given with the purchase, if one was."""
    purchase = Purchase.objects.named(purchase_id)
    address = address_of(purchase)
    posted = None
    if address:
        posted = post(
            job,
            user_id=purchase.buyer,
            to=address,
            letter=lambda: receipt_of(purchase, asked=asked),
        )
    Purchase.objects.record_receipt(
        purchase_id=purchase_id, user_id=purchase.buyer, posted=posted, fence=job.fence
    )


def ask_for_receipt(user_id: UserId, charge_id: str) -> None:
    """Have the receipt of one's own payment mailed once more, at most every ten minutes."""
    mail_again(own_purchase(user_id, charge_id))


def mail_again(purchase: Purchase) -> None:
    """Have a receipt mailed once more; ``NotPaid`` and ``NoAddressForReceipt`` when it cannot."""
    if purchase.state != Purchase.State.PAID:
        raise NotPaid
    if not address_of(purchase):
        raise NoAddressForReceipt
    cell, at = cell_of(purchase.purchase_id), clock.now() // AGAIN_AFTER_MS
    ledger.stage(*following(ReceiptAskedFor(cell, purchase.purchase_id, at)))


def address_of(purchase: Purchase) -> str:
    """Where a purchase's receipt goes; empty when nobody said, or the reseller was paid."""
    return "" if purchase.provider == RESELLER else purchase.email


def receipt_as_pdf(purchase: Purchase) -> bytes:
    """The receipt itself; ``NotPaid`` when there is none."""
    if purchase.state != Purchase.State.PAID:
        raise NotPaid
    return receipt_pdf(
        number=number_of(purchase),
        paid=purchase.settled or purchase.created,
        plan=purchase.description or purchase.plan,
        price=purchase.price,
        payment=f"Card, by Stripe ({purchase.payment_intent})",
    )


def number_of(purchase: Purchase) -> str:
    """The number that a receipt is found by."""
    return purchase.charge_id or str(purchase.pk)


def receipt_of(purchase: Purchase, *, asked: bool) -> Letter:
    """The letter with a receipt."""
    return receipt_letter(
        number=number_of(purchase),
        plan=purchase.description or purchase.plan,
        price=purchase.price,
        pdf=receipt_as_pdf(purchase),
        asked=asked,
    )
