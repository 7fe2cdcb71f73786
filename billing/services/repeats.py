"""A second purchase within minutes: a slip, most often. It is noticed, and its buyer is asked.

Apps make another key at each tap, so a key does not tell. One that was declined, or waits for its
buyer elsewhere, may be followed by another at once. A subscription that was first paid just now
counts as a purchase, and who would begin one is asked as well; its renewals do not count. What is
not paid here may be paid at Stripe, whose event is late: Stripe is asked.

Two calls at once have seen nothing of each other: so what a call has seen goes to the script by
which it begins, and that one refuses when there is something else by then.
"""

from typing import Final, NoReturn

from billing.errors import (
    NoSuchSubscription,
    PaymentPending,
    PurchaseRepeated,
    StripeUnreachable,
)
from billing.gateways import stripe_subscriptions as stripe
from billing.gateways.base import ENDED, Paid
from billing.gateways.stripe_client import UNREADABLE
from billing.managers.purchases import BESIDE_ANY, UNGUARDED, Guard
from billing.models import Purchase
from billing.services.asking import CHECKOUT, ask_stripe
from billing.subscription import Subscription
from lantern_pro import clock
from lantern_pro.types import Millis, PurchaseId, UserId

GUARD_MS: Final = 10 * 60_000
INSIST: Final = {"insistBy": "insist=true"}


def look_before(user_id: UserId, purchase_id: PurchaseId, *, insists: bool, way: str) -> Guard:
    """What there is beside which another purchase may begin.

    ``PurchaseRepeated`` when it is a repetition, and its buyer has not said that they insist.
    """
    latest = Purchase.objects.latest_of(user_id)
    before, at = latest or (None, Millis(0))
    seen = Guard(guard_ms=GUARD_MS, seen=before.pk if before else "", beside=BESIDE_ANY)
    if insists or seen.seen == purchase_id:  # the same call, at once with this one
        return seen
    if before and not _lets_another_begin(before):
        _refuse_soon_after(at, plan=before.plan, is_open=before.is_open)
    begun = _refuse_new_subscribers(user_id)
    return seen if way == CHECKOUT else seen._replace(beside=begun)


def look_before_subscribing(user_id: UserId, *, insists: bool) -> Guard:
    """The purchase beside which a subscription may begin.

    ``PurchaseRepeated`` for who has bought a moment ago, and has not said that they insist.
    """
    if insists:
        return UNGUARDED
    latest = Purchase.objects.latest_of(user_id)
    if latest is None:
        return Guard(guard_ms=GUARD_MS)
    before, at = latest
    if not _lets_another_begin(before):
        _refuse_soon_after(at, plan=before.plan, is_open=before.is_open)
    return Guard(guard_ms=GUARD_MS, seen=before.pk)


def refuse_what_was_faster(user_id: UserId) -> NoReturn:
    """``PurchaseRepeated`` for one of two calls at once, which tells of the other."""
    latest, begun = Purchase.objects.latest_of(user_id), Subscription.objects.open_of(user_id)
    if latest:
        raise _repeated(latest[1], plan=latest[0].plan, is_open=latest[0].is_open)
    if begun:
        raise _repeated(clock.as_millis(begun.created), plan=begun.plan, is_open=True)
    raise PurchaseRepeated(details=INSIST)  # it has come to its end meanwhile


def _refuse_new_subscribers(user_id: UserId) -> str:
    """Who has just subscribed and paid has bought, too; the subscription of anybody else, if any.

    What is not paid here yet may be paid at Stripe, whose event is late: it is asked.
    """
    begun = Subscription.objects.open_of(user_id)
    if begun and not begun.is_unpaid_yet:
        _refuse_soon_after(_first_paid(begun), plan=begun.plan, is_open=False)
    elif begun and _is_paid_at_stripe(begun):
        _refuse_soon_after(clock.now(), plan=begun.plan, is_open=False)
    return begun.pk if begun else ""


def _first_paid(begun: Subscription) -> Millis:
    """When it was learnt that its first payment was made, which may be long after it was begun."""
    theirs = Purchase.objects.filter(user_id=begun.user_id)
    firsts = [each for each in theirs if each.subscription == begun.pk and each.begins_it]
    told = [clock.as_millis(each.settled) for each in firsts if each.settled]
    return max([clock.as_millis(begun.created), *told])


def _is_paid_at_stripe(begun: Subscription) -> bool:
    unpaid = {*ENDED, "incomplete"}
    try:
        on_page = stripe.checkout_now(begun.checkout)[2] if begun.checkout else ""
        at_stripe = begun.at_stripe or on_page
        return bool(at_stripe) and stripe.subscription_now(at_stripe).status not in unpaid
    except PaymentPending as error:  # there is no payment yet that could be waited for
        raise StripeUnreachable from error
    except NoSuchSubscription:  # nobody can pay for it, so that it keeps nobody from buying
        return False


def _refuse_soon_after(at: Millis, *, plan: str, is_open: bool) -> None:
    if clock.now() - at < GUARD_MS:
        raise _repeated(at, plan=plan, is_open=is_open)


def _repeated(at: Millis, *, plan: str, is_open: bool) -> PurchaseRepeated:
    return PurchaseRepeated(
        details={
            "plan": plan,
            "paymentStatus": "pending" if is_open else "completed",
            "at": clock.as_seconds(at),
            **INSIST,
        }
    )


def _lets_another_begin(before: Purchase) -> bool:
    if before.state == Purchase.State.BEGUN:
        return before.way == CHECKOUT
    if before.state == Purchase.State.WAITING:
        return not _may_be_paid(before)
    return before.state == Purchase.State.DECLINED


def _may_be_paid(before: Purchase) -> bool:
    """Whether it is paid at Stripe, of which nobody has told yet, or may be, as nobody can say."""
    try:
        return isinstance(ask_stripe(before, None), Paid)
    except PaymentPending:
        return True
    except UNREADABLE:  # Stripe does not know it, so that it keeps nobody from buying
        return False
