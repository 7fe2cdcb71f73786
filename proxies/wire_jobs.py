"""The jobs that keep what proxies read, besides whom they admit."""

from dataclasses import dataclass
from typing import ClassVar, Final

from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Done, JobArguments, LeasedJob, NewJob
from lantern_pro.jobs.registry import job
from lantern_pro.jobs.schedule import periodic
from lantern_pro.types import Cell, ProxyId
from proxies import usage
from proxies.services import access, cards

FIRST_PROXY: Final = ProxyId(0)
MINUTE_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class PublishCards(JobArguments):
    """The fleet or the keys of passes changed: write what proxies must know of it."""

    kind: ClassVar[str] = "publish_cards"
    cell: Cell
    after: ProxyId
    fact: str

    @classmethod
    def of(cls, cell: Cell, fact: str, after: ProxyId = FIRST_PROXY) -> NewJob:
        """The job for this cell; ``fact`` is what changed."""
        return NewJob(cell, cls(cell, after, fact), f"{fact}.{after}")


@job(PublishCards)
def publish_cards(leased: LeasedJob, arguments: PublishCards) -> None:
    """Write a page of cards."""
    cell, fact = arguments.cell, arguments.fact
    cards.publish_cards(
        cell, arguments.after, leased.fence, lambda last: PublishCards.of(cell, fact, last)
    )


@dataclass(frozen=True, slots=True)
class RevokeAccess(JobArguments):
    """A proxy was retired: it has no access to Redis any more."""

    kind: ClassVar[str] = "revoke_access"
    proxy_id: ProxyId


@job(RevokeAccess)
def revoke_access(_leased: LeasedJob, arguments: RevokeAccess) -> Done:
    """Take the access away, if it was granted from here."""
    access.revoke_if_granted(arguments.proxy_id)
    return Done()


@periodic
def stage_stale_cards(cell: Cell) -> None:
    """Stage the writing of cards that no longer fit the settings.

    The job's name has the minute too: for settings that come back, the first one's job is done.
    """
    shape = cards.stale_shape(cell)
    if shape is not None:
        ledger.stage(PublishCards.of(cell, f"{shape}.{clock.now() // MINUTE_MS}"))


@periodic
def keep_counting_script(cell: Cell) -> None:
    """See that free proxies find the script by which they count, also after a restart of Redis."""
    if cell == usage.HERE:
        usage.keep_counting_script()


@periodic
def keep_caps(cell: Cell) -> None:
    """See that free proxies find the caps that were set, whatever one of them made of the key."""
    if cell == usage.HERE:
        usage.restore_caps()


@periodic
def keep_access(cell: Cell) -> None:
    """See that Redis knows the users of proxies, also after a restart, and no others of theirs."""
    access.restore_access(cell)
