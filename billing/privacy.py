"""What billing holds on a user."""

from typing import Any, Final

from billing.errors import PurchaseUnderWay
from billing.keys import PURCHASES, USER_PURCHASES
from billing.models import Purchase
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


def refuse_while_paying(user_id: UserId) -> None:
    """A payment whose outcome is open must end first, or money would be taken from nobody."""
    if any(each.state == Purchase.State.BEGUN for each in Purchase.objects.filter(user_id=user_id)):
        raise PurchaseUnderWay


HOLDINGS: Final = (
    Holding(
        "purchases",
        _purchases,
        (PURCHASES, USER_PURCHASES),
        "within a minute, but for the accounting record: id, moments, state, plan, amount, "
        "currency and Stripe's ids of the payment stay; address, device and source of the money go",
    ),
)
LOOK_BEFORE_ERASURE: Final = (refuse_while_paying,)
