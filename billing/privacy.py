"""What billing holds on a user."""

from typing import Any, Final

from billing.errors import CardDeclined, PaymentPending, PurchaseUnderWay
from billing.keys import (
    LATEST_PURCHASE,
    PURCHASES,
    SUBSCRIPTIONS,
    USER_PURCHASES,
    USER_SUBSCRIPTION,
    USER_SUBSCRIPTIONS,
)
from billing.models import Purchase, Subscription
from billing.services.overtaken import open_ones
from billing.services.purchases import settle
from lantern_pro import clock
from lantern_pro.store.privacy import Holding
from lantern_pro.types import UserId


def _purchases(user_id: UserId) -> list[dict[str, Any]]:
    return [
        {
            "id": purchase.pk,
            "created": clock.as_seconds(clock.as_millis(purchase.created)),
            "settled": purchase.settled and clock.as_seconds(clock.as_millis(purchase.settled)),
            "state": purchase.state,
            "reason": purchase.reason,
            "plan": purchase.plan,
            "amount": purchase.amount_minor,
            "currency": purchase.currency,
            "wentBack": purchase.returned_minor or 0,
            "email": purchase.email,
            "deviceId": purchase.device_id,
            "deviceName": purchase.device_name,
            "promotion": purchase.promotion,
            "provider": purchase.provider,
            "paymentSource": purchase.source,
            "paymentIntentAtStripe": purchase.payment_intent,
            "chargeAtStripe": purchase.charge_id,
            "mailAtMandrill": purchase.mail_id,
        }
        for purchase in Purchase.objects.filter(user_id=user_id)
    ]


def _subscriptions(user_id: UserId) -> list[dict[str, Any]]:
    return [
        {
            "id": found.pk,
            "created": clock.as_seconds(clock.as_millis(found.created)),
            "state": found.state,
            "plan": found.plan,
            "promotion": found.promotion or "",
            "amount": found.amount_minor,
            "currency": found.currency,
            "email": found.email,
            "subscriptionAtStripe": found.at_stripe,
            "customerAtStripe": found.customer,
        }
        for found in Subscription.objects.filter(user_id=user_id)
    ]


def refuse_while_paying(user_id: UserId) -> None:
    """A payment whose outcome is open must end first, or money would be taken from nobody.

    What waits for its buyer is no reason to wait: it is closed once the erasure is certain.
    """
    if any(each.state == Purchase.State.BEGUN for each in open_ones(user_id)):
        raise PurchaseUnderWay


def close_what_waits(user_id: UserId) -> None:
    """Close at Stripe what the user could still pay by: a page, or a payment at their bank.

    ``PurchaseUnderWay`` when Stripe does not answer.
    """
    for each in open_ones(user_id):
        if each.state == Purchase.State.WAITING:
            try:
                settle(each.purchase_id, closing=True)
            except CardDeclined:
                continue
            except PaymentPending as error:
                raise PurchaseUnderWay from error


def _open_ones(user_id: UserId) -> list[Purchase]:
    return [each for each in Purchase.objects.filter(user_id=user_id) if each.is_open]


HOLDINGS: Final = (
    Holding(
        "purchases",
        _purchases,
        (PURCHASES, USER_PURCHASES, LATEST_PURCHASE),
        "within a minute, but for the accounting record: id, moments, state, plan, amount, "
        "currency and Stripe's ids of the payment stay; address, device and source of the money go",
    ),
    Holding(
        "subscriptions",
        _subscriptions,
        (SUBSCRIPTIONS, USER_SUBSCRIPTION, USER_SUBSCRIPTIONS),
        "within a minute, and ended at Stripe; the accounting record stays: id, moments, state, "
        "plan, amount, currency and Stripe's ids; the address goes",
    ),
)
LOOK_BEFORE_ERASURE: Final = (refuse_while_paying,)
END_BEFORE_ERASURE: Final = (close_what_waits,)
