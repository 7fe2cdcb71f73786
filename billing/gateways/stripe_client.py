"""The one client of Stripe's API, which the other modules of this folder call by."""

from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final

import stripe
from django.conf import settings

from billing.errors import PaymentPending

API_VERSION: Final = "2026-10-28.endive"
"""Pinned: what Stripe answers changes with it, and the stand-in speaks this one too."""
TIMEOUT_SECONDS: Final = 10
UNREADABLE: Final = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
    stripe.InvalidRequestError,
)
"""What is raised by an answer of another form than Stripe's own, or a question that it refuses."""


@cache
def client() -> stripe.StripeClient:
    """The client. It does not repeat by itself: what to repeat is decided by the ledger."""
    return stripe.StripeClient(
        settings.STRIPE_SECRET_KEY,
        stripe_version=API_VERSION,
        base_addresses={"api": settings.STRIPE_API_BASE},
        max_network_retries=0,
        http_client=stripe.RequestsClient(timeout=TIMEOUT_SECONDS),
    )


@contextmanager
def reaching(unknown: type[Exception] = PaymentPending) -> Iterator[None]:
    """Turn whatever leaves the outcome open into an error that says so."""
    try:
        yield
    except (stripe.CardError, stripe.InvalidRequestError):
        raise
    except stripe.StripeError as error:
        raise unknown from error


def reason_of(intent: Any) -> str:
    """Why a payment was not made: the bank's code, or Stripe's."""
    error = intent.to_dict().get("last_payment_error") or {}
    return str(error.get("decline_code") or error.get("code") or intent.status)
