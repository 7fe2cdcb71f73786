"""Pro tokens: computed, never stored.

``token = base64url(HMAC-SHA256(key[kid], user id | epoch))``. The store holds ``kid`` and
``epoch``; so a token can always be shown again to its owner and is reset by raising the epoch,
and a stolen dump of Redis holds none. Proxies get hashes that it takes both the token and a device
id to make.
"""

import base64
import hmac

from django.conf import settings

from accounts.managers import Access
from lantern_pro import clock
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


def admission(token: str, device_id: str) -> str:
    """What proxies and configurations know a user's device by: its id, hashed with the token.

    Whoever shows token and device id can be compared with it; it gives away neither.
    """
    return hmac.digest(token.encode(), device_id.encode(), "sha256").hex()


def admissions_of(access: Access) -> list[str]:
    """The admissions of all devices of an account, by its token.

    While a token that was reset is still good for reading, devices that have not heard of the
    new one are admitted by the old one.
    """
    known = access.credentials
    tokens = [token_of(known.user_id, known.kid, known.epoch)]
    if known.epoch > 1 and clock.now() < known.old_good_until:
        tokens.append(token_of(known.user_id, known.old_kid, known.epoch - 1))
    return [admission(token, device_id) for token in tokens for device_id in access.devices]
