"""What of Stripe's books does not agree with ours: one look for each kind of thing that it lists.

A look answers what is wrong with one thing, and what repairs it; or None, where both agree. It
changes nothing.
"""

from dataclasses import dataclass
from typing import Final

from billing.events import MoneyReturned, PaymentFound, SubscriptionMoved
from billing.gateways import stripe_lists, stripe_returns, stripe_subscriptions
from billing.gateways.stripe_lists import Listed
from billing.managers import reconciliation as kept
from billing.managers.foreign import is_known_as_foreign, remember_foreign
from billing.managers.returns import returns_of
from billing.models import Purchase, Subscription
from billing.services.stripe_handlers import ours, purchase_of
from lantern_pro import clock
from lantern_pro.jobs.events import Event
from lantern_pro.types import PurchaseId, SubscriptionId

LOOK_AGAIN_MS: Final = 5 * 60_000
"""How soon what did not agree is looked at again."""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something that does not agree: what repairs it, or, where nothing does, only its kind."""

    kind: str
    purchase: str
    repair: Event | None = None


def look_at_payment(listed: Listed) -> Finding | None:
    """Whether a payment that is kept has made its purchase Pro."""
    if not listed.is_kept:
        return None
    found = Purchase.objects.charged(listed.charge_id)
    if found is not None:
        agrees = found.amount_minor == listed.amount == _promised(found)
        return None if agrees else Finding("other-amount", found.purchase_id)
    if purchase_id := ours(listed.purchase):
        return _not_given(listed, purchase_id)
    if listed.purchase or not listed.customer:
        return None  # somebody else's, on the same account at Stripe
    return _not_renewed(listed)


def _promised(found: Purchase) -> int:
    """What was to be paid, as far as it was said before: the first period, by a promotion."""
    if not (found.promotion and found.subscription):
        return found.amount_minor
    return int(Subscription.objects.named(SubscriptionId(found.subscription)).first_minor)


def _not_given(listed: Listed, purchase_id: PurchaseId) -> Finding:
    found = Purchase.objects.filter(pk=purchase_id).first()
    if found is None:
        return Finding("unknown-purchase", purchase_id)
    if found.state == Purchase.State.PAID:
        return Finding("paid-twice", purchase_id)
    if found.is_nobodys:
        return Finding("no-account", purchase_id)
    repair = PaymentFound(kept.HERE, purchase_id, listed.payment_intent)
    return Finding("paid-not-pro", purchase_id, repair)


def _not_renewed(listed: Listed) -> Finding | None:
    """What a charge that says nothing of a purchase pays: an invoice of a subscription, perhaps."""
    if is_known_as_foreign(listed.payment_intent):
        return None
    named = ours(stripe_subscriptions.subscription_paid_by(listed.payment_intent))
    if named is None:
        remember_foreign(listed.payment_intent)
        return None
    found = Subscription.objects.filter(pk=named).first()
    if found is None:
        return Finding("unknown-subscription", named)
    kind = "renewal-not-given" if found.has_owner else "stray-not-returned"
    return Finding(kind, named, _look_anew(found.subscription_id, listed))


def look_at_subscription(listed: Listed) -> Finding | None:
    """Whether a subscription at Stripe goes on here as it does there, and for somebody."""
    named = ours(listed.purchase)
    if named is None:
        return None
    found = Subscription.objects.filter(pk=named).first()
    if found is None:
        return Finding("unknown-subscription", named) if listed.is_kept else None
    if not listed.is_kept:
        return _has_ended(listed, found)
    if found.at_stripe not in {None, "", listed.object_id}:
        return Finding("subscribed-twice", named)
    return _goes_on(listed, found)


def _has_ended(listed: Listed, found: Subscription) -> Finding | None:
    has_ended_here = found.state == Subscription.State.ENDED or not found.has_owner
    is_of_another = found.at_stripe not in {None, "", listed.object_id}
    if has_ended_here or is_of_another:
        return None
    named = found.subscription_id
    return Finding("ended-at-stripe", named, _look_anew(named, listed))


def _goes_on(listed: Listed, found: Subscription) -> Finding | None:
    named, has_ended_here = found.subscription_id, found.state == Subscription.State.ENDED
    if has_ended_here and Subscription.objects.open_of(found.subscriber):
        return Finding("subscribed-twice", named)  # its owner has another by now
    if has_ended_here or not found.has_owner or not found.at_stripe:
        return Finding("goes-on-at-stripe", named, _look_anew(named, listed))
    return _has_one_item(listed, named)


def _has_one_item(listed: Listed, named: SubscriptionId) -> Finding | None:
    """We make subscriptions of one item; what else there is in it nobody here can account for."""
    return None if listed.items == 1 else Finding("several-items", named)


def look_at_given(listed: Listed) -> Finding | None:
    """Whether Stripe knows the payment of a purchase that is paid here, and has it as paid."""
    payment = stripe_returns.payment_now(listed.payment_intent)
    if payment is None:
        return Finding("given-unknown", listed.purchase)
    return None if payment.is_paid else Finding("given-not-paid", listed.purchase)


def look_at_subscribed(listed: Listed) -> Finding | None:
    """Whether Stripe knows a subscription that goes on here, and has it go on."""
    now = stripe_lists.named(listed.object_id)
    if now is None:
        return Finding("subscribed-unknown", listed.purchase)
    subscription_id = SubscriptionId(listed.purchase)
    if now.is_kept:
        return _has_one_item(now, subscription_id)
    repair = _look_anew(subscription_id, listed)
    return Finding("ended-at-stripe", subscription_id, repair)


def _look_anew(named: SubscriptionId, listed: Listed) -> Event:
    """A look, and another one later when the first has found nothing yet."""
    fact = f"{listed.object_id}.{clock.now() // LOOK_AGAIN_MS}"
    return SubscriptionMoved(kept.HERE, named, fact)


def look_at_return(listed: Listed) -> Finding | None:
    """Whether a refund or a dispute has taken what it takes, as far as it has come."""
    returned = listed.returned
    assert returned is not None  # noqa: S101 - the lists of refunds and disputes have it
    found = Purchase.objects.charged(listed.charge_id)
    purchase_id = found.purchase_id if found else _purchase_named_by(listed.payment_intent)
    if purchase_id is None:
        return None
    named = found or Purchase.objects.filter(pk=purchase_id).first()
    if named is None:
        return Finding("unknown-purchase", purchase_id)
    if found is None and named.state == Purchase.State.PAID:
        return None  # of a second payment, which gave nothing
    if named.is_nobodys:
        return None  # it gave nothing, so nothing can be taken
    known = {each.fact: each for each in returns_of(purchase_id)}.get(returned.fact)
    if known and (known.stands, known.state) == (returned.stands, returned.state):
        return None
    fact = f"{listed.object_id}.{returned.state}"
    repair = MoneyReturned(kept.HERE, purchase_id, listed.payment_intent, fact)
    is_taken = known is not None and known.stands == returned.stands
    return Finding("return-moved" if is_taken else "not-taken-back", purchase_id, repair)


def _purchase_named_by(payment_intent: str) -> PurchaseId | None:
    """The purchase that a payment is for, asked of Stripe; of what is not ours, once."""
    if is_known_as_foreign(payment_intent):
        return None
    purchase_id = purchase_of(payment_intent)
    if purchase_id is None and not ours(stripe_subscriptions.subscription_paid_by(payment_intent)):
        remember_foreign(payment_intent)
    return purchase_id
