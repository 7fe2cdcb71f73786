"""How a change of an account's mail address is kept until its codes come back."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from accounts.errors import TooManyAddressChanges, WrongCredentials
from accounts.keys import ADDRESS_CHANGE, USERS
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import NewJob, Work
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Millis, UserId

Side = Literal["new", "old"]


@dataclass(frozen=True, slots=True)
class AddressChange:
    """The address that an account is to have. The codes are made of ``nonce``."""

    digest: str
    sealed: str
    nonce: str


def begin_address_change(  # noqa: PLR0913 - the script's arguments
    *,
    user_id: UserId,
    change: AddressChange,
    now: Millis,
    life_ms: int,
    pause_ms: int,
    most_tries: int,
    most_changes: int,
    follow: Sequence[NewJob],
) -> str:
    """Note which address an account is to have; the script's outcome."""
    outcome = ledger.apply(
        "accounts/begin_address_change",
        Work(cell_of(user_id), follow=follow),
        **_keys(user_id),
        user_id=user_id,
        digest=change.digest,
        sealed=change.sealed,
        nonce=change.nonce,
        now=now,
        life_ms=life_ms,
        pause_ms=pause_ms,
        most_tries=most_tries,
        most_changes=most_changes,
    )
    match outcome:
        case ["named" | "begun" | "begun_again" | "known" | "proven"]:
            return str(outcome[0])
        case ["spent"]:
            raise TooManyAddressChanges
        case ["no_such_user"]:  # erased since they were known
            raise WrongCredentials
    raise AssertionError(outcome)


def get_address_change(user_id: UserId) -> AddressChange | None:
    """Read the change that is under way; None when there is none."""
    names = ["digest", "sealed", "nonce"]
    digest, sealed, nonce = text_client().hmget(ADDRESS_CHANGE(user_id=user_id), names)
    return AddressChange(digest, sealed, nonce) if nonce else None


def last_done(user_id: UserId) -> str:
    """Of what the codes of the change were made that was done last; empty when none was of late."""
    return text_client().hget(ADDRESS_CHANGE(user_id=user_id), "done") or ""


def confirm_address(  # noqa: PLR0913 - the script's arguments
    *,
    user_id: UserId,
    change: AddressChange,
    present: str,
    side: Side | None,
    most_tries: int,
    now: Millis,
    follow: Sequence[NewJob],
) -> Literal["confirmed", "waits", "wrong", "no_change", "stale"]:
    """Take a code of a change."""
    outcome = ledger.apply(
        "accounts/confirm_address",
        Work(cell_of(user_id), follow=follow),
        **_keys(user_id),
        user_id=user_id,
        nonce=change.nonce,
        present=present,
        side=side or "",
        most_tries=most_tries,
        now=now,
    )
    match outcome:
        case ["confirmed"]:
            return "confirmed"
        case ["waits"]:
            return "waits"
        case ["wrong"]:
            return "wrong"
        case ["no_change"]:
            return "no_change"
        case ["stale"]:
            return "stale"
    raise AssertionError(outcome)


def _keys(user_id: UserId) -> dict[str, str]:
    return {
        "user": USERS.row(user_id),
        "change": ADDRESS_CHANGE(user_id=user_id),
        "lex_email_hash": USERS.lex("email_hash", cell=cell_of(user_id)),
    }
