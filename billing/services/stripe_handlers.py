"""What each type of Stripe's events makes us look at: one table, type -> handler.

A handler gets a hint: the event's id, and that of the object that it names. It asks Stripe how the
object is now (never what the event said of it) and answers with what has happened, as events of
``billing/events.py`` in the hint's cell; ``lantern_pro/flows.py`` says what follows. Many events
may tell of one fact, so what follows is keyed by the fact; where the same thing must be looked at
again at each event, the event's id goes into the job's name. An object that Stripe does not know,
or that is none of ours, is nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from accounts.errors import NoSuchUser
from billing.errors import NoSuchPurchase, NoSuchSubscription
from billing.events import MoneyReturned, PaymentFound, PaymentReported, SubscriptionMoved
from billing.gateways import stripe_checkout, stripe_returns, stripe_subscriptions
from billing.models import Purchase, Subscription
from billing.services.renewals import look_at
from lantern_pro.jobs.events import Event
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Cell, PurchaseId, SubscriptionId


@dataclass(frozen=True, slots=True)
class Hint:
    """What is known of an event; ``cell`` is that of the job that looks."""

    event_id: str
    object_id: str
    cell: Cell


Handler = Callable[[Hint], Sequence[Event]]


def payment_moved(hint: Hint) -> Sequence[Event]:
    """A payment succeeded or failed: its purchase is to be settled.

    One that has succeeded makes its purchase paid whatever was recorded before: after a decline
    the same payment may be tried with another card, and asking by the purchase's key would be
    answered with the decline again.
    """
    payment = stripe_returns.payment_now(hint.object_id)
    purchase_id = ours(payment.purchase) if payment else None
    if payment is None or purchase_id is None:
        return ()
    reported = PaymentReported(hint.cell, purchase_id)
    found = Purchase.objects.filter(pk=purchase_id).first()
    if not payment.is_paid or found is None or found.state == Purchase.State.PAID:
        return [reported]
    return [reported, PaymentFound(hint.cell, purchase_id, payment.payment_intent)]


def checkout_moved(hint: Hint) -> Sequence[Event]:
    """A page was paid on, or nobody pays on it any more: its purchase is to be settled."""
    purchase_id = ours(stripe_checkout.purchase_of_checkout(hint.object_id))
    return [PaymentReported(hint.cell, purchase_id)] if purchase_id else ()


def subscription_moved(kind: str) -> Handler:
    """Handle what tells of a subscription: an object of this kind names it."""

    def handle(hint: Hint) -> Sequence[Event]:
        named = ours(stripe_subscriptions.subscription_named(kind, hint.object_id))
        if named is None:
            return ()
        return [SubscriptionMoved(hint.cell, SubscriptionId(named), hint.event_id)]

    return handle


def checkout_ended(hint: Hint) -> Sequence[Event]:
    """A page was paid on, or not: for a purchase, or for a subscription."""
    return checkout_moved(hint) or _of_checkout(hint)


def money_returned(payment_of: Callable[[str], str | None]) -> Handler:
    """Handle what tells of money that goes back: all of its payment's is to be looked at.

    ``payment_of`` asks Stripe which payment the event's object belongs to.
    """

    def handle(hint: Hint) -> Sequence[Event]:
        payment_intent = payment_of(hint.object_id)
        if payment_intent is None:
            return ()
        purchase_id = purchase_of(payment_intent) or _renewal_of(payment_intent)
        if purchase_id is None:
            return ()
        return [MoneyReturned(hint.cell, purchase_id, payment_intent, hint.event_id)]

    return handle


def purchase_of(payment_intent: str) -> PurchaseId | None:
    """The purchase that a payment is for; None when it is none of ours.

    By what the payment says of itself, or else by the purchase that keeps its charge.
    """
    payment = stripe_returns.payment_now(payment_intent)
    if payment is None:
        return None
    if payment.purchase:
        return ours(payment.purchase)
    found = Purchase.objects.charged(payment.charge_id) if payment.charge_id else None
    return found.purchase_id if found else None


def _renewal_of(payment_intent: str) -> PurchaseId | None:
    """The renewal that a payment is for, of which nobody here has heard: it is given first.

    None when it is nobody's.
    """
    named = ours(stripe_subscriptions.subscription_paid_by(payment_intent))
    if named is None or not Subscription.objects.filter(pk=named).exists():
        return None
    try:
        look_at(SubscriptionId(named))
    except (NoSuchUser, NoSuchSubscription, NoSuchPurchase):
        return None  # nobody's: its owner was erased, so it can give nothing and nothing is taken
    return purchase_of(payment_intent)


def ours(name: str) -> PurchaseId | None:
    """An id of ours, by what an object at Stripe says of itself; None when it is none."""
    try:
        cell_of(name)
    except ValueError:  # somebody else's, on the same account at Stripe
        return None
    return PurchaseId(name)


_of_charge: Final = money_returned(stripe_returns.payment_of_charge)
_of_refund: Final = money_returned(stripe_returns.payment_of_refund)
_of_dispute: Final = money_returned(stripe_returns.payment_of_dispute)

_of_checkout: Final = subscription_moved("checkout")
_of_invoice: Final = subscription_moved("invoice")
_of_subscription: Final = subscription_moved("subscription")

HANDLERS: Final[Mapping[str, Handler]] = {
    "payment_intent.succeeded": payment_moved,
    "payment_intent.payment_failed": payment_moved,
    "payment_intent.canceled": payment_moved,
    "checkout.session.completed": checkout_ended,
    "checkout.session.expired": checkout_ended,
    "invoice.created": _of_invoice,
    "invoice.paid": _of_invoice,
    "invoice.payment_failed": _of_invoice,
    "invoice.payment_action_required": _of_invoice,
    "invoice.voided": _of_invoice,
    "customer.subscription.created": _of_subscription,
    "customer.subscription.updated": _of_subscription,
    "customer.subscription.deleted": _of_subscription,
    "charge.refunded": _of_charge,
    "refund.created": _of_refund,
    "refund.updated": _of_refund,
    "refund.failed": _of_refund,
    "charge.refund.updated": _of_refund,
    "charge.dispute.created": _of_dispute,
    "charge.dispute.updated": _of_dispute,
    "charge.dispute.closed": _of_dispute,
    "charge.dispute.funds_withdrawn": _of_dispute,
    "charge.dispute.funds_reinstated": _of_dispute,
}
"""The types that say something to us. Any other is acknowledged, counted and left alone."""
