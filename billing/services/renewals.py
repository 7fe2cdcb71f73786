"""How a subscription stands, as Stripe has it now, and what follows from it here.

Whatever tells of it (an event of any type, the clock, its owner) leads to the same look: every paid
invoice gives its time once, keyed by the invoice; time is lent while a renewal is not paid, once,
and taken back when it is, or never will be. So what tells of it may come repeated, in any order, or
not at all.
"""

from contextlib import suppress
from typing import Final

from accounts.errors import NoSuchUser
from billing.errors import (
    CardDeclined,
    NoSuchPurchase,
    NoSuchSubscription,
    PaymentPending,
    StripeRefused,
    StripeUnreachable,
)
from billing.events import RenewalFailed, SubscriptionEnded
from billing.gateways import stripe_checkout, stripe_invoices
from billing.gateways import stripe_subscriptions as stripe
from billing.gateways.base import ENDED, Invoice, SubscriptionNow
from billing.managers.subscriptions import NO_LOANS
from billing.models import Plan
from billing.services import promotions
from billing.services.asking import CHECKOUT, KEY_REMEMBERED_MS
from billing.services.changes import finish_change
from billing.services.disputed import follow_disputes, is_contested
from billing.services.loans import AHEAD_MS, follows_loan, lend_meanwhile, loans_of
from billing.services.paid_invoices import grant_what_is_paid
from billing.services.recurring import recurring_of
from billing.services.strays import end_if_nobodys
from billing.subscription import Subscription
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.events import Event, following
from lantern_pro.jobs.job import LeasedJob, NewJob
from lantern_pro.jobs.worker import enter
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Millis, PurchaseId, SubscriptionId

LOOKING: Final = "looking"
"""The phase in which Stripe may have been asked; asking again changes nothing."""
HOUR_MS: Final = 60 * 60_000
SOON_MS: Final = 60_000
DAY_MS: Final = 24 * HOUR_MS
_STATES: Final = {
    "incomplete": Subscription.State.INCOMPLETE,
    "trialing": Subscription.State.ACTIVE,
    "active": Subscription.State.ACTIVE,
    **dict.fromkeys(ENDED, Subscription.State.ENDED),
}


def look_at(
    subscription_id: SubscriptionId,
    *,
    job: LeasedJob | None = None,
    at_stripe: str = "",
    checkout: str = "",
    give_up: bool = False,
) -> None:
    """Ask Stripe how a subscription stands, give what was paid for, and record it.

    ``at_stripe`` and ``checkout`` say what has just begun there; who gives up a subscription that
    nobody has paid yet ends it there, too. One that Stripe says is paid stays.
    """
    found = Subscription.objects.named(subscription_id)
    asked_at = clock.now()
    if job:
        enter(job, LOOKING)
    at_stripe = at_stripe or found.at_stripe or ""
    checkout = checkout or found.checkout or ""
    page = ""
    if not (at_stripe or checkout):
        if not found.has_owner:  # nothing is begun for who was erased
            raise NoSuchSubscription
        try:
            at_stripe, checkout = _begun_at_stripe(found)
        except StripeRefused:
            give_up = True
    if checkout and not at_stripe:
        if give_up:
            stripe_checkout.close_checkout(checkout)
        page, _, at_stripe = stripe.checkout_now(checkout)
    if not at_stripe:
        _record_unpaid(found, asked_at, checkout, is_over=give_up or page == "expired", job=job)
        return
    now = _as_it_is(found, at_stripe, give_up=give_up)
    paid = grant_what_is_paid(found, now)
    now = follow_disputes(found, now)
    _record(found, now, paid, asked_at=asked_at, checkout=checkout, job=job)


def _as_it_is(found: Subscription, at_stripe: str, *, give_up: bool) -> SubscriptionNow:
    """How it stands at Stripe, once what was begun there is done."""
    now = stripe.subscription_now(at_stripe)
    if found.change_key:
        if now.plan != found.change_to and is_contested(
            now.customer
        ):  # it could be charged at once
            Subscription.objects.end_change(found.subscription_id, key=found.change_key)
        else:
            with suppress(CardDeclined, StripeRefused):  # its owner was told, or sees that it stays
                finish_change(found)
        now = stripe.subscription_now(at_stripe)
    if give_up and _STATES.get(now.status) == Subscription.State.INCOMPLETE:
        stripe.give_up(at_stripe)
        now = stripe.subscription_now(at_stripe)
    if _state(now) == Subscription.State.ENDED:
        stripe_invoices.void_open(at_stripe)
    return now


def _begun_at_stripe(found: Subscription) -> tuple[str, str]:
    """What began at Stripe by a call of ours whose answer nobody kept: the same call tells."""
    begun = clock.as_millis(found.created)
    if clock.now() - begun > KEY_REMEMBERED_MS:
        return "", ""
    wanted = recurring_of(Plan.objects.get(pk=found.plan), found)
    if found.way == CHECKOUT:
        return "", stripe.open_checkout(wanted, begun=begun).pointer
    return stripe.start(wanted).subscription, ""


