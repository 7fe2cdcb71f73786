"""Six digits that travel by mail: computed when they are mailed and when they come back."""

import hmac
from typing import Final

from django.conf import settings

_CODES: Final = 1_000_000


def mail_code(purpose: str, nonce: str, part: str) -> str:
    """The code that a random number gives, for one purpose and one part of it. Never stored."""
    told = f"{purpose}|{nonce}|{part}".encode()
    digest = hmac.digest(settings.LOOKUP_SECRET, told, "sha256")
    return f"{int.from_bytes(digest[:8], 'big') % _CODES:06}"


def is_same(code: str, told: str) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(code.encode(), told.encode())
