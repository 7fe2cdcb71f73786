"""Giving an account another token."""

from typing import Final

from accounts import managers
from accounts.errors import DevicesKeptChanging, WrongCredentials
from accounts.events import TokenReset
from accounts.managers import Credentials
from accounts.models import User
from accounts.services.personal import lookup_hash
from accounts.services.tokens import current_kid
from lantern_pro import clock
from lantern_pro.jobs.events import following
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Millis, UserId

GRACE_MS: Final = 10 * 60 * 1000
"""How long the token before is good for reading: longer than clients and caches keep one."""
_TRIES: Final = 20


def reset_token(known: Credentials, *, reset_key: str) -> Credentials:
    """Reset the token; the one before is good for reading for some minutes."""
    _reset(known, Millis(clock.now() + GRACE_MS), reset_key)
    return _read(known.user_id)


def reset_stolen_token(known: Credentials, *, reset_key: str) -> Credentials:
    """Reset a token that somebody else has: none from before is good for anything from now on.

    Once for one ``reset_key``. A reset without a theft that comes between does not stand for it.
    """
    for _ in range(_TRIES):
        if reset_key and (known.reset_key, known.old_good_until) == (reset_key, 0):
            return known
        is_reset = _reset(known, Millis(0), reset_key)
        known = _read(known.user_id)
        if is_reset or not known.old_good_until:
            return known
    raise DevicesKeptChanging


def reset_key_of(idempotency_key: str) -> str:
    """What is kept of the key by which a client repeats a reset whose answer it lost."""
    return lookup_hash("reset", idempotency_key) if idempotency_key else ""


def _reset(known: Credentials, good_until: Millis, reset_key: str) -> bool:
    user_id, cell = known.user_id, cell_of(known.user_id)
    return managers.reset_token(
        user_id=user_id,
        epoch=known.epoch,
        kid=current_kid(),
        good_until=good_until,
        reset_key=reset_key,
        follow=following(TokenReset(cell, user_id, f"token.{known.epoch + 1}")),
    )


def _read(user_id: UserId) -> Credentials:
    found = User.objects.get_credentials(user_id)
    if found is None:
        raise WrongCredentials
    return found
