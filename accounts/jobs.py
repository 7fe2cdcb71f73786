"""The jobs of accounts."""

from dataclasses import dataclass
from typing import ClassVar

from accounts.managers.address_changes import Side
from accounts.services import (
    address_changes,
    addresses,
    reaping,
    recovery_by_mail,
    recovery_notices,
)
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import JobArguments, LeasedJob, NewJob
from lantern_pro.jobs.lanes import Lane
from lantern_pro.jobs.registry import job
from lantern_pro.jobs.schedule import periodic
from lantern_pro.mail.sending import PHASES, RETRY
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Cell, UserId


@dataclass(frozen=True, slots=True)
class ReapUser(JobArguments):
    """An account was made and never used."""

    kind: ClassVar[str] = "reap_user"
    user_id: UserId


@dataclass(frozen=True, slots=True)
class SyncAddress(JobArguments):
    """What an account makes of an address may be another now.

    ``address`` is its keyed hash, sealed, so that no job tells of an address after its account
    was erased; empty for the account's own.
    """

    kind: ClassVar[str] = "sync_address"
    user_id: UserId
    address: str

    @classmethod
    def of(cls, user_id: UserId, fact: str, address: str = "") -> NewJob:
        """The job for this user; ``fact`` is what changed."""
        return NewJob(cell_of(user_id), cls(user_id, address), f"{user_id}.{fact}")


@dataclass(frozen=True, slots=True)
class OpenDoors(JobArguments):
    """A device asked for codes by mail: find what they shall lead to."""

    kind: ClassVar[str] = "open_doors"
    digest: str


@dataclass(frozen=True, slots=True)
class MailCodes(JobArguments):
    """Mail the codes that a device asked for; ``digest`` is of who asks."""

    kind: ClassVar[str] = "mail_codes"
    user_id: UserId
    digest: str

    @classmethod
    def of(cls, user_id: UserId, digest: str, fact: str) -> NewJob:
        """The job for this user; ``fact`` names the request."""
        return NewJob(cell_of(user_id), cls(user_id, digest), f"{user_id}.{fact}")


@dataclass(frozen=True, slots=True)
class MailAddressCode(JobArguments):
    """Mail the code of a change of address to its new or its old one (``side``)."""

    kind: ClassVar[str] = "mail_address_code"
    user_id: UserId
    side: Side

    @classmethod
    def of(cls, user_id: UserId, side: Side, fact: str) -> NewJob:
        """The job for this user; ``fact`` names the request."""
        return NewJob(cell_of(user_id), cls(user_id, side), f"{user_id}.{fact}.{side}")


@job(SyncAddress)
def sync_address(leased: LeasedJob, arguments: SyncAddress) -> None:
    """Enter in the address's cell what the account makes of it."""
    addresses.sync_address(arguments.user_id, arguments.address, leased.fence)


@job(OpenDoors)
def open_doors(leased: LeasedJob, arguments: OpenDoors) -> None:
    """Let the codes lead to the accounts that name the address, if any does."""
    recovery_by_mail.open_doors(arguments.digest, leased)


@job(MailCodes, lane=Lane.MAIL, phases=PHASES, retry=RETRY)
def mail_codes(leased: LeasedJob, arguments: MailCodes) -> None:
    """Mail the codes."""
    recovery_by_mail.mail_codes(arguments.user_id, arguments.digest, leased)


@job(MailAddressCode, lane=Lane.MAIL, phases=PHASES, retry=RETRY)
def mail_address_code(leased: LeasedJob, arguments: MailAddressCode) -> None:
    """Mail the code."""
    address_changes.mail_address_code(arguments.user_id, arguments.side, leased)


@dataclass(frozen=True, slots=True)
class MailRecoveryNotice(JobArguments):
    """Tell the owner by mail that a device joined their account, and by which way."""

    kind: ClassVar[str] = "mail_recovery_notice"
    user_id: UserId
    way: str


@job(MailRecoveryNotice, lane=Lane.MAIL, phases=PHASES, retry=RETRY)
def mail_recovery_notice(leased: LeasedJob, arguments: MailRecoveryNotice) -> None:
    """Mail the notice."""
    recovery_notices.mail_recovery_notice(arguments.user_id, arguments.way, leased)


@job(ReapUser, lane=Lane.BULK)
def reap_user(leased: LeasedJob, arguments: ReapUser) -> None:
    """Take the account away."""
    reaping.reap_user(arguments.user_id, leased.fence)


@periodic
def stage_reaping(cell: Cell) -> None:
    """Stage the end of accounts that nobody has confirmed in time."""
    found = reaping.never_used(cell)
    if found:
        ledger.stage(*(NewJob(cell, ReapUser(user_id), str(user_id)) for user_id in found))
