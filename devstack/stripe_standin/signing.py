"""Packs an event for the webhook, signed as Stripe signs."""

import hashlib
import hmac
import json

from devstack.standin import Object
from devstack.standin.courier import Parcel
from devstack.stripe_standin.call import visible


def signature(secret: str, body: bytes, now: int) -> str:
    """Make the value of ``Stripe-Signature`` for this body at this time."""
    signed = hmac.new(secret.encode(), f"{now}.".encode() + body, hashlib.sha256)
    return f"t={now},v1={signed.hexdigest()}"


def packed(event: Object, secret: str, now: int) -> Parcel:
    """The request that brings an event, at this time."""
    body = json.dumps(visible(event)).encode()
    return body, {
        "Content-Type": "application/json; charset=utf-8",
        "Stripe-Signature": signature(secret, body, now),
        "User-Agent": "Stripe/1.0",
    }
