"""Creating users."""

from dataclasses import dataclass
from typing import Final

from accounts.errors import WrongCredentials
from accounts.managers import Account
from accounts.models import User
from accounts.services.personal import lookup_hash
from accounts.services.referral_codes import new_code
from accounts.services.tokens import current_kid
from lantern_pro import clock
from lantern_pro.api.spending import Spending
from lantern_pro.store.keys import new_id
from lantern_pro.types import Millis, UserId

SIGNUP_TTL_MS: Final = 15 * 60 * 1000
_TRIES: Final = 8


@dataclass(frozen=True, slots=True)
class SignedUp:
    """An account that a sign-up made: its credentials and its referral code."""

    user_id: UserId
    kid: str
    epoch: int
    expiration: Millis
    referral: str


def create_user(*, device_id: str, address: str, locale: str, spending: Spending) -> SignedUp:
    """Create an account, in the cell where the caller is counted.

    Idempotent, but no oracle: until the first authenticated call, and for 15 minutes at most,
    the same device at the same address gets the same account again; anyone else a new one.
    """
    cell = spending.cell
    for _ in range(_TRIES):
        new = SignedUp(UserId(new_id(cell)), current_kid(), 1, Millis(0), new_code(cell))
        user_id = User.objects.create(
            user_id=new.user_id,
            device_id=device_id,
            now=clock.now(),
            signup_digest=lookup_hash("signup", f"{device_id}|{address}"),
            signup_ttl_ms=SIGNUP_TTL_MS,
            referral=new.referral,
            kid=new.kid,
            locale=locale,
            spending=spending,
        )
        if user_id == new.user_id:
            return new
        if user_id is not None:
            return _signed_up_before(user_id)
    message = f"no free user id or referral code in cell {cell} after {_TRIES} tries"
    raise RuntimeError(message)


def _signed_up_before(user_id: UserId) -> SignedUp:
    row = account_of(user_id).row
    return SignedUp(
        user_id, row["kid"], int(row["epoch"]), Millis(int(row["expiration"])), row["referral"]
    )


def account_of(user_id: UserId) -> Account:
    """Read the whole account of a user who is known to exist."""
    account = User.objects.get_account(user_id)
    if account is None:
        raise WrongCredentials
    return account
