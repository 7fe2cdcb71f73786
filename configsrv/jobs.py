"""The jobs that make configurations, and mail them."""

from dataclasses import dataclass, replace
from functools import partial
from typing import ClassVar, Final

from configsrv import renewals
from configsrv.services import mailing, populate
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Done, JobArguments, LeasedJob, NewJob
from lantern_pro.jobs.lanes import Lane
from lantern_pro.jobs.registry import job
from lantern_pro.jobs.schedule import periodic
from lantern_pro.mail import sending
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Cell, Millis, ProxyId, UserId
from proxies import links
from proxies.links import Waiting

MINUTE_MS: Final = 60_000
RENEWALS_AT_ONCE: Final = 200
USERS_AT_ONCE: Final = 200
BEGINNING: Final = Millis(0)
NOBODY: Final = UserId(0)


@dataclass(frozen=True, slots=True)
class PopulateUserConfig(JobArguments):
    """A user's proxies, token or Pro time changed."""

    kind: ClassVar[str] = "populate_user_config"
    user_id: UserId

    @classmethod
    def of(cls, user_id: UserId, fact: str) -> NewJob:
        """The job for this user; ``fact`` is what changed."""
        return NewJob(cell_of(user_id), cls(user_id), f"{user_id}.{fact}")


@dataclass(frozen=True, slots=True)
class PopulateFreeTable(JobArguments):
    """The fleet or the settings changed: make the free buckets anew, from ``first``."""

    kind: ClassVar[str] = "populate_free_table"
    cell: Cell
    first: int
    fact: str

    @classmethod
    def of(cls, cell: Cell, fact: str, first: int = 0) -> NewJob:
        """The job for this cell; ``fact`` is what changed."""
        return NewJob(cell, cls(cell, first, fact), f"{fact}.{first}")


@dataclass(frozen=True, slots=True)
class PopulateConfigsOf(JobArguments):
    """Clients are told something else of a proxy: a page of its users, then the next.

    Those who get the proxy meanwhile are told the new thing anyway.
    """

    kind: ClassVar[str] = "populate_configs_of"
    proxy_id: ProxyId
    fact: str
    since: Millis = BEGINNING
    last: UserId = NOBODY

    @classmethod
    def of(cls, proxy_id: ProxyId, fact: str) -> NewJob:
        """The job for this proxy; ``fact`` is what changed."""
        return cls(proxy_id, fact).staged

    @property
    def staged(self) -> NewJob:
        """The job, named by its fact and where its page begins."""
        return NewJob(cell_of(self.proxy_id), self, f"{self.fact}.{self.since}.{self.last}")


@dataclass(frozen=True, slots=True)
class MailConfig(JobArguments):
    """Mail a user their own configuration, which they asked for."""

    kind: ClassVar[str] = "mail_config"
    user_id: UserId


@job(PopulateUserConfig)
def populate_user_config(leased: LeasedJob, arguments: PopulateUserConfig) -> None:
    """Make, or take away, the Pro part of a user's configuration."""
    populate.populate_user_config(arguments.user_id, leased.fence)


@job(PopulateFreeTable, lane=Lane.BULK)
def populate_free_table(leased: LeasedJob, arguments: PopulateFreeTable) -> None:
    """Make a page of the free buckets."""
    cell, first = arguments.cell, arguments.first
    page_from = partial(PopulateFreeTable.of, cell, arguments.fact)
    populate.populate_free_table(cell, first, leased.fence, page_from)


@job(PopulateConfigsOf, lane=Lane.BULK)
def populate_configs_of(_leased: LeasedJob, arguments: PopulateConfigsOf) -> Done:
    """Stage the making of the configurations of a page of users, and go on."""
    after = Waiting(arguments.last, arguments.since)
    page = links.linked_with(arguments.proxy_id, after=after, most=USERS_AT_ONCE)
    jobs = [PopulateUserConfig.of(each.user_id, arguments.fact) for each in page]
    if len(page) == USERS_AT_ONCE:
        last = page[-1]
        jobs.append(replace(arguments, since=last.since, last=last.user_id).staged)
    return Done(jobs)


@job(MailConfig, lane=Lane.MAIL, phases=sending.PHASES, retry=sending.RETRY)
def mail_config(leased: LeasedJob, arguments: MailConfig) -> None:
    """Mail the configuration."""
    mailing.mail_config(arguments.user_id, leased)


@periodic
def stage_renewals(cell: Cell) -> None:
    """Stage the making of configurations whose passes are half through their life.

    The job's name has the minute too: by the clock of the last one's worker it may have been early.
    """
    now = clock.now()
    jobs = [
        PopulateUserConfig.of(user_id, f"passes.{due}.{now // MINUTE_MS}")
        for user_id, due in renewals.due(cell, now=now, most=RENEWALS_AT_ONCE)
    ]
    if jobs:
        ledger.stage(*jobs)


@periodic
def stage_stale_tables(cell: Cell) -> None:
    """Stage the making of free buckets that no longer fit the settings.

    The job's name has the minute too: for settings that come back, the first one's job is done.
    """
    shape = populate.stale_shape(cell)
    if shape is not None:
        ledger.stage(PopulateFreeTable.of(cell, f"{shape}.{clock.now() // MINUTE_MS}"))
