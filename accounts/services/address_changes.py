"""Changing an account's mail address: only after the codes that are needed came back."""

import secrets
from typing import Final

from accounts.errors import NoAddressChange, WrongAddressCode
from accounts.events import AddressChangeAsked, AddressChanged
from accounts.mails import new_address_letter, old_address_letter
from accounts.managers import address_changes, addresses
from accounts.managers.address_changes import AddressChange, Side
from accounts.managers.addresses import OwnAddress
from accounts.services.mail_codes import is_same, mail_code
from accounts.services.mailing import mail_user
from accounts.services.personal import email_hash, normal_email, seal, unseal
from lantern_pro import clock
from lantern_pro.errors import NotYet
from lantern_pro.jobs import ledger
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import LeasedJob, NewJob
from lantern_pro.store.keys import cell_of
from lantern_pro.types import UserId

LIFE_MS: Final = 24 * 60 * 60 * 1000
PAUSE_MS: Final = 60 * 1000
MOST_TRIES: Final = 5
MOST_CHANGES: Final = 10
"""One after another: with the tries at each, so many guesses a thief has in a day."""
MAILS_SPAN_MS: Final = 60 * 60 * 1000
MOST_MAILS: Final = 6
_TRIES: Final = 20


def change_address(user_id: UserId, email: str) -> None:
    """Begin to give an account an address; codes are mailed. The first one it has at once."""
    address, request = normal_email(email), secrets.token_hex(16)
    change = AddressChange(email_hash(address), seal(address), request)
    cell = cell_of(user_id)
    address_changes.begin_address_change(
        user_id=user_id,
        change=change,
        now=clock.now(),
        life_ms=LIFE_MS,
        pause_ms=PAUSE_MS,
        most_tries=MOST_TRIES,
        most_changes=MOST_CHANGES,
        follow=(
            *following(AddressChangeAsked(cell, user_id, request)),
            *following(AddressChanged(cell, user_id, "", f"{request}.named")),
        ),
    )


def confirm_address(user_id: UserId, code: str) -> bool:
    """Take a code; True when the account has the new address, False while one is missing.

    A code that has done its work is answered the same again, while the address is proven.
    """
    for _ in range(_TRIES):
        change, own = address_changes.get_address_change(user_id), addresses.own_address(user_id)
        if change is None:
            if own and own.proven and _side_of(address_changes.last_done(user_id), code):
                return True
            raise NoAddressChange
        outcome = address_changes.confirm_address(
            user_id=user_id,
            change=change,
            present=own.digest if own else "",
            side=_side_of(change.nonce, code),
            most_tries=MOST_TRIES,
            now=clock.now(),
            follow=_what_follows(user_id, change, own),
        )
        match outcome:
            case "confirmed" | "waits":
                return outcome == "confirmed"
            case "wrong":
                raise WrongAddressCode(field="code")
    raise NotYet


def mail_address_code(user_id: UserId, side: Side, job: LeasedJob) -> None:
    """Mail the code to one of the two addresses, if it is needed. The job is done then."""
    change, own = address_changes.get_address_change(user_id), addresses.own_address(user_id)
    digest, sealed = _addressee(change, own, side)
    if change is None or not digest or not _may_be_mailed(digest, job):
        ledger.complete(job.fence)
        return
    letter = new_address_letter if side == "new" else old_address_letter
    code = mail_code("address", change.nonce, side)
    mail_user(job, user_id=user_id, to=unseal(sealed), letter=lambda: letter(code=code))


def _addressee(change: AddressChange | None, own: OwnAddress | None, side: Side) -> tuple[str, str]:
    """Who gets this side's code: hash and sealed address, both empty when nobody does."""
    if change is None:
        return "", ""
    if side == "new":
        return change.digest, change.sealed
    is_asked = own is not None and own.proven and own.digest != change.digest
    return (own.digest, own.sealed) if own and is_asked else ("", "")


def _may_be_mailed(digest: str, job: LeasedJob) -> bool:
    return addresses.count_mail(
        digest=digest,
        job_id=job.fence.job_id,
        now=clock.now(),
        span_ms=MAILS_SPAN_MS,
        most=MOST_MAILS,
    )


def _side_of(nonce: str, code: str) -> Side | None:
    if nonce and is_same(mail_code("address", nonce, "new"), code):
        return "new"
    return "old" if nonce and is_same(mail_code("address", nonce, "old"), code) else None


def _what_follows(
    user_id: UserId, change: AddressChange, own: OwnAddress | None
) -> tuple[NewJob, ...]:
    cell = cell_of(user_id)
    digests = dict.fromkeys([change.digest, *([own.digest] if own else [])])
    return tuple(
        job
        for number, digest in enumerate(digests)
        for job in following(
            AddressChanged(cell, user_id, seal(digest), f"{change.nonce}.{number}")
        )
    )
