"""Payments at Stripe, which only this folder speaks to."""

from typing import Any, Final

import stripe

from billing.errors import PaymentPending, StripeUnreachable
from billing.gateways.base import Charge, Declined, Order, Outcome, Waiting
from billing.gateways.stripe_client import client as _client
from billing.gateways.stripe_client import reaching as _reaching
from billing.gateways.stripe_client import reason_of
from billing.gateways.stripe_paid import CHARGE, paid_by
from lantern_pro.types import Millis, Minor

TOKEN_PREFIX: Final = "tok_"  # noqa: S105 - how Stripe's tokens begin


def pay(order: Order) -> Outcome:
    """Pay an order by a PaymentIntent, confirmed at once.

    The order's key is Stripe's idempotency key: the same order again gets the same answer for
    24 hours. ``PaymentPending`` when the outcome is not known; the same call again will tell.
    """
    parameters: dict[str, Any] = {
        "amount": order.amount,
        "currency": order.currency,
        "confirm": True,
        "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        "description": order.description,
        "metadata": order.metadata,
        "expand": [CHARGE],
    }
    if order.source.startswith(TOKEN_PREFIX):
        # Apps that send tokens cannot lead their users to a bank: ask for a decline at once.
        parameters["error_on_requires_action"] = True
    try:
        with _reaching():
            parameters["payment_method"] = _method_of(order)
            intent: Any = _client().v1.payment_intents.create(
                parameters,  # type: ignore[arg-type]
                {"idempotency_key": order.key},
            )
    except stripe.CardError as error:
        detail = error.error
        return Declined(str((detail and detail.decline_code) or error.code or "card_declined"))
    except stripe.InvalidRequestError as error:
        return Declined(str(error.code or "invalid_request"))
    return _outcome(intent)


def _method_of(order: Order) -> str:
    """The payment method to charge; a card's token becomes one first, once for one order."""
    if not order.source.startswith(TOKEN_PREFIX):
        return order.source
    made: Any = _client().v1.payment_methods.create(
        {"type": "card", "card": {"token": order.source}},
        {"idempotency_key": f"{order.key}.method"},
    )
    return str(made.id)


def _outcome(intent: Any) -> Outcome:
    match intent.status:
        case "succeeded":
            return paid_by(intent.to_dict())
        case "processing":
            raise PaymentPending
        case "requires_action":
            return Waiting(str(intent.id), client_secret=str(intent.client_secret))
        case _:
            return Declined(reason_of(intent))


def look_at_payment(payment_intent: str, *, give_up: bool) -> Outcome:
    """How a payment stands whose buyer was to confirm it.

    One that failed, or is given up, is canceled: afterwards no money can come by it any more.
    """
    with _reaching():
        intent: Any = _client().v1.payment_intents.retrieve(payment_intent, {"expand": [CHARGE]})
    match intent.status:
        case "succeeded" | "processing":
            return _outcome(intent)
        case "canceled":
            return Declined(reason_of(intent) if intent.last_payment_error else "abandoned")
        case "requires_action" if not give_up:
            return _outcome(intent)
    try:
        with _reaching():
            _client().v1.payment_intents.cancel(
                payment_intent, {"cancellation_reason": "abandoned"}
            )
    except stripe.InvalidRequestError as error:  # it has moved meanwhile: look again
        raise PaymentPending from error
    return Declined(reason_of(intent) if intent.last_payment_error else "abandoned")


def charge(charge_id: str) -> Charge | None:
    """Ask for one charge; None when Stripe knows none, ``StripeUnreachable`` without an answer."""
    try:
        with _reaching(unknown=StripeUnreachable):
            told: Any = _client().v1.charges.retrieve(charge_id)
    except stripe.InvalidRequestError:
        return None
    card = told.payment_method_details.card if told.payment_method_details else None
    return Charge(
        charge_id=str(told.id),
        amount=Minor(int(told.amount)),
        currency=str(told.currency),
        created=Millis(int(told.created) * 1000),
        status="refunded" if told.refunded else str(told.status),
        brand=str(card.brand) if card else "",
        last4=str(card.last4) if card else "",
        disputed=bool(told.disputed),
        receipt_url=str(told.receipt_url or ""),
    )
