"""Knowing a user again: by user id and token, on a device that was not taken off."""

from dataclasses import replace

from accounts.errors import DeviceWasRemoved, MissingCredentials, WrongCredentials
from accounts.managers import Account, Credentials
from accounts.models import User
from accounts.services.tokens import token_is_right
from lantern_pro import clock
from lantern_pro.api.spending import Spending
from lantern_pro.types import UserId


def authenticate(*, user_id: UserId | None, token: str, device_id: str) -> Credentials:
    """Know a user by the present token; the first time, this confirms the account."""
    return _confirmed(_known(user_id, token, device_id, reading=False))


def authenticate_reader(*, user_id: UserId | None, token: str, device_id: str) -> Credentials:
    """Know whoever only reads: for some minutes a token that was reset is good for that, too."""
    return _confirmed(_known(user_id, token, device_id, reading=True))


def authenticate_resetter(
    *, user_id: UserId | None, token: str, device_id: str, reset_key: str
) -> tuple[Credentials, bool]:
    """Know whoever resets the token, and whether they show the one before: a reply may be lost.

    That one must be good for reading still, or come with the same ``reset_key`` as the reset
    itself.
    """
    found = _found(user_id, token, device_id)
    if token_is_right(token, found.user_id, found.kid, found.epoch):
        return _confirmed(_judged(found, token, reading=False)), False
    if found.removed:
        raise WrongCredentials
    is_same_reset = bool(reset_key) and reset_key == found.reset_key
    if _is_the_one_before(token, found) and (is_same_reset or clock.now() < found.old_good_until):
        return found, True
    raise WrongCredentials


def read_account(
    *, user_id: UserId | None, token: str, device_id: str, spending: Spending
) -> tuple[Credentials, Account]:
    """Know whoever only reads, and read their account.

    The call is counted, its caller known and the account read in one round trip.
    """
    if user_id is None or not token:
        raise MissingCredentials
    found = User.objects.count_and_read(user_id, device_id, spending)
    if found is None:
        raise WrongCredentials
    known, account = found
    return _confirmed(_judged(known, token, reading=True)), account


def _known(user_id: UserId | None, token: str, device_id: str, *, reading: bool) -> Credentials:
    return _judged(_found(user_id, token, device_id), token, reading=reading)


def _judged(found: Credentials, token: str, *, reading: bool) -> Credentials:
    """Those who show a token that is good for what they want.

    A device that was taken off is told so only with a right token.
    """
    if token_is_right(token, found.user_id, found.kid, found.epoch):
        if found.removed:
            raise DeviceWasRemoved
        return found
    was_right = clock.now() < found.old_good_until and _is_the_one_before(token, found)
    if reading and was_right and not found.removed:
        return found
    raise WrongCredentials


def _found(user_id: UserId | None, token: str, device_id: str) -> Credentials:
    """Read the user of an id."""
    if user_id is None or not token:
        raise MissingCredentials
    found = User.objects.get_credentials(user_id, device_id)
    if found is None:
        raise WrongCredentials
    return found


def _is_the_one_before(token: str, found: Credentials) -> bool:
    return found.epoch > 1 and token_is_right(token, found.user_id, found.old_kid, found.epoch - 1)


def _confirmed(found: Credentials) -> Credentials:
    if found.confirmed:
        return found
    User.objects.confirm(user_id=found.user_id, signup_digest=found.signup_digest, now=clock.now())
    return replace(found, confirmed=True)
