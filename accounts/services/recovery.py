"""Getting back into an account without any of its devices, by one of several ways.

Each way proves who somebody is by itself, works with the others switched off, and ends here: the
device joins, all devices of the account are told, and a mail goes to its address if it has one.
"""

import secrets
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from django.conf import settings

from accounts import managers
from accounts.errors import DevicesKeptChanging, RecoveryNotOffered, WrongRecoveryWords
from accounts.managers import Credentials, recovery
from accounts.managers.recovery import Notice
from accounts.services.devices import LONGEST_NAME, join_by_grant
from accounts.services.recovery_words import new_words, read_words, words_digest
from accounts.services.token_reset import reset_key_of, reset_stolen_token
from lantern_pro import clock
from lantern_pro.store.keys import cell_of
from lantern_pro.types import UserId

_GRANT_MS: Final = 60 * 1000
_TRIES: Final = 5


class Way(StrEnum):
    """How somebody proved that an account is theirs."""

    MAIL = "mail"
    WORDS = "words"
    RECEIPT = "receipt"


@dataclass(frozen=True, slots=True)
class Newcomer:
    """The device that recovers: ``place`` is the device whose place it takes, or empty.

    With ``resets`` the token is reset as a stolen one; ``key`` is the client's for a repetition.
    """

    device_id: str
    name: str
    place: str
    resets: bool
    key: str


def must_be_offered(way: Way) -> None:
    """Refuse a way that the operator has switched off."""
    if way not in settings.RECOVERY_WAYS:
        raise RecoveryNotOffered


def first_recovery_words(user_id: UserId) -> str:
    """Give a new account its words, of which nobody need be told; none where they are no way."""
    return _make_words(user_id, None) if Way.WORDS in settings.RECOVERY_WAYS else ""


def make_recovery_words(user_id: UserId, *, device_id: str) -> str:
    """Give an account new words, shown this once; those that it had are good for nothing.

    ``device_id`` is the device that asks; all of the account's are told.
    """
    must_be_offered(Way.WORDS)
    return _make_words(user_id, Notice("words", clock.now(), Way.WORDS, device_id, ""))


def _make_words(user_id: UserId, notice: Notice | None) -> str:
    for _ in range(_TRIES):
        words = new_words(cell_of(user_id))
        digest = words_digest(words)
        if recovery.set_words(user_id=user_id, digest=digest, now=clock.now(), notice=notice):
            return words
    raise DevicesKeptChanging


def recover_by_words(written: str, newcomer: Newcomer) -> Credentials:
    """Let a device join the account that has these words; ``WrongRecoveryWords`` for nobody's."""
    must_be_offered(Way.WORDS)
    words, cell = read_words(written)
    user_id = recovery.owner_of_words(words_digest(words), cell) if cell < settings.CELLS else None
    if user_id is None:
        raise WrongRecoveryWords(field="words")
    return let_in(user_id, newcomer, Way.WORDS)


def let_in(user_id: UserId, newcomer: Newcomer, way: Way) -> Credentials:
    """Let a device join an account that it has proved to be its owner's, and tell the owner."""
    nonce = secrets.token_hex(16)
    managers.give_grant(user_id=user_id, nonce=nonce, life_ms=_GRANT_MS)
    known = join_by_grant(
        user_id=user_id,
        nonce=nonce,
        device_id=newcomer.device_id,
        name=newcomer.name,
        place=newcomer.place,
        notice=Notice(
            "recovered", clock.now(), way, newcomer.device_id, newcomer.name[:LONGEST_NAME]
        ),
    )
    if newcomer.resets:
        return reset_stolen_token(known, reset_key=reset_key_of(newcomer.key))
    return known
