"""Creating users and knowing them again."""

from typing import Final

from django.conf import settings

from accounts.errors import MissingCredentials, WrongCredentials
from accounts.managers import Account, Credentials
from accounts.models import User
from accounts.services.personal import lookup_hash
from accounts.services.referral_codes import new_code
from accounts.services.tokens import current_kid, token_is_right
from lantern_pro import clock
from lantern_pro.store.keys import new_id
from lantern_pro.types import Cell, UserId

SIGNUP_TTL_MS: Final = 15 * 60 * 1000
_TRIES: Final = 8


def create_user(*, device_id: str, address: str, locale: str) -> Credentials:
    """Create an account.

    Idempotent, but no oracle: until the first authenticated call, and for 15 minutes at most,
    the same device at the same address gets the same account again; anyone else a new one.
    """
    digest = lookup_hash("signup", f"{device_id}|{address}")
    cell = Cell(int(digest[:8], 16) % settings.CELLS)
    for _ in range(_TRIES):
        user_id = User.objects.create(
            user_id=UserId(new_id(cell)),
            device_id=device_id,
            now=clock.now(),
            signup_digest=digest,
            signup_ttl_ms=SIGNUP_TTL_MS,
            referral=new_code(cell),
            kid=current_kid(),
            locale=locale,
        )
        if user_id is not None:
            found = User.objects.get_credentials(user_id)
            if found is not None:
                return found
    message = f"no free user id or referral code in cell {cell} after {_TRIES} tries"
    raise RuntimeError(message)


def authenticate(*, user_id: UserId | None, token: str) -> Credentials:
    """Know a user by id and token; the first time, this confirms the account."""
    if user_id is None or not token:
        raise MissingCredentials
    found = User.objects.get_credentials(user_id)
    if found is None or not token_is_right(token, user_id, found.kid, found.epoch):
        raise WrongCredentials
    if not found.confirmed:
        User.objects.confirm(user_id=user_id, signup_digest=found.signup_digest, now=clock.now())
    return found


def account_of(user_id: UserId) -> Account:
    """Read the whole account of a user who is known to exist."""
    account = User.objects.get_account(user_id)
    if account is None:
        raise WrongCredentials
    return account
