"""The one client of Stripe's API, which the other modules of this folder call by."""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any, Final, TypeVar

import stripe
from django.conf import settings

from billing.errors import PaymentPending, StripeUnreachable

T = TypeVar("T")
log = logging.getLogger(__name__)

API_VERSION: Final = "2026-10-28.endive"
"""Pinned: what Stripe answers changes with it, and the stand-in speaks this one too."""
TIMEOUT_SECONDS: Final = 10
MISSING: Final = "resource_missing"
"""Stripe's code for what it does not know."""
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


def unless_missing(ask: Callable[[], Any]) -> dict[str, Any]:
    """What Stripe answers; nothing when it knows no such object."""
    try:
        with reaching(unknown=StripeUnreachable):
            told: dict[str, Any] = ask().to_dict()
    except stripe.InvalidRequestError as error:
        if error.code != MISSING:
            raise
        return {}
    return told


def said(told: dict[str, Any], of: str) -> str:
    """What an object's metadata say of something; empty when they say nothing of it."""
    return str((told.get("metadata") or {}).get(of, ""))


def readable(read: Callable[[Any], T], told: Any) -> T | None:
    """An object of Stripe's; None, which the log names, when it is of no form that we know."""
    try:
        return read(told)
    except UNREADABLE as odd:
        log.warning("%s cannot be read: %s", told.id, type(odd).__name__)
        return None


def reason_of(intent: Any) -> str:
    """Why a payment was not made: the bank's code, or Stripe's."""
    error = intent.to_dict().get("last_payment_error") or {}
    return str(error.get("decline_code") or error.get("code") or intent.status)
