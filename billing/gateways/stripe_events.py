"""Events as Stripe sends them and lists them. Only what they point at is read."""

from collections.abc import Iterator, Mapping
from typing import Any, Final

import stripe
from django.conf import settings

from billing.errors import ForgedWebhook, NotAnEvent, StripeUnreachable
from billing.gateways.base import EventPointer
from billing.gateways.stripe_client import client, reaching
from lantern_pro import clock
from lantern_pro.types import Millis

WEBHOOK_TOLERANCE_SECONDS: Final = 300
ANY_AGE: Final = 0
"""To Stripe's package: the moment of a signature is judged here, by our own clock."""
PAGE: Final = 100


def read_webhook(body: bytes, signature: str) -> EventPointer:
    """Check a webhook's signature on its raw body, and read what the event points at.

    ``ForgedWebhook`` when Stripe did not sign it just now, ``NotAnEvent`` for anything else.
    """
    try:
        event = stripe.Webhook.construct_event(
            body, signature, settings.STRIPE_WEBHOOK_SECRET, ANY_AGE
        )
    except stripe.SignatureVerificationError as error:
        raise ForgedWebhook from error
    except (ValueError, AttributeError) as error:
        raise (NotAnEvent if _is_signed(body, signature) else ForgedWebhook) from error
    if not _is_fresh(signature):
        raise ForgedWebhook
    return _pointer(event.to_dict())


def _is_fresh(signature: str) -> bool:
    """Whether it was signed just now, by the clock that all business goes by."""
    told = [each.partition("=")[2] for each in signature.split(",") if each.startswith("t=")]
    oldest = clock.now() // 1000 - WEBHOOK_TOLERANCE_SECONDS
    return bool(told) and told[0].isdecimal() and int(told[0]) >= oldest


def events(*, since: Millis, until: Millis) -> Iterator[EventPointer]:
    """Every event of a span of time, the newest first, asked for page by page."""
    asked: dict[str, Any] = {
        "limit": PAGE,
        "created": {"gte": since // 1000, "lt": -(-until // 1000)},
    }
    while True:
        with reaching(unknown=StripeUnreachable):
            page: Any = client().v1.events.list(asked)  # type: ignore[arg-type]
        yield from (_pointer(each.to_dict()) for each in page.data)
        if not page.has_more:
            return
        asked["starting_after"] = page.data[-1].id


def _is_signed(body: bytes, signature: str) -> bool:
    try:
        stripe.WebhookSignature.verify_header(
            body.decode(), signature, settings.STRIPE_WEBHOOK_SECRET, ANY_AGE
        )
    except (stripe.SignatureVerificationError, ValueError):
        return False
    return _is_fresh(signature)


def _pointer(told: Mapping[str, Any]) -> EventPointer:
    try:
        return EventPointer(
            event_id=str(told["id"]),
            type=str(told["type"]),
            object_id=str(told["data"]["object"].get("id", "")),
            created=Millis(int(told["created"]) * 1000),
        )
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise NotAnEvent from error
