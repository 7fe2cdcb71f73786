"""Mailing the receipt of a purchase."""

from typing import Final

from accounts.models import User
from billing.mails import receipt_letter
from billing.models import Plan, Purchase
from billing.receipts import receipt_pdf
from lantern_pro.jobs import ledger
from lantern_pro.jobs.ledger import LeasedJob
from lantern_pro.mail import mandrill
from lantern_pro.mail.letter import compose
from lantern_pro.mail.message import Mail
from lantern_pro.types import PurchaseId

SENDING: Final = "sending"


def send_receipt(purchase_id: PurchaseId, job: LeasedJob) -> None:
    """Mail the receipt, once: before a repeat, Mandrill is asked whether the mail is out."""
    purchase = Purchase.objects.named(purchase_id)
    address = purchase.email
    mail_id = ""
    if address:
        sent = mandrill.find(job.fence.job_id) if job.phase == SENDING else None
        if sent is None:
            ledger.renew(job, phase=SENDING)
            sent = mandrill.send(_receipt(purchase, address, job))
        mail_id = sent
    Purchase.objects.record_receipt(purchase_id=purchase_id, mail_id=mail_id, fence=job.fence)


def _receipt(purchase: Purchase, address: str, job: LeasedJob) -> Mail:
    plan = Plan.objects.filter(pk=purchase.plan).first()
    description = plan.description if plan else purchase.plan
    number = purchase.charge_id or purchase.pk
    pdf = receipt_pdf(
        number=number,
        paid=purchase.settled or purchase.created,
        plan=description,
        price=purchase.price,
        payment=f"Card, by Stripe ({purchase.payment_intent})",
    )
    return compose(
        lambda: receipt_letter(number=number, plan=description, price=purchase.price, pdf=pdf),
        locale=User.objects.locale_of(purchase.buyer),
        to=address,
        job_id=job.fence.job_id,
    )
