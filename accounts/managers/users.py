"""How users are stored and read: one method a script, and plain reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from django.db import models

from accounts.errors import WrongCredentials
from accounts.keys import (
    DEVICE_NAMES,
    DEVICES,
    INVITEES,
    RECOVERY_WORDS,
    REFERRAL_CODE,
    REMOVED_DEVICES,
    SIGNUP,
    TIME_LEDGER,
    UNCONFIRMED,
    USERS,
    new_user_keys,
)
from accounts.managers.account import Account, account_in, ask_for_account
from lantern_pro.api.spending import Spending, TooManyRequests
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Fence, Work
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.store.scripts import script
from lantern_pro.types import Cell, Millis, UserId

if TYPE_CHECKING:
    from accounts.models import User  # noqa: F401 - the type that the manager is of


@dataclass(frozen=True, slots=True)
class Credentials:
    """What it takes to know a user: ``confirmed`` is False until the first authenticated call.

    ``removed`` says whether the device that was asked for has been taken off the account. The
    token before has the epoch before and ``old_kid``; ``reset_key`` names the last reset.
    """

    user_id: UserId
    kid: str
    epoch: int
    expiration: Millis
    signup_digest: str
    confirmed: bool
    removed: bool
    old_kid: str
    old_good_until: Millis
    reset_key: str


@dataclass(frozen=True, slots=True)
class Access:
    """Who may use what an account has: a token of this epoch, on one of these devices.

    ``devices_version`` counts the changes of the list of devices. ``proxies_wanted`` is how many
    proxies what they bought is for, 0 for as many as is usual; ``country`` is where they told
    last that they are, two letters, or empty.
    """

    credentials: Credentials
    devices: tuple[str, ...]
    devices_version: int
    proxies_wanted: int = 0
    country: str = ""

    @property
    def seen(self) -> str:
        """What a script compares to see whether the access is still as it was read."""
        known = self.credentials
        return f"{known.kid} {known.epoch} {self.devices_version} {self.proxies_wanted}"


_CREDENTIALS: Final = (
    "kid",
    "epoch",
    "expiration",
    "signup",
    "confirmed",
    "old_kid",
    "old_good_until",
    "reset_key",
)


def _credentials(
    user_id: UserId, row: Sequence[str | None], *, removed: bool = False
) -> Credentials | None:
    kid, epoch, expiration, signup, confirmed, old_kid, old_good_until, reset_key = row
    if kid is None:
        return None
    return Credentials(
        user_id=user_id,
        kid=kid,
        epoch=int(epoch or 0),
        expiration=Millis(int(expiration or 0)),
        signup_digest=signup or "",
        confirmed=confirmed is not None,
        removed=removed,
        old_kid=old_kid or kid,
        old_good_until=Millis(int(old_good_until or 0)),
        reset_key=reset_key or "",
    )


_BESIDES: Final = ("devices_version", "proxies_wanted", "country")


def _access(user_id: UserId, row: Sequence[str | None], devices: Sequence[str]) -> Access | None:
    [*known, version, wanted, country] = row
    found = _credentials(user_id, known)
    if found is None:
        return None
    return Access(found, tuple(devices), int(version or 0), int(wanted or 0), country or "")


class UserManager(models.Manager["User"]):
    """Accounts."""

    def create(  # type: ignore[override]  # noqa: PLR0913 - the script's arguments
        self,
        *,
        user_id: UserId,
        device_id: str,
        now: Millis,
        signup_digest: str,
        signup_ttl_ms: int,
        referral: str,
        kid: str,
        locale: str,
        spending: Spending,
    ) -> UserId | None:
        """Create an account, or find the one that this sign-up made; None when an id is taken."""
        outcome = script("accounts/create_user")(
            rest=spending.keys,
            **new_user_keys(user_id, referral, signup_digest),
            user_id=user_id,
            device_id=device_id,
            now=now,
            signup_digest=signup_digest,
            signup_ttl_ms=signup_ttl_ms,
            referral=referral,
            kid=kid,
            locale=locale,
            limits=spending.limits,
        )
        match outcome:
            case ["created"]:
                return user_id
            case ["known", known]:
                return UserId(int(str(known)))
            case ["code_taken" | "id_taken"]:
                return None
            case ["full", wait_ms]:
                raise TooManyRequests(int(str(wait_ms)))
        raise AssertionError(outcome)

    def confirm(self, *, user_id: UserId, signup_digest: str, now: Millis) -> bool:
        """Note that the client holds its credentials; False when that was noted before."""
        outcome = script("accounts/confirm_user")(
            user=USERS.row(user_id),
            signup=SIGNUP(digest=signup_digest or "none", cell=cell_of(user_id)),
            unconfirmed=UNCONFIRMED(cell=cell_of(user_id)),
            now=now,
        )
        match outcome:
            case ["confirmed"]:
                return True
            case ["already_confirmed"]:
                return False
            case ["no_such_user"]:  # reaped or erased since they were read
                raise WrongCredentials
        raise AssertionError(outcome)

    def unconfirmed(self, cell: Cell, *, before: Millis, most: int) -> list[UserId]:
        """Accounts made before a moment and not confirmed, the oldest first."""
        found = text_client().zrangebyscore(
            UNCONFIRMED(cell=cell), "-inf", f"({before}", start=0, num=most
        )
        return [UserId(int(each)) for each in found]

    def reap(self, *, user_id: UserId, fence: Fence) -> bool:
        """Take an account away that is not in use; False when it was kept."""
        referral, words = text_client().hmget(USERS.row(user_id), ["referral", "words"])
        referral = referral or ""
        keys = new_user_keys(user_id, referral or "none", "none")
        del keys["signup"]
        outcome = ledger.apply(
            "accounts/reap_user",
            Work.of(fence),
            **keys,
            device_names=DEVICE_NAMES(user_id=user_id),
            time_ledger=TIME_LEDGER(user_id=user_id),
            invitees=INVITEES(user_id=user_id),
            words=RECOVERY_WORDS(digest=words or "none", cell=cell_of(user_id)),
            user_id=user_id,
            referral=referral,
        )
        match outcome:
            case ["reaped"]:
                return True
            case ["kept"]:
                return False
        raise AssertionError(outcome)

    def get_credentials(self, user_id: UserId, device_id: str = "") -> Credentials | None:
        """Read what authentication needs, in one round trip; None when there is no such user."""
        with text_client().pipeline(transaction=False) as pipe:
            pipe.hmget(USERS.row(user_id), _CREDENTIALS)
            pipe.zscore(REMOVED_DEVICES(user_id=user_id), device_id)
            row, removed = pipe.execute()
        return _credentials(user_id, row, removed=removed is not None)

    def get_access(self, user_id: UserId) -> Access | None:
        """Read who may use an account; None when there is no such user."""
        return self.get_accesses([user_id])[0]

    def get_accesses(self, user_ids: Sequence[UserId]) -> list[Access | None]:
        """Read who may use each of these accounts, in one round trip."""
        with text_client().pipeline(transaction=False) as pipe:
            for user_id in user_ids:
                pipe.hmget(USERS.row(user_id), [*_CREDENTIALS, *_BESIDES])
                pipe.zrange(DEVICES(user_id=user_id), 0, -1)
            read = iter(pipe.execute())
        return [
            _access(user_id, row, devices)
            for user_id, row, devices in zip(user_ids, read, read, strict=True)
        ]

    def get_account(self, user_id: UserId) -> Account | None:
        """Read a whole account in one round trip."""
        with text_client().pipeline(transaction=False) as pipe:
            ask_for_account(pipe, user_id)
            return account_in(pipe.execute())

    def count_and_read(
        self, user_id: UserId, device_id: str, spending: Spending
    ) -> tuple[Credentials, Account] | None:
        """Count a call, and read what authentication needs and the account, in one round trip."""
        with text_client().pipeline(transaction=False) as pipe:
            ask_for_account(pipe, user_id)
            pipe.zscore(REMOVED_DEVICES(user_id=user_id), device_id)
            *read, removed = spending.spend(pipe)
        account = account_in(read)
        if account is None:
            return None
        row = [account.row.get(column) for column in _CREDENTIALS]
        known = _credentials(user_id, row, removed=removed is not None)
        return (known, account) if known else None

    def locale_of(self, user_id: UserId) -> str | None:
        """The locale that the user's app told, such as ``fa_IR``; None when there is no user."""
        known, locale = text_client().hmget(USERS.row(user_id), ["id", "locale"])
        return None if known is None else locale or ""

    def owner_of_code(self, code: str, cell: Cell) -> UserId | None:
        """Whose referral code it is."""
        found = text_client().get(REFERRAL_CODE(code=code, cell=cell))
        return UserId(int(found)) if found else None