def look_by_job(subscription_id: SubscriptionId, job: LeasedJob, *, closing: bool = False) -> None:
    """Look for a job; what one who was erased has paid for ends, and goes back.

    Who is ``closing`` it waits until it is paid, or never can be (``PaymentPending``).
    """
    try:
        if closing:
            _close(subscription_id, job)
        else:
            look_at(subscription_id, job=job)
    except (NoSuchSubscription, NoSuchPurchase, NoSuchUser):
        end_if_nobodys(subscription_id)
        ledger.complete(job.fence)
    except StripeUnreachable:
        lend_meanwhile(Subscription.objects.named(subscription_id))
        raise


def _close(subscription_id: SubscriptionId, job: LeasedJob) -> None:
    """End it if nobody has paid it; looking again, and ending it again, changes nothing."""
    enter(job, LOOKING)
    look_at(subscription_id, give_up=True)
    if Subscription.objects.named(subscription_id).is_unpaid_yet:
        raise PaymentPending
    promotions.give_up(PurchaseId(subscription_id))
    ledger.complete(job.fence)


def _record_unpaid(
    found: Subscription, asked_at: Millis, checkout: str, *, is_over: bool, job: LeasedJob | None
) -> None:
    """A subscription of which Stripe knows nothing yet, or only a page that nobody has paid on."""
    is_old = asked_at - clock.as_millis(found.created) > DAY_MS
    is_over = is_over or is_old
    told = {
        "state": "ended" if is_over else found.state,
        "checkout": checkout,
        "check_at": "" if is_over else str(asked_at + 5 * SOON_MS),
    }
    Subscription.objects.record(
        subscription_id=found.subscription_id,
        user_id=found.subscriber,
        asked_at=asked_at,
        told=told,
        words="",
        loans=NO_LOANS,
        fence=job.fence if job else None,
        follow=[],
    )


def _record(
    found: Subscription,
    now: SubscriptionNow,
    paid: Invoice | None,
    *,
    asked_at: Millis,
    checkout: str,
    job: LeasedJob | None,
) -> None:
    state = _state(now)
    check_at = _next_look(state, now, asked_at)
    loans = loans_of(found, now, paid, asked_at=asked_at)
    told = {
        "state": str(state),
        "at_stripe": now.subscription,
        "checkout": checkout,
        "customer": now.customer,
        "invoice": now.latest.invoice if now.latest else "",
        "plan": now.plan or found.plan,
        **_terms_told(now),
        "stopped_by": now.stopped_by,
        "stopped_at": str(now.canceled_at if now.stopped_by else 0),
        "check_at": str(check_at) if check_at else "",
    }
    Subscription.objects.record(
        subscription_id=found.subscription_id,
        user_id=found.subscriber,
        asked_at=asked_at,
        told=told,
        words="" if state == Subscription.State.INCOMPLETE else str(state),
        loans=loans,
        fence=job.fence if job else None,
        follow=[*_what_follows(found, state, now, paid), *follows_loan(found, loans)],
    )


def _terms_told(now: SubscriptionNow) -> dict[str, str]:
    """What the row says of its terms; as before, when nobody can say which of its items is ours."""
    terms = now.terms
    if terms is None:
        return {}
    return {
        "amount_minor": str(terms.amount),
        "currency": terms.currency,
        "period_end": str(terms.period_end),
    }


def _state(now: SubscriptionNow) -> Subscription.State:
    state = _STATES.get(now.status, Subscription.State.PAST_DUE)
    is_ending = state == Subscription.State.ACTIVE and now.is_ending
    return Subscription.State.ENDING if is_ending else state


def _next_look(state: Subscription.State, now: SubscriptionNow, asked_at: Millis) -> Millis | None:
    """When to ask again, should nobody tell: about when its period ends, and often in trouble."""
    if state == Subscription.State.ENDED:
        return None
    if state == Subscription.State.INCOMPLETE:
        return Millis(asked_at + 5 * SOON_MS)
    is_paid = now.latest is None or now.latest.status == "paid"
    period_end = now.terms.period_end if now.terms and is_paid else 0
    if period_end - AHEAD_MS > asked_at:
        return Millis(period_end - AHEAD_MS)
    if period_end + SOON_MS > asked_at:
        return Millis(period_end + SOON_MS)
    return Millis(asked_at + HOUR_MS)


def _what_follows(
    found: Subscription, state: Subscription.State, now: SubscriptionNow, paid: Invoice | None
) -> list[NewJob]:
    cell = cell_of(found.subscription_id)
    happened: list[Event] = []
    latest = now.latest
    is_failing = latest is not None and latest.status == "open" and latest.attempts > 0
    if latest and is_failing and state == Subscription.State.PAST_DUE:
        happened.append(RenewalFailed(cell, found.subscription_id, latest.invoice, latest.attempts))
    if state == Subscription.State.ENDED and now.status == "canceled" and paid:
        happened.append(SubscriptionEnded(cell, found.subscription_id))
    return [job for event in happened for job in following(event)]
