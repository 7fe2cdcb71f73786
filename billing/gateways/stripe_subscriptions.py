"""Subscriptions and their invoices at Stripe."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import stripe

from billing.errors import CardDeclined, NoSuchSubscription, StripeRefused, StripeUnreachable
from billing.gateways.base import (
    Recurring,
    Started,
    SubscriptionNow,
    Terms,
    Waiting,
)
from billing.gateways.stripe_catalogue import discount_of, item_of, product_of
from billing.gateways.stripe_checkout import OPEN_MS, RETURNED_PAID, RETURNED_UNPAID, returning
from billing.gateways.stripe_client import MISSING, client, reaching, readable, said, unless_missing
from billing.gateways.stripe_invoices import plan_in, read_invoice
from lantern_pro.types import Millis, Minor

STOPPED_BY: Final = "stopped_by"
"""Says in the metadata why a subscription does not renew, where that was for a reason of ours."""
SEVERAL_ITEMS: Final = "several_items"
"""Why the plan of a subscription cannot be changed of which somebody has made several items."""
_FIRST_PAYMENT: Final = ["latest_invoice.confirmation_secret"]


@contextmanager
def _accepting() -> Iterator[None]:
    """Say in our words that Stripe takes something not as it is; asking again would not help."""
    try:
        yield
    except stripe.InvalidRequestError as error:
        raise StripeRefused(details={"reason": str(error.code or "invalid_request")}) from error


@contextmanager
def _known() -> Iterator[None]:
    """Say in our words that Stripe knows no such thing."""
    try:
        yield
    except stripe.InvalidRequestError as error:
        if error.code != MISSING:
            raise
        raise NoSuchSubscription from error


def start(wanted: Recurring) -> Started:
    """Begin a subscription whose first invoice the client pays; the same again is the same one."""
    customer = customer_for(wanted.key, user=wanted.metadata["user"], email=wanted.email)
    with _accepting(), reaching():
        parameters: dict[str, Any] = {
            "customer": customer,
            "items": [item_of(wanted)],
            **discount_of(wanted),
            "metadata": wanted.metadata,
            "payment_behavior": "default_incomplete",
            "payment_settings": {"save_default_payment_method": "on_subscription"},
            "expand": _FIRST_PAYMENT,
        }
        made: Any = client().v1.subscriptions.create(
            parameters,  # type: ignore[arg-type]
            {"idempotency_key": wanted.key},
        )
    return _started(made)


def customer_for(key: str, *, user: str, email: str) -> str:
    """Make the customer of a subscription; the same again is the same one, for 24 hours."""
    known = {"metadata": {"user": user}, "email": email}
    with _accepting(), reaching():
        made: Any = client().v1.customers.create(
            {name: value for name, value in known.items() if value},  # type: ignore[arg-type]
            {"idempotency_key": f"{key}.customer"},
        )
    return str(made.id)


def _started(told: Any) -> Started:
    invoice = told.latest_invoice
    secret = invoice.to_dict().get("confirmation_secret") if invoice else None
    return Started(str(told.id), str(told.customer), (secret or {}).get("client_secret", ""))


def started(subscription: str) -> Started:
    """By what the first payment of a subscription goes on."""
    with reaching():
        told: Any = client().v1.subscriptions.retrieve(subscription, {"expand": _FIRST_PAYMENT})
    return _started(told)


def open_checkout(wanted: Recurring, *, begun: Millis) -> Waiting:
    """Open a page on which a subscription begins; the same again is the same page."""
    with _accepting():
        item, discount = item_of(wanted), discount_of(wanted)
    parameters: dict[str, Any] = {
        "mode": "subscription",
        "line_items": [{**item, "quantity": 1}],
        **discount,
        "success_url": returning(RETURNED_PAID),
        "cancel_url": returning(RETURNED_UNPAID),
        "client_reference_id": wanted.key,
        "metadata": wanted.metadata,
        "subscription_data": {"metadata": wanted.metadata},
        "expires_at": (begun + OPEN_MS) // 1000,
    }
    if wanted.email:
        parameters["customer_email"] = wanted.email
    with _accepting(), reaching():
        session: Any = client().v1.checkout.sessions.create(
            parameters,  # type: ignore[arg-type]
            {"idempotency_key": wanted.key},
        )
    return Waiting(str(session.id), url=str(session.url))


def checkout_now(session_id: str) -> tuple[str, str, str]:
    """How a checkout stands: state, page, subscription; ``NoSuchSubscription`` if unknown."""
    with _known(), reaching():
        told: Any = client().v1.checkout.sessions.retrieve(session_id)
    return str(told.status), str(told.url or ""), str(told.subscription or "")


def subscription_now(subscription: str) -> SubscriptionNow:
    """How a subscription stands, with its latest invoice; ``NoSuchSubscription`` if unknown."""
    with _known(), reaching(unknown=StripeUnreachable):
        told: Any = client().v1.subscriptions.retrieve(subscription, {"expand": ["latest_invoice"]})
    return _now(told)


def _now(told: Any) -> SubscriptionNow:
    plan = plan_in(told.metadata)
    return SubscriptionNow(
        subscription=str(told.id),
        customer=str(told.customer),
        status=str(told.status),
        is_ending=bool(told.cancel_at_period_end or told.cancel_at),
        plan=plan,
        terms=_terms_of(told["items"].data, plan),
        latest=readable(read_invoice, told.latest_invoice) if told.latest_invoice else None,
        stopped_by=said(told.to_dict(), STOPPED_BY),
        canceled_at=_canceled_at(told),
    )


def _terms_of(items: list[Any], plan: str) -> Terms | None:
    """The terms of the one item, or of the only one that is for our plan; we make one item."""
    ours = items if len(items) == 1 else [each for each in items if _is_for(each, plan)]
    if len(ours) != 1:
        return None
    [item] = ours
    return Terms(
        period_end=Millis(int(item.current_period_end) * 1000),
        amount=Minor(int(item.price.unit_amount)),
        currency=str(item.price.currency),
    )


def _is_for(item: Any, plan: str) -> bool:
    return bool(plan) and item.price.product == product_of(plan)


def _canceled_at(told: Any) -> Millis:
    return Millis(int(told.canceled_at or 0) * 1000)


def subscription_named(kind: str, object_id: str) -> str:
    """Our subscription that an object of Stripe's is about; empty when it is none of ours."""
    v1 = client().v1
    try:
        with reaching(unknown=StripeUnreachable):
            told: Any
            if kind == "invoice":
                told = v1.invoices.retrieve(object_id).to_dict()
                parent = (told.get("parent") or {}).get("subscription_details") or {}
                told = parent
            elif kind == "checkout":
                told = v1.checkout.sessions.retrieve(object_id).to_dict()
            else:
                told = v1.subscriptions.retrieve(object_id).to_dict()
    except stripe.InvalidRequestError:
        return ""
    return said(told, "subscription")


