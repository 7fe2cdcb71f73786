"""The jobs of the fleet and its links."""

from dataclasses import dataclass, replace
from datetime import timedelta
from typing import ClassVar, Final

from django.conf import settings

from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Done, JobArguments, LeasedJob, NewJob, Work
from lantern_pro.jobs.lanes import Lane
from lantern_pro.jobs.registry import Retry, job
from lantern_pro.jobs.schedule import periodic
from lantern_pro.jobs.worker import progress
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Cell, Millis, ProxyId, UserId
from proxies import links, moving
from proxies.links import Waiting
from proxies.models import Proxy
from proxies.services import assignments, bridge, health
from proxies.services.assignments import Asked
from proxies.services.moving import move_users
from proxies.services.moving import rotate_links as rotate

PAGE: Final = 200
SETTLED_AT_ONCE: Final = 20
BEGINNING: Final = Millis(0)
NOBODY: Final = UserId(0)
FIRST_PROXY: Final = ProxyId(0)
PROXIES_ROTATED: Final = 50
ASKED: Final = "asked"
"""The reason of a moving that is not due to the proxy's state, but to whoever asked for it."""
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
class MoveUsersOff(JobArguments):
    """A proxy shall serve its users no longer: a page of them gets others, then the next.

    It goes on behind ``last``, linked since ``linked``, whoever of those before stayed or has left
    meanwhile; ``since`` is when the moving began.
    """

    kind: ClassVar[str] = "move_users_off"
    proxy_id: ProxyId
    reason: str
    fact: str
    since: Millis = BEGINNING
    linked: Millis = BEGINNING
    last: UserId = NOBODY
    page: int = 0

    @classmethod
    def of(cls, proxy_id: ProxyId, reason: str, fact: str) -> NewJob:
        """The job for this proxy; ``fact`` is why."""
        return cls(proxy_id, reason, fact).staged

    @property
    def staged(self) -> NewJob:
        """The job, named by its fact and its page."""
        return NewJob(cell_of(self.proxy_id), self, f"{self.fact}.{self.page}")

    def next_page(self, since: Millis, last: Waiting) -> NewJob:
        """The job that goes on behind ``last``."""
        page = self.page + 1
        return replace(self, since=since, linked=last.since, last=last.user_id, page=page).staged


@dataclass(frozen=True, slots=True)
class MoveStragglers(JobArguments):
    """Proxies have users whom they shall not serve, because a limit or a fault left them there."""

    kind: ClassVar[str] = "move_stragglers"
    cell: Cell


@dataclass(frozen=True, slots=True)
class RotateLinks(JobArguments):
    """Links got old: some users of each proxy get another. A page of proxies, then the next."""

    kind: ClassVar[str] = "rotate_links"
    cell: Cell
    fact: str = ""
    after: ProxyId = FIRST_PROXY


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


@job(MoveUsersOff, lane=Lane.BULK)
def move_users_off(leased: LeasedJob, arguments: MoveUsersOff) -> None:
    """Move a page of users, note how far that is, and go on."""
    proxy_id, now = arguments.proxy_id, clock.now()
    since = arguments.since or now
    after = Waiting(arguments.last, arguments.linked)
    linked = links.linked_with(proxy_id, after=after, most=PAGE)
    fact, users = f"{arguments.fact}.{arguments.page}", [each.user_id for each in linked]
    tally = move_users(proxy_id, users, fact, asked_to_leave=arguments.reason == ASKED)
    is_last = len(linked) < PAGE
    moving.note_moves(
        proxy_id=proxy_id,
        reason=arguments.reason,
        now=clock.now(),
        since=since,
        tally=tally,
        is_last=is_last,
        work=Work(
            leased.cell, leased.fence, () if is_last else (arguments.next_page(since, linked[-1]),)
        ),
    )


@job(MoveStragglers, lane=Lane.BULK, every=timedelta(hours=1))
def move_stragglers(leased: LeasedJob, arguments: MoveStragglers) -> Done:
    """Stage the moving again for each proxy that may have users whom it should not serve."""
    fact = f"again.{leased.fence.job_id.rpartition('.')[2]}"
    proxies = moving.to_be_emptied(arguments.cell)
    return Done([MoveUsersOff.of(each, "again", f"{each}.{fact}") for each in proxies])


@job(RotateLinks, lane=Lane.BULK, every=timedelta(hours=1))
def rotate_links(leased: LeasedJob, arguments: RotateLinks) -> Done:
    """Rotate some old links of a page of proxies."""
    if not settings.ROTATE_AFTER_DAYS:
        return Done()
    cell, fact = arguments.cell, arguments.fact or leased.fence.job_id.rpartition(".")[2]
    page = moving.page_of_proxies(cell, after=arguments.after, most=PROXIES_ROTATED)
    rotate(page, f"rotated.{fact}")
    if len(page) < PROXIES_ROTATED:
        return Done()
    return Done([NewJob(cell, RotateLinks(cell, fact, page[-1]), f"{fact}.{page[-1]}")])


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
