"""Checkout on a page that Stripe hosts."""

from typing import Any, Final

import stripe
from django.conf import settings

from billing.errors import PaymentPending, StripeUnreachable
from billing.gateways.base import Declined, Order, Outcome, Waiting
from billing.gateways.stripe_client import client, reaching, reason_of, said
from billing.gateways.stripe_paid import CHARGE, paid_by
from lantern_pro.types import Millis

OPEN_MS: Final = 2 * 60 * 60 * 1000
"""How long a page can be paid on; Stripe allows from half an hour to a day."""
RETURNED_PAID: Final = "paid=yes"
RETURNED_UNPAID: Final = "paid=no"


def open_checkout(order: Order, *, email: str, begun: Millis) -> Outcome:
    """Open a page on which an order is paid.

    The same order again gets the same page. ``PaymentPending`` when Stripe did not answer.
    """
    line = {
        "quantity": 1,
        "price_data": {
            "currency": order.currency,
            "unit_amount": order.amount,
            "product_data": {"name": order.description},
        },
    }
    parameters: dict[str, Any] = {
        "mode": "payment",
        "line_items": [line],
        "success_url": returning(RETURNED_PAID),
        "cancel_url": returning(RETURNED_UNPAID),
        "client_reference_id": order.key,
        "metadata": order.metadata,
        "payment_intent_data": {"metadata": order.metadata, "description": order.description},
        "expires_at": (begun + OPEN_MS) // 1000,
    }
    if email:
        parameters["customer_email"] = email
    try:
        with reaching():
            session: Any = client().v1.checkout.sessions.create(
                parameters,  # type: ignore[arg-type]
                {"idempotency_key": order.key},
            )
    except stripe.InvalidRequestError as error:
        return Declined(str(error.code or "invalid_request"))
    return Waiting(str(session.id), url=str(session.url))


def returning(how: str) -> str:
    """Where a browser goes that comes back from Stripe."""
    joint = "&" if "?" in settings.PAYMENT_RETURN_URL else "?"
    return f"{settings.PAYMENT_RETURN_URL}{joint}{how}"


def look_at_checkout(session_id: str, *, give_up: bool) -> Outcome:
    """How a checkout stands; one that is given up is closed, and cannot be paid any more."""
    with reaching():
        session: Any = client().v1.checkout.sessions.retrieve(
            session_id, {"expand": [f"payment_intent.{CHARGE}"]}
        )
    match session.status:
        case "complete" if session.payment_status == "paid":
            return paid_by(session.payment_intent.to_dict())
        case "complete":
            return _failed(session.payment_intent)
        case "expired":
            return Declined("expired")
        case _ if not give_up:
            return Waiting(session_id, url=str(session.url))
    try:
        with reaching():
            client().v1.checkout.sessions.expire(session_id)
    except stripe.InvalidRequestError as error:  # it was paid meanwhile: look again
        raise PaymentPending from error
    return Declined("expired")


def _failed(intent: Any) -> Declined:
    """What became of a payment that took its time after the page was done with.

    ``PaymentPending`` while it does; it has failed once it wants another payment method, for which
    the page, being over, has no room.
    """
    if intent is None or intent.status not in {"requires_payment_method", "canceled"}:
        raise PaymentPending
    return Declined(reason_of(intent))


def purchase_of_checkout(session_id: str) -> str:
    """The purchase that a checkout says it is for; empty when it says none, or is not known."""
    try:
        with reaching(unknown=StripeUnreachable):
            told: Any = client().v1.checkout.sessions.retrieve(session_id)
    except stripe.InvalidRequestError:
        return ""
    return said(told.to_dict(), "purchase")


def close_checkout(session_id: str) -> None:
    """Close a page, so that nobody can begin a subscription on it any more."""
    try:
        with reaching():
            client().v1.checkout.sessions.expire(session_id)
    except stripe.InvalidRequestError:
        return  # it is over: paid, or expired
