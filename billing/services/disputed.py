"""A subscription of which a payment is disputed: nothing more is charged until a bank has decided.

When a dispute is opened the subscription is let end with its period; that we did so, and when, is
noted with it at Stripe, in the same call. What is due already is kept from being charged by itself,
and goes on when no dispute is open any more. When no dispute is open any more it is resumed, unless
somebody else has let it end since; when one is lost it is ended at once. What to do follows from
how the subscription and its disputes are at Stripe, and from nothing else: so what tells of them
may come in any order, repeated, or not at all.
"""

from typing import Final

from billing.errors import StripeUnreachable
from billing.gateways import stripe_invoices, stripe_returns
from billing.gateways import stripe_subscriptions as stripe
from billing.gateways.base import DISPUTE, ENDED, LOST, Returned, SubscriptionNow
from billing.services.asking import KEY_REMEMBERED_MS
from billing.subscription import Subscription
from lantern_pro import clock
from lantern_pro.types import Millis

CONTESTED_FOR_MS: Final = 365 * 24 * 60 * 60_000
"""How old a charge may be whose dispute is looked at: 120 days to open it, and months to decide."""
BY_LOSS: Final = f"{DISPUTE}.{LOST}"
MOST_TURNS: Final = 6
"""A bank may decide while Stripe is asked to do what was right before; more often it does not."""
_NOT_PAID_YET: Final = "incomplete"


def is_contested(customer: str) -> bool:
    """Whether a bank has not decided yet about a payment of a customer's subscription."""
    return any(each.is_contested for each in _disputes(customer))


def follow_disputes(found: Subscription, now: SubscriptionNow) -> SubscriptionNow:
    """Stop, resume or end a subscription as its disputes want it; how it stands at Stripe then.

    After each step all is looked at anew: whoever does something last has seen how it is since.
    """
    for _ in range(MOST_TURNS):
        if now.status in ENDED or now.status == _NOT_PAID_YET:
            break
        if not _take_a_step(found, now, _disputes(now.customer)):
            break
        now = stripe.subscription_now(now.subscription)
    return now


def _take_a_step(found: Subscription, now: SubscriptionNow, disputes: list[Returned]) -> bool:
    """Do what is to be done next, if anything is."""
    name = now.subscription
    if any(each.is_lost for each in disputes):
        stripe.note_why(name, BY_LOSS)
        stripe_invoices.hold_due(name, BY_LOSS)  # a draft cannot be voided
        stripe.end_now(name)
        stripe_invoices.void_open(name)
        return True
    contested = any(each.is_contested for each in disputes)
    if contested and not now.is_ending:
        stripe.stop(name, f"{DISPUTE}.{clock.now()}")
        return True
    if _see_to_what_is_due(now, contested=contested):
        return True
    if not now.stopped_by:
        return False
    if not (now.is_ending and _is_our_doing(found, now)):
        stripe.note_why(name, "")  # somebody else has resumed it since, or let it end
        return True
    if not contested:
        stripe.set_ending(name, ends=False)
    return not contested


def _see_to_what_is_due(now: SubscriptionNow, *, contested: bool) -> bool:
    """Keep what is due from being charged by itself, or let it go on; whether there was anything.

    What is held is asked for only where something may be, as few subscriptions have it.
    """
    if contested:
        return stripe_invoices.hold_due(now.subscription, DISPUTE)
    may_be_held = now.stopped_by or (now.latest and now.latest.is_held)
    return bool(may_be_held) and stripe_invoices.let_go(now.subscription)


def _is_our_doing(found: Subscription, now: SubscriptionNow) -> bool:
    """Whether nobody has let it end since we did.

    We know since when it is stopped from the look that saw it first; or else the same call tells.
    """
    if found.stopped_by == now.stopped_by and found.stopped_at:
        return bool(found.stopped_at == now.canceled_at)
    asked = now.stopped_by.partition(".")[2]
    if not asked.isdigit() or clock.now() - int(asked) > KEY_REMEMBERED_MS:
        return True
    try:
        return stripe.stop(now.subscription, now.stopped_by) == now.canceled_at
    except StripeUnreachable:  # it keeps an answer that failed, too; then nothing tells otherwise
        return True


def _disputes(customer: str) -> list[Returned]:
    """The disputes of what a subscription was charged: its customer at Stripe has no other.

    One question tells of a hundred charges whether a bank disputes them, and one more of each that
    it does; to ask by the charges that are known here would be a question for each renewal, and
    miss one that gave nothing yet.
    """
    return stripe_returns.disputes_of(customer, since=Millis(clock.now() - CONTESTED_FOR_MS))
