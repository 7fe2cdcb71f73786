"""Mailing the receipt of a purchase."""

from accounts.services.mailing import post
from billing.mails import receipt_letter
from billing.models import Purchase
from billing.receipts import receipt_pdf
from billing.services.intents import RESELLER
from lantern_pro.jobs.job import LeasedJob
from lantern_pro.mail.letter import Letter
from lantern_pro.types import PurchaseId


def send_receipt(purchase_id: PurchaseId, job: LeasedJob) -> None:
    """Mail the receipt to the address that was given with the purchase, if one was."""
    purchase = Purchase.objects.named(purchase_id)
    address = "" if purchase.provider == RESELLER else purchase.email  # the reseller was paid
    posted = None
    if address:
        posted = post(job, user_id=purchase.buyer, to=address, letter=lambda: _receipt(purchase))
    Purchase.objects.record_receipt(
        purchase_id=purchase_id, user_id=purchase.buyer, posted=posted, fence=job.fence
    )


def _receipt(purchase: Purchase) -> Letter:
    description = purchase.description or purchase.plan
    number = purchase.charge_id or purchase.pk
    pdf = receipt_pdf(
        number=number,
        paid=purchase.settled or purchase.created,
        plan=description,
        price=purchase.price,
        payment=f"Card, by Stripe ({purchase.payment_intent})",
    )
    return receipt_letter(number=number, plan=description, price=purchase.price, pdf=pdf)
