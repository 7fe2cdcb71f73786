"""A second purchase within minutes: a slip, most often. It is noticed, and its buyer is asked.

Apps make another key at each tap, so a key does not tell. One that was declined, or waits for its
buyer elsewhere, may be followed by another at once.
"""

from typing import Final

from billing.errors import PurchaseRepeated
from billing.models import Purchase
from billing.services.asking import CHECKOUT
from lantern_pro import clock
from lantern_pro.types import PurchaseId, UserId

GUARD_MS: Final = 10 * 60_000


def look_before(user_id: UserId, purchase_id: PurchaseId, *, insists: bool) -> str:
    """The purchase before, beside which another may begin; empty without one.

    ``PurchaseRepeated`` when it is a repetition, and its buyer has not said that they insist.
    """
    latest = Purchase.objects.latest_of(user_id)
    if latest is None:
        return ""
    before, at = latest
    if before.pk == purchase_id:  # the same call, at once with this one
        return before.pk
    if not (insists or _lets_another_begin(before)) and clock.now() - at < GUARD_MS:
        raise PurchaseRepeated(
            details={
                "plan": before.plan,
                "paymentStatus": "pending" if before.is_open else "completed",
                "at": clock.as_seconds(at),
                "insistBy": "insist=true",
            }
        )
    return before.pk


def _lets_another_begin(before: Purchase) -> bool:
    if before.state == Purchase.State.BEGUN:
        return before.way == CHECKOUT
    return before.state in {Purchase.State.DECLINED, Purchase.State.WAITING}
