"""Pro tokens: computed, never stored.

``token = base64url(HMAC-SHA256(key[kid], user id | epoch))``. The store holds ``kid`` and
``epoch``; so a token can always be shown again to its owner and is reset by raising the epoch,
and a stolen dump of Redis holds none. Proxies get SHA-256 of the token.
"""

import base64
import hashlib
import hmac

from django.conf import settings

from lantern_pro.types import UserId


def current_kid() -> str:
    """The key that new accounts use: the first of the ring."""
    return next(iter(settings.TOKEN_KEYS))


def token_of(user_id: UserId, kid: str, epoch: int) -> str:
    """Compute a user's Pro token, 43 characters of base64url."""
    key = settings.TOKEN_KEYS[kid]
    digest = hmac.digest(key, f"{user_id}|{epoch}".encode(), "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode()


def token_is_right(token: str, user_id: UserId, kid: str, epoch: int) -> bool:
    """Compare in constant time."""
    return hmac.compare_digest(token.encode(), token_of(user_id, kid, epoch).encode())


def token_hash(token: str) -> str:
    """What proxies and configurations hold instead of a token: SHA-256, in hex."""
    return hashlib.sha256(token.encode()).hexdigest()
