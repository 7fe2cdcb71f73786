"""What else a buyer could still pay by, once they have bought: it is closed, or they pay twice."""

from billing.events import PurchaseOvertaken, SubscriptionOvertaken
from billing.models import Purchase
from billing.services.asking import INVOICE
from billing.services.intents import RESELLER
from billing.subscription import Subscription
from lantern_pro.store.keys import cell_of
from lantern_pro.types import UserId


def open_ones(user_id: UserId) -> list[Purchase]:
    """A user's purchases of which nobody knows yet how they end."""
    return [each for each in Purchase.objects.filter(user_id=user_id) if each.is_open]


def overtaken_by(found: Purchase) -> list[PurchaseOvertaken | SubscriptionOvertaken]:
    """The buyer's others that were begun before this one is completed, as it is about to be.

    None when another caller has completed it already: that one has named them, and what was begun
    since is meant. The first payment of a subscription overtakes as a purchase does; a renewal
    overtakes nothing.
    """
    is_invoice = found.way == INVOICE
    if is_invoice and not found.begins_it:
        return []
    others = [each for each in open_ones(found.buyer) if each.pk != found.pk and _may_wait(each)]
    happened: list[PurchaseOvertaken | SubscriptionOvertaken] = [
        PurchaseOvertaken(cell_of(each.purchase_id), each.purchase_id) for each in others
    ]
    if not is_invoice:  # a user has one subscription at a time, which this would be of
        happened += _unpaid_subscription(found.buyer)
    # In this order: whatever was listed was begun before this is seen to be unpaid still.
    if happened and Purchase.objects.named(found.purchase_id).state == Purchase.State.PAID:
        return []
    return happened


def _may_wait(other: Purchase) -> bool:
    """Whether the buyer has, or may yet have, something to pay by."""
    return other.provider != RESELLER and other.way != INVOICE


def _unpaid_subscription(user_id: UserId) -> list[SubscriptionOvertaken]:
    """The one whose first payment its owner could still make."""
    begun = Subscription.objects.open_of(user_id)
    if begun is None or not begun.is_unpaid_yet:
        return []
    return [SubscriptionOvertaken(cell_of(begun.subscription_id), begun.subscription_id)]
