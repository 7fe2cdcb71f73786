"""Time lent until a renewal is paid, from the end of what was paid last on: once until a payment.

The payment, or the subscription's end, takes back what was lent before.
"""

from contextlib import suppress
from typing import Final

from django.conf import settings

from accounts.events import ProTimeGained
from billing.errors import NoSuchSubscription
from billing.gateways.base import ENDED, Invoice, SubscriptionNow
from billing.managers.subscriptions import NO_LOANS, Loans
from billing.subscription import Subscription
from lantern_pro import clock
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import NewJob
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Millis

_LENT_TO: Final = frozenset({"active", "past_due"})
"""Not to ``unpaid``: there Stripe has given up trying."""
_DUE: Final = frozenset({"draft", "open"})
AHEAD_MS: Final = 10 * 60_000
"""How long before the end of what is paid time is lent: nobody is without Pro in between."""


def loans_of(
    found: Subscription, now: SubscriptionNow, paid: Invoice | None, *, asked_at: Millis
) -> Loans:
    """What is lent as Stripe has it now; ``paid`` is the newest invoice that is paid."""
    if paid is None or now.status in ENDED:
        return NO_LOANS
    loan = _loan_after(found, paid.invoice, paid.end, plan=now.plan)
    latest = now.latest
    if latest is None or now.status not in _LENT_TO:
        return Loans(loan.stands)
    is_due = latest.is_renewal and latest.status in _DUE
    will_be_due = latest.status == "paid" and not now.is_ending and is_over_soon(paid.end, asked_at)
    return loan if is_due or will_be_due else Loans(loan.stands)


def is_over_soon(end: Millis, at: Millis) -> bool:
    """Whether a period has ended, or will before long."""
    return end - AHEAD_MS <= at


def lend_meanwhile(found: Subscription) -> None:
    """Lend as at the end of any period, while Stripe tells nobody whether it renews.

    To what was paid, and was to renew, when Stripe was asked last. What is learnt later stands.
    """
    end, again = found.period_end, found.check_at
    if end is None or again is None or found.state != Subscription.State.ACTIVE:
        return
    if not is_over_soon(clock.as_millis(end), clock.now()):
        return
    loan = _loan_after(found, found.invoice or "", clock.as_millis(end), plan=found.plan)
    with suppress(NoSuchSubscription):  # its owner is being erased
        Subscription.objects.record(
            subscription_id=found.subscription_id,
            user_id=found.subscriber,
            asked_at=Millis(found.asked_at),
            told={"state": found.state, "check_at": str(clock.as_millis(again))},
            words=found.state,
            loans=loan,
            fence=None,
            follow=follows_loan(found, loan),
        )


def follows_loan(found: Subscription, loans: Loans) -> tuple[NewJob, ...]:
    """What follows from time that is lent: whoever was without Pro has their proxies again."""
    if not loans.lent:
        return ()
    cell = cell_of(found.subscription_id)
    return following(ProTimeGained(cell, found.subscriber, loans.stands))


def _loan_after(found: Subscription, paid: str, end: Millis, *, plan: str) -> Loans:
    fact = f"grace.{found.pk}.{paid}"
    lent = {"fact": fact, "kind": "grace", "because": fact, "months": 0, "plan": plan}
    return Loans(fact, {**lent, "at": end, "days": settings.GRACE_DAYS})
