"""The jobs of the fleet and its links."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar, Final

from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Done, JobArguments, LeasedJob, NewJob
from lantern_pro.jobs.lanes import Lane
from lantern_pro.jobs.registry import Retry, job
from lantern_pro.jobs.schedule import periodic
from lantern_pro.jobs.worker import progress
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Cell, Millis, ProxyId, UserId
from proxies import links, usage
from proxies.links import Waiting
from proxies.models import Proxy
from proxies.services import assignments, bridge, cards, health
from proxies.services.assignments import Asked

PAGE: Final = 200
SETTLED_AT_ONCE: Final = 20
BEGINNING: Final = Millis(0)
NOBODY: Final = UserId(0)
FIRST_PROXY: Final = ProxyId(0)
MINUTE_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class AssignProxies(JobArguments):
    """A user became Pro, or their token, devices, time or country changed."""

    kind: ClassVar[str] = "assign_proxies"
    user_id: UserId

    @classmethod
    def of(cls, user_id: UserId, fact: str) -> NewJob:
        """The job for this user; ``fact`` is why."""
        return NewJob(cell_of(user_id), cls(user_id), f"{user_id}.{fact}")


@dataclass(frozen=True, slots=True)
class ServeWaitingUsers(JobArguments):
    """Proxies may have room: those who wait longest get it. A page of them, from the last on."""

    kind: ClassVar[str] = "serve_waiting_users"
    cell: Cell
    fact: str = ""
    since: Millis = BEGINNING
    last: UserId = NOBODY
    opened: int = 0

    @classmethod
    def of(cls, cell: Cell, fact: str) -> NewJob:
        """The job for this cell; ``fact`` is why there is room."""
        return NewJob(cell, cls(cell, fact), f"{fact}.first")

    def next_page(self, last: Waiting, opened: int, fact: str) -> NewJob:
        """The job that goes on behind ``last``."""
        page = ServeWaitingUsers(self.cell, fact, last.since, last.user_id, opened)
        return NewJob(self.cell, page, f"{fact}.{last.since}.{last.user_id}")


@dataclass(frozen=True, slots=True)
class ReleaseProxies(JobArguments):
    """A user's Pro time is over."""

    kind: ClassVar[str] = "release_proxies"
    user_id: UserId


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


@job(AssignProxies, retry=Retry(longest_ms=15_000))
def assign_proxies(leased: LeasedJob, arguments: AssignProxies) -> None:
    """Give a user their proxies."""
    assignments.assign_proxies(arguments.user_id, leased.fence)


@job(ReleaseProxies)
def release_proxies(leased: LeasedJob, arguments: ReleaseProxies) -> None:
    """Take a user off their proxies."""
    assignments.release_proxies(arguments.user_id, leased.fence)


@job(ServeWaitingUsers, lane=Lane.BULK, every=timedelta(minutes=1))
def serve_waiting_users(leased: LeasedJob, arguments: ServeWaitingUsers) -> Done:
    """Serve a page of those who wait, one after another, and go on while there is room.

    Whom no opening since the last walk can have helped is not looked at again.
    """
    cell, is_first = arguments.cell, arguments.last == NOBODY
    opened = links.openings(cell) if is_first else arguments.opened
    if is_first and opened == links.served(cell):
        return Done()
    after = Waiting(arguments.last, arguments.since)
    page = links.waiting(cell, after=after, most=PAGE)
    fact = arguments.fact or leased.fence.job_id.split(".", 2)[2]
    for first in range(0, len(page), SETTLED_AT_ONCE):
        if not links.room(cell):
            break
        some = page[first : first + SETTLED_AT_ONCE]
        assignments.settle([Asked(each.user_id) for each in some], f"served.{fact}")
        progress()
    if len(page) == PAGE and links.room(cell):
        return Done([arguments.next_page(page[-1], opened, fact)])
    links.note_served(cell, opened)
    return Done()


@job(PublishCards)
def publish_cards(leased: LeasedJob, arguments: PublishCards) -> None:
    """Write a page of cards."""
    cell, fact = arguments.cell, arguments.fact
    cards.publish_cards(
        cell, arguments.after, leased.fence, lambda last: PublishCards.of(cell, fact, last)
    )


@periodic
def stage_stale_cards(cell: Cell) -> None:
    """Stage the writing of cards that no longer fit the settings.

    The job's name has the minute too: for settings that come back, the first one's job is done.
    """
    shape = cards.stale_shape(cell)
    if shape is not None:
        ledger.stage(PublishCards.of(cell, f"{shape}.{clock.now() // MINUTE_MS}"))


@dataclass(frozen=True, slots=True)
class MirrorProxy(JobArguments):
    """The keys of a proxy of 2016 are behind its users."""

    kind: ClassVar[str] = "mirror_proxy"
    proxy_id: ProxyId


@job(MirrorProxy)
def mirror_proxy(_leased: LeasedJob, arguments: MirrorProxy) -> Done:
    """Bring them in step. What is written is ordered by its version, so no fence is needed."""
    bridge.mirror_proxy(arguments.proxy_id)
    return Done()


@periodic
def stage_mirrors(cell: Cell) -> None:
    """Stage a mirror of each proxy of 2016 whose keys are behind.

    The job's name has the minute too: keys that somebody has emptied are behind once more.
    """
    minute = clock.now() // MINUTE_MS
    jobs = [
        NewJob(
            cell,
            MirrorProxy(each.proxy_id),
            f"{each.proxy_id}.{each.mark}.{each.version}.{minute}",
        )
        for each in bridge.behind(cell)
    ]
    if jobs:
        ledger.stage(*jobs)


@periodic
def keep_for_proxies(cell: Cell) -> None:
    """See that free proxies find their script after a restart of Redis, and the caps as set."""
    if cell == usage.HERE:
        usage.keep_counting_script()
        usage.restore_caps()


@periodic
def stage_releases(cell: Cell) -> None:
    """Stage the release of those whose Pro time is over.

    The job's name has the minute too: by the clock of the last one's worker it may have gone on.
    """
    now = clock.now()
    jobs = [
        NewJob(cell, ReleaseProxies(user_id), f"{user_id}.{expiration}.{now // MINUTE_MS}")
        for user_id, expiration in Proxy.objects.expired(cell, now=now, most=PAGE)
    ]
    if jobs:
        ledger.stage(*jobs)


@periodic
def watch_proxies(cell: Cell) -> None:
    """Look who is silent and who is heard again; what follows is staged with the change."""
    health.watch_proxies(cell)
