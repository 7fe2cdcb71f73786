"""Giving money back, in the three phases of a purchase: intent, Stripe, outcome.

What it takes from the buyer follows from what Stripe then tells of the payment (``returns``), as
with a refund that somebody made at Stripe.
"""

import hashlib
from typing import Final

from billing.errors import RefundFailed, StripeUnreachable
from billing.events import MoneyReturned, RefundBegun
from billing.gateways import stripe_returns
from billing.gateways.base import Refused, Returned
from billing.managers import returns as kept
from billing.managers.returns import Refund
from billing.models import Purchase
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import LeasedJob, NewJob
from lantern_pro.jobs.worker import enter
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Minor, PurchaseId

REFUNDING: Final = "refunding"
"""The phase in which Stripe may have been asked; before a repeat its refunds are looked at."""


JUST_NOW_MS: Final = 60_000
"""How young a refund is for which Stripe surely remembers the key."""


def refund_id_of(purchase_id: PurchaseId, nonce: str) -> str:
    """The id of a refund; ``nonce`` names one wish to give money back, however often it is told."""
    return hashlib.sha256(f"{purchase_id}|{nonce}".encode()).hexdigest()[:20]


def refund(purchase_id: PurchaseId, *, amount: Minor | None, why: str, nonce: str) -> Refund:
    """Give money back for a purchase, all that is left by default, once for one ``nonce``.

    Answers with the refund as far as it has come: when Stripe does not answer now it is open, and a
    job goes on. ``RefundFailed`` when Stripe refuses; ``TooMuchToRefund``, ``RefundUnderWay`` and
    ``NotPaid`` before anybody is asked.
    """
    refund_id = begin_refund(purchase_id, amount=amount, why=why, nonce=nonce)
    try:
        return settle_refund(purchase_id, refund_id)
    except StripeUnreachable:
        return _named(purchase_id, refund_id)


def begin_refund(purchase_id: PurchaseId, *, amount: Minor | None, why: str, nonce: str) -> str:
    """Phase one: record the wish, and stage the job that will see to it if nobody else does."""
    refund_id = refund_id_of(purchase_id, nonce)
    kept.begin_refund(
        purchase_id=purchase_id,
        refund_id=refund_id,
        amount=amount,
        why=why,
        now=clock.now(),
        follow=following(RefundBegun(cell_of(purchase_id), purchase_id, refund_id)),
    )
    return refund_id


def settle_refund(
    purchase_id: PurchaseId, refund_id: str, *, job: LeasedJob | None = None
) -> Refund:
    """Phases two and three: have Stripe give the money back, and record what came of it."""
    found = _named(purchase_id, refund_id)
    if found.is_open:
        answer = _ask_stripe(Purchase.objects.named(purchase_id), found, job)
        kept.settle_refund(
            purchase_id=purchase_id,
            refund_id=refund_id,
            answer=answer,
            fence=job.fence if job else None,
            follow=_what_follows(purchase_id, answer),
        )
        found = _named(purchase_id, refund_id)
    elif job:
        ledger.complete(job.fence)
    if found.state == "refused":
        raise RefundFailed(details={"reason": found.told})
    return found


def settle_refund_by_job(purchase_id: PurchaseId, refund_id: str, job: LeasedJob) -> None:
    """Settle a refund for a job: being refused is an outcome like another."""
    try:
        settle_refund(purchase_id, refund_id, job=job)
    except RefundFailed:
        return


def _ask_stripe(found: Purchase, refund: Refund, job: LeasedJob | None) -> Returned | Refused:
    payment_intent = found.payment_intent or ""
    if job:
        enter(job, REFUNDING)
    if job or clock.now() - refund.at > JUST_NOW_MS:
        # It may have been asked before, so long ago that Stripe has forgotten the key.
        for each in stripe_returns.returned_of(payment_intent):
            if each.begun_as == refund.refund_id:
                return each
    return stripe_returns.refund(
        key=f"refund.{refund.refund_id}",
        payment_intent=payment_intent,
        amount=refund.amount,
        metadata={"purchase": found.purchase_id, "refund": refund.refund_id},
    )


def _what_follows(purchase_id: PurchaseId, answer: Returned | Refused) -> tuple[NewJob, ...]:
    if isinstance(answer, Refused):
        return ()
    payment_intent = Purchase.objects.named(purchase_id).payment_intent or ""
    cell = cell_of(purchase_id)
    return following(MoneyReturned(cell, purchase_id, payment_intent, answer.fact))


def _named(purchase_id: PurchaseId, refund_id: str) -> Refund:
    return next(each for each in kept.refunds_of(purchase_id) if each.refund_id == refund_id)
