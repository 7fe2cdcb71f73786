"""What money that went back takes: the time, the bonuses and with them the proxies it gave.

Whatever tells of it (an event, our own refund, reconciliation) leads to the same look: all refunds
and disputes of the payment, as Stripe has them now. So they may come repeated, in any order, and
before the purchase itself is known to be paid; the ledger of time is the same in the end.
"""

import hashlib
import logging
from collections.abc import Sequence
from typing import Final

from accounts.events import ProTimeTakenBack
from billing.events import SubscriptionDisputed
from billing.gateways import stripe_returns
from billing.gateways.base import DISPUTE, Returned
from billing.managers import returns as kept
from billing.models import Purchase
from billing.services.purchases import adopt
from lantern_pro.jobs import ledger
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import LeasedJob, NewJob
from lantern_pro.jobs.worker import enter
from lantern_pro.store.keys import cell_of
from lantern_pro.types import PurchaseId, SubscriptionId
from referrals.events import BonusTakenBack
from referrals.services.bonuses import bonus_months, inviter_of

log = logging.getLogger(__name__)

LOOKING: Final = "looking"
"""The phase in which Stripe may have been asked; asking again changes nothing."""


def follow_returns(purchase_id: PurchaseId, payment_intent: str, job: LeasedJob) -> None:
    """Look at what of a payment went back, and take what it gave, or restore it."""
    enter(job, LOOKING)
    payment = stripe_returns.payment_now(payment_intent)
    if payment is None or not payment.is_paid:
        ledger.complete(job.fence)  # nothing was taken, so nothing can go back
        return
    if Purchase.objects.named(purchase_id).is_nobodys:
        ledger.complete(job.fence)  # it gave nothing, so nothing can be taken
        return
    found = adopt(purchase_id, payment.paid)
    if found.payment_intent != payment.payment_intent:
        # A second payment of one purchase gave nothing, so nothing is taken when it goes back.
        log.warning("%s was paid by another payment than %s", purchase_id, payment_intent)
        ledger.complete(job.fence)
        return
    returned = stripe_returns.returned_of(payment_intent)
    takings = kept.takings_of(purchase_id, payment.amount, returned)
    kept.record_returns(
        purchase_id=purchase_id,
        user_id=found.buyer,
        returned=returned,
        takings=takings,
        fence=job.fence,
        follow=[*_what_follows(found, takings), *_of_subscription(found, returned)],
    )


def _of_subscription(found: Purchase, returned: Sequence[Returned]) -> tuple[NewJob, ...]:
    """The look at the subscription whose renewal is disputed; named by how its disputes stand."""
    stand = sorted(f"{each.fact}.{each.state}" for each in returned if each.kind == DISPUTE)
    if not (stand and found.subscription):
        return ()
    subscription_id = SubscriptionId(found.subscription)
    fact = _digest("|".join(stand))
    return following(SubscriptionDisputed(cell_of(subscription_id), subscription_id, fact))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _what_follows(found: Purchase, takings: str) -> list[NewJob]:
    """Jobs named by all that has gone back by now, so that the same look stages nothing anew."""
    cell = cell_of(found.purchase_id)
    fact = f"{found.purchase_id}.{_digest(takings)}"
    follow = list(following(ProTimeTakenBack(cell, found.buyer, fact)))
    inviter_id = inviter_of(found.buyer)
    if inviter_id and bonus_months(found.months):
        follow += following(BonusTakenBack(cell, inviter_id, found.purchase_id, takings, fact))
    return follow