def subscription_paid_by(payment_intent: str) -> str:
    """Our subscription whose invoice a payment is for; empty when it is for none of ours."""
    asked: dict[str, Any] = {
        "payment": {"type": "payment_intent", "payment_intent": payment_intent},
        "expand": ["data.invoice"],
        "limit": 1,
    }
    if not payment_intent:
        return ""
    with reaching(unknown=StripeUnreachable):
        page: Any = client().v1.invoice_payments.list(asked)  # type: ignore[arg-type]
    for each in page.data:
        parent = each.invoice.to_dict().get("parent") or {}
        details = parent.get("subscription_details") or {}
        return said(details, "subscription")
    return ""


def set_ending(subscription: str, *, ends: bool) -> None:
    """Let a subscription end with its period, or go on after all: for no reason of ours."""
    changes: dict[str, Any] = {"cancel_at_period_end": ends, "metadata": {STOPPED_BY: ""}}
    with _accepting(), reaching(unknown=StripeUnreachable):
        client().v1.subscriptions.update(subscription, changes)  # type: ignore[arg-type]


def stop(subscription: str, stopped_by: str) -> Millis:
    """Let a subscription end with its period for a reason that is noted with it; when that was.

    The same reason again gets the same answer for 24 hours, and changes nothing.
    """
    changes: dict[str, Any] = {"cancel_at_period_end": True, "metadata": {STOPPED_BY: stopped_by}}
    with _accepting(), reaching(unknown=StripeUnreachable):
        told: Any = client().v1.subscriptions.update(
            subscription,
            changes,  # type: ignore[arg-type]
            {"idempotency_key": f"{subscription}.{stopped_by}"},
        )
    return _canceled_at(told)


def note_why(subscription: str, stopped_by: str) -> None:
    """Note with a subscription why it does not renew, or that it is for no reason of ours."""
    changes: dict[str, Any] = {"metadata": {STOPPED_BY: stopped_by}}
    with _accepting(), reaching(unknown=StripeUnreachable):
        client().v1.subscriptions.update(subscription, changes)  # type: ignore[arg-type]


def change(subscription: str, wanted: Recurring) -> None:
    """Let another plan hold, without proration; nothing when it does already.

    From the next period on, or at once when it is of another length; ``CardDeclined`` when that
    cannot be paid, and nothing has changed; ``StripeRefused`` when it is not of one item. The same
    key again gets the same answer for 24 hours.
    """
    try:
        with _accepting(), reaching(unknown=StripeUnreachable):
            now: Any = client().v1.subscriptions.retrieve(subscription)
            if plan_in(now.metadata) == wanted.plan:
                return
            items = now["items"].data
            if len(items) != 1:
                raise StripeRefused(details={"reason": SEVERAL_ITEMS})
            changes: dict[str, Any] = {
                "items": [{"id": items[0].id, **item_of(wanted)}],
                "metadata": wanted.metadata,
                "proration_behavior": "none",
                "payment_behavior": "error_if_incomplete",
            }
            client().v1.subscriptions.update(
                subscription,
                changes,  # type: ignore[arg-type]
                {"idempotency_key": wanted.key},
            )
    except stripe.CardError as error:
        raise CardDeclined(details={"reason": str(error.code)}) from error


def give_up(subscription: str) -> None:
    """End a subscription whose first invoice nobody has paid; one that is paid by now stays.

    Voiding the invoice decides which: afterwards nobody can pay it any more, and one that is paid
    cannot be voided.
    """
    with reaching(unknown=StripeUnreachable):
        told: Any = client().v1.subscriptions.retrieve(subscription, {"expand": ["latest_invoice"]})
    first = told.latest_invoice
    if first and first.status == "open":
        try:
            with reaching(unknown=StripeUnreachable):
                client().v1.invoices.void_invoice(first.id)
        except stripe.InvalidRequestError:
            return  # it is paid, or void: who looks next sees which
    if first is None or first.status != "paid":
        end_now(subscription)


def end_now(subscription: str) -> None:
    """End a subscription at once; one that has ended stays so."""
    unless_missing(lambda: client().v1.subscriptions.cancel(subscription))


def open_portal(customer: str) -> str:
    """The address of the page on which a customer sees to their subscription."""
    with _accepting(), reaching(unknown=StripeUnreachable):
        made: Any = client().v1.billing_portal.sessions.create(
            {"customer": customer, "return_url": returning("portal=closed")}
        )
    return str(made.url)
