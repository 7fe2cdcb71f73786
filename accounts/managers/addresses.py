"""How mail addresses are reserved, in the cell that their hash selects: one function a script."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from django.conf import settings

from accounts.keys import ADDRESS_CLAIMS, ADDRESS_HOLDER, ADDRESS_MAILS, MAIL_STANDING, USERS
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import NewJob, Work
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.store.scripts import script
from lantern_pro.types import Cell, JobId, Millis, UserId

NOBODY = UserId(0)
Names = Literal["yes", "no", "gone"]
"""Whether an account names an address; ``gone`` when the account was erased."""


@dataclass(frozen=True, slots=True)
class Claimed:
    """What came of a claim; ``other`` is who held the address until now, or holds it."""

    outcome: Literal["held", "named", "released", "proven_later"]
    other: UserId = NOBODY


@dataclass(frozen=True, slots=True)
class OwnAddress:
    """An account's address as its row has it; ``proven`` is 0 when it is not."""

    digest: str
    sealed: str
    proven: Millis


def cell_of_address(digest: str) -> Cell:
    """The cell that the hash of an address selects."""
    return Cell(int(digest[:8], 16) % settings.CELLS)


def claim_address(
    *, digest: str, user_id: UserId, names: Names, proven: Millis, now: Millis
) -> Claimed:
    """Note what an account makes of an address."""
    cell = cell_of_address(digest)
    outcome = script("accounts/claim_address")(
        claims=ADDRESS_CLAIMS(digest=digest, cell=cell),
        holder=ADDRESS_HOLDER(digest=digest, cell=cell),
        user_id=user_id,
        standing=MAIL_STANDING(digest=digest, cell=cell),
        names=names,
        proven=proven,
        now=now,
    )
    match outcome:
        case ["held", other]:
            return Claimed("held", UserId(int(str(other))))
        case ["named"]:
            return Claimed("named")
        case ["released"]:
            return Claimed("released")
        case ["proven_later", other]:
            return Claimed("proven_later", UserId(int(str(other))))
    raise AssertionError(outcome)


def accounts_of_address(digest: str, *, most: int) -> tuple[UserId, list[UserId]]:
    """Who holds an address (or ``NOBODY``), and the accounts that name it, the newest first.

    Of more than ``most`` it is the oldest: nobody who comes later pushes them out.
    """
    cell = cell_of_address(digest)
    with text_client().pipeline(transaction=False) as pipe:
        pipe.hget(ADDRESS_HOLDER(digest=digest, cell=cell), "user_id")
        pipe.zrange(ADDRESS_CLAIMS(digest=digest, cell=cell), 0, most - 1)
        holder, claims = pipe.execute()
    return UserId(int(holder or 0)), [UserId(int(each)) for each in reversed(claims)]


def pro_until(digest: str, users: Sequence[UserId]) -> dict[UserId, Millis]:
    """Of some accounts those that have this address, and when the Pro time of each ends."""
    with text_client().pipeline(transaction=False) as pipe:
        for user_id in users:
            pipe.hmget(USERS.row(user_id), ["email_hash", "expiration"])
        rows = pipe.execute()
    return {
        user_id: Millis(int(expiration))
        for user_id, (named, expiration) in zip(users, rows, strict=True)
        if named == digest
    }


def own_address(user_id: UserId) -> OwnAddress | None:
    """The address of an account; None when it has none."""
    row = text_client().hmget(USERS.row(user_id), ["email_hash", "email_sealed", "email_proven"])
    digest, sealed, proven = row
    return OwnAddress(digest, sealed or "", Millis(int(proven or 0))) if digest else None


def prove_address(*, user_id: UserId, digest: str, now: Millis, follow: Sequence[NewJob]) -> bool:
    """Note that an account's owner reads its mail; False when it has another address."""
    outcome = ledger.apply(
        "accounts/prove_address",
        Work(cell_of(user_id), follow=follow),
        user=USERS.row(user_id),
        digest=digest,
        now=now,
    )
    match outcome:
        case ["proven"]:
            return True
        case ["another"]:
            return False
    raise AssertionError(outcome)


def unprove_address(*, user_id: UserId, own: OwnAddress) -> bool:
    """Note that another account has proven the address later; False when that is no longer so."""
    outcome = script("accounts/unprove_address")(
        user=USERS.row(user_id), digest=own.digest, proven=own.proven
    )
    match outcome:
        case ["unproven"]:
            return True
        case ["changed"]:
            return False
    raise AssertionError(outcome)


def count_mail(*, digest: str, job_id: JobId, now: Millis, span_ms: int, most: int) -> bool:
    """Count a mail to an address that somebody asks for; False when it has had too many."""
    outcome = script("accounts/count_mail")(
        mails=ADDRESS_MAILS(digest=digest, cell=cell_of_address(digest)),
        job_id=job_id,
        now=now,
        span_ms=span_ms,
        most=most,
    )
    match outcome:
        case ["counted"]:
            return True
        case ["spent"]:
            return False
    raise AssertionError(outcome)
