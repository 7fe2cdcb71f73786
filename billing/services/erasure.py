"""What stays of the purchases of a user who was erased: the accounting record."""

from typing import Final

from billing.gateways import stripe_forgetting
from billing.models import Purchase, Subscription
from billing.services.intents import RESELLER
from billing.services.strays import NOTHING_DUE, end_for_nobody
from lantern_pro.jobs.job import LeasedJob
from lantern_pro.jobs.worker import enter
from lantern_pro.types import UserId

FORGETTING: Final = "forgetting"
"""The phase in which Stripe may have been told; telling it again changes nothing."""


def forget_purchases(user_id: UserId, job: LeasedJob) -> None:
    """Take all that tells of the person off their purchases, at Stripe and here; end what renews.

    Each step may be repeated; the list of the purchases goes last, so that a job that died goes
    on where it was.
    """
    for subscription_id in Subscription.objects.ids_of(user_id):
        subscription = Subscription.objects.named(subscription_id)
        enter(job, FORGETTING)
        end_for_nobody(subscription)
        Subscription.objects.strip(subscription_id)
    Subscription.objects.drop_lists(user_id)
    Purchase.objects.forget_latest(user_id)
    for purchase_id in Purchase.objects.ids_of(user_id):
        purchase = Purchase.objects.named(purchase_id)
        paid_by = purchase.payment_intent or NOTHING_DUE
        if purchase.provider != RESELLER and not paid_by.startswith(NOTHING_DUE):
            enter(job, FORGETTING)
            stripe_forgetting.forget_user(paid_by)
        Purchase.objects.strip(purchase_id)
    Purchase.objects.drop_list(user_id=user_id, fence=job.fence)
