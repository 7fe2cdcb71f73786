"""How a proxy checks a pass, written from ``docs/proxy-protocol.md`` alone."""

import base64
import binascii
import json
from collections.abc import Mapping
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

CONTEXT: Final = b"lantern-pro-pass-1:"
LONGEST: Final = 8 * 1024
EARLY_SECONDS: Final = 300
"""By how much the proxy's clock may be behind."""


def is_good(
    text: str, keys: Mapping[str, bytes], *, proxy_id: int, admission: str, now: float
) -> bool:
    """Whether a pass lets a device, known by its admission, use this proxy now."""
    parts = text.split(".")
    if len(parts) != 3 or len(text) > LONGEST or parts[0] not in keys:  # noqa: PLR2004
        return False
    kid, payload, signature = parts
    try:
        key = Ed25519PublicKey.from_public_bytes(keys[kid])
        key.verify(_decoded(signature), CONTEXT + f"{kid}.{payload}".encode())
        told = json.loads(_decoded(payload))
        return (
            told["p"] == str(proxy_id)
            and told["f"] - EARLY_SECONDS <= now < told["t"]
            and admission[:32] in told["a"]
        )
    except (InvalidSignature, ValueError, KeyError, TypeError, binascii.Error):
        return False


def _decoded(text: str) -> bytes:
    """Base64url without padding, strictly."""
    return base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
