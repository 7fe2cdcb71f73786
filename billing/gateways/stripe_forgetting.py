"""What Stripe is told of a user who was erased: to close, to end and to forget.

Each call may be repeated, and none changes what has the wanted state; so no event of it leads to
the same again.
"""

from typing import Any, Final

import stripe

from billing.errors import StripeUnreachable
from billing.gateways.stripe_client import client, reaching, said, unless_missing
from billing.gateways.stripe_lists import PAGE
from lantern_pro.types import Millis

NOBODY: Final = {"metadata": {"user": ""}}


def close_page(session_id: str) -> str:
    """Close a page, so that nobody can pay on it; the subscription that had begun by it, if any."""
    v1 = client().v1
    told = unless_missing(lambda: v1.checkout.sessions.retrieve(session_id))
    if told.get("status") == "open":
        try:
            with reaching(unknown=StripeUnreachable):
                v1.checkout.sessions.expire(session_id)
        except stripe.InvalidRequestError:  # it was paid meanwhile, or has expired by itself
            told = unless_missing(lambda: v1.checkout.sessions.retrieve(session_id))
    return str(told.get("subscription") or "")


def forget_subscriber(subscription: str) -> str:
    """Take the user's number off a subscription; the customer who pays it."""
    subscriptions = client().v1.subscriptions
    told = unless_missing(lambda: subscriptions.retrieve(subscription))
    if (told.get("metadata") or {}).get("user"):
        unless_missing(lambda: subscriptions.update(subscription, NOBODY))  # type: ignore[arg-type]
    return str(told.get("customer") or "")


def customers_of(user: str, *, email: str, since: Millis, until: Millis) -> list[str]:
    """Customers that were made for a user in a span of time, by what they say of themselves."""
    asked: dict[str, Any] = {
        "limit": PAGE,
        "created": {"gte": since // 1000, "lt": until // 1000},
        **({"email": email} if email else {}),
    }
    with reaching(unknown=StripeUnreachable):
        pages = client().v1.customers.list(asked).auto_paging_iter()  # type: ignore[arg-type]
        return [str(each.id) for each in pages if said(each.to_dict(), "user") == user]


def subscriptions_of(customer: str) -> list[str]:
    """A customer's subscriptions, those that have ended among them."""
    asked: Any = {"customer": customer, "status": "all", "limit": PAGE}
    told = unless_missing(lambda: client().v1.subscriptions.list(asked))
    return [str(each["id"]) for each in told.get("data", [])]


def delete_customer(customer: str) -> None:
    """Delete a customer, with the address and the card; the payments are Stripe's to keep."""
    unless_missing(lambda: client().v1.customers.delete(customer))


def forget_user(payment_intent: str) -> None:
    """Take the user's number off a payment; the payment itself is Stripe's to keep.

    The purchase's id stays, by which the books here and there are held together.
    """
    unless_missing(lambda: client().v1.payment_intents.update(payment_intent, NOBODY))  # type: ignore[arg-type]
