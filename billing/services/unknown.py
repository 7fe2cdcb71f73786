"""A subscription that Stripe does not know: its owner can neither change it nor begin another."""

from typing import Literal

from billing.events import SubscriptionEnded
from billing.gateways import stripe_lists
from billing.gateways.stripe_client import UNREADABLE
from billing.managers import reconciliation as kept
from billing.managers.subscriptions import Ending
from billing.subscription import Subscription
from lantern_pro import clock
from lantern_pro.jobs.events import following
from lantern_pro.store.keys import cell_of
from lantern_pro.types import SubscriptionId

Answer = Ending | Literal["known", "not_begun", "unclear"]


def end_unknown(subscription_id: SubscriptionId) -> Answer:
    """End a subscription here, if Stripe says now that it knows none such; what was paid stays.

    Nothing else that Stripe says ends it; nor does it when Stripe does not answer
    (``StripeUnreachable``).
    """
    found = Subscription.objects.named(subscription_id)
    if found.state == Subscription.State.ENDED:
        return "ended_before"
    if not found.at_stripe:
        return "not_begun"
    asked_at = clock.now()
    try:
        known = stripe_lists.named(found.at_stripe)
    except UNREADABLE:
        return "unclear"
    if known is not None:
        return "known"
    told = SubscriptionEnded(cell_of(subscription_id), subscription_id)
    outcome = Subscription.objects.end_unknown(
        subscription_id,
        user_id=found.subscriber,
        asked_at=asked_at,
        at_stripe=found.at_stripe,
        ended_by=Subscription.BY_STAFF,
        follow=[] if found.is_unpaid_yet else following(told),  # who never paid is not mailed
    )
    if outcome == "ended":
        kept.agree(found.at_stripe)
    return outcome
