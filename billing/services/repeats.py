"""A second purchase within minutes: a slip, most often. It is noticed, and its buyer is asked.

Apps make another key at each tap, so a key does not tell. One that was declined, or waits for its
buyer elsewhere, may be followed by another at once. A subscription that began just now, and is
paid, counts as a purchase, and who would begin one is asked as well; its renewals do not count.
"""

from typing import Final

from billing.errors import PaymentPending, PurchaseRepeated, StripeUnreachable
from billing.gateways import stripe_subscriptions as stripe
from billing.gateways.base import ENDED
from billing.models import Purchase
from billing.services.asking import CHECKOUT
from billing.subscription import Subscription
from lantern_pro import clock
from lantern_pro.types import Millis, PurchaseId, UserId

GUARD_MS: Final = 10 * 60_000


def look_before(user_id: UserId, purchase_id: PurchaseId, *, insists: bool) -> str:
    """The purchase before, beside which another may begin; empty without one.

    ``PurchaseRepeated`` when it is a repetition, and its buyer has not said that they insist.
    """
    latest = Purchase.objects.latest_of(user_id)
    before, at = latest or (None, Millis(0))
    if before and before.pk == purchase_id:  # the same call, at once with this one
        return before.pk
    if not insists:
        if before and not _lets_another_begin(before):
            _refuse_soon_after(at, plan=before.plan, is_open=before.is_open)
        _refuse_new_subscribers(user_id)
    return before.pk if before else ""


def refuse_soon_after_buying(user_id: UserId) -> None:
    """``PurchaseRepeated`` for who would subscribe, and has bought a moment ago."""
    latest = Purchase.objects.latest_of(user_id)
    if latest and not _lets_another_begin(latest[0]):
        before, at = latest
        _refuse_soon_after(at, plan=before.plan, is_open=before.is_open)


def _refuse_new_subscribers(user_id: UserId) -> None:
    """Who has just subscribed and paid has bought, too.

    What is not paid here yet may be paid at Stripe, whose event is late: it is asked.
    """
    begun = Subscription.objects.open_of(user_id)
    if begun and not begun.is_unpaid_yet:
        _refuse_soon_after(clock.as_millis(begun.created), plan=begun.plan, is_open=False)
    elif begun and _is_paid_at_stripe(begun):
        _refuse_soon_after(clock.now(), plan=begun.plan, is_open=False)


def _is_paid_at_stripe(begun: Subscription) -> bool:
    try:
        on_page = stripe.checkout_now(begun.checkout)[2] if begun.checkout else ""
    except PaymentPending as error:  # there is no payment yet that could be waited for
        raise StripeUnreachable from error
    at_stripe = begun.at_stripe or on_page
    unpaid = {*ENDED, "incomplete"}
    return bool(at_stripe) and stripe.subscription_now(at_stripe).status not in unpaid


def _refuse_soon_after(at: Millis, *, plan: str, is_open: bool) -> None:
    if clock.now() - at < GUARD_MS:
        raise PurchaseRepeated(
            details={
                "plan": plan,
                "paymentStatus": "pending" if is_open else "completed",
                "at": clock.as_seconds(at),
                "insistBy": "insist=true",
            }
        )


def _lets_another_begin(before: Purchase) -> bool:
    if before.state == Purchase.State.BEGUN:
        return before.way == CHECKOUT
    return before.state in {Purchase.State.DECLINED, Purchase.State.WAITING}
