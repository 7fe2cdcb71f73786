"""Time lent until a renewal is paid, from the end of what was paid last on: once until a payment.

The payment, or the subscription's end, takes back what was lent before.
"""

from contextlib import suppress
from typing import Final

from django.conf import settings

from billing.errors import NoSuchSubscription
from billing.gateways.base import Invoice, SubscriptionNow
from billing.managers.subscriptions import NO_LOANS, Loans
from billing.subscription import Subscription
from lantern_pro import clock
from lantern_pro.types import Millis

_OVER: Final = frozenset({"canceled", "incomplete_expired"})
_LENT_TO: Final = frozenset({"active", "past_due"})
"""Not to ``unpaid``: there Stripe has given up trying."""
_DUE: Final = frozenset({"draft", "open"})


def loans_of(found: Subscription, now: SubscriptionNow, paid: Invoice | None) -> Loans:
    """What is lent as Stripe has it now; ``paid`` is the newest invoice that is paid."""
    if paid is None or now.status in _OVER:
        return NO_LOANS
    loan = _loan_after(found, paid.invoice, paid.end, plan=now.plan)
    latest = now.latest
    is_due = latest is not None and latest.is_renewal and latest.status in _DUE
    return loan if is_due and now.status in _LENT_TO else Loans(loan.stands)


def lend_meanwhile(found: Subscription) -> None:
    """Lend as after any period that has ended, while Stripe tells nobody whether it renews.

    To what was paid, and was to renew, when Stripe was asked last. What is learnt later stands.
    """
    end, again = found.period_end, found.check_at
    if end is None or again is None or found.state != Subscription.State.ACTIVE:
        return
    if clock.as_millis(end) > clock.now():
        return
    with suppress(NoSuchSubscription):  # its owner is being erased
        Subscription.objects.record(
            subscription_id=found.subscription_id,
            user_id=found.subscriber,
            asked_at=Millis(found.asked_at),
            told={"state": found.state, "check_at": str(clock.as_millis(again))},
            words=found.state,
            loans=_loan_after(found, found.invoice or "", clock.as_millis(end), plan=found.plan),
            fence=None,
            follow=[],
        )


def _loan_after(found: Subscription, paid: str, end: Millis, *, plan: str) -> Loans:
    fact = f"grace.{found.pk}.{paid}"
    lent = {"fact": fact, "kind": "grace", "because": fact, "months": 0, "plan": plan}
    return Loans(fact, {**lent, "at": end, "days": settings.GRACE_DAYS})
