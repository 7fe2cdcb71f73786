"""The jobs of the fleet and its links."""

from dataclasses import dataclass
from typing import ClassVar, Final

from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Done, JobArguments, LeasedJob, NewJob
from lantern_pro.jobs.lanes import Lane
from lantern_pro.jobs.registry import Retry, job
from lantern_pro.jobs.schedule import periodic
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Cell, Millis, UserId
from proxies.errors import NoProxyWithRoom
from proxies.managers import Waiting
from proxies.models import Proxy
from proxies.services import assignments

PAGE: Final = 200
BEGINNING: Final = Millis(0)
MINUTE_MS: Final = 60_000


@dataclass(frozen=True, slots=True)
class AssignProxies(JobArguments):
    """A user became Pro, or their token, devices or time changed; waits until a proxy has room."""

    kind: ClassVar[str] = "assign_proxies"
    user_id: UserId

    @classmethod
    def of(cls, user_id: UserId, fact: str) -> NewJob:
        """The job for this user; ``fact`` is why."""
        return NewJob(cell_of(user_id), cls(user_id), f"{user_id}.{fact}")


@dataclass(frozen=True, slots=True)
class TopUpProxies(JobArguments):
    """Proxies have room for someone who waits; ends at once when others were faster."""

    kind: ClassVar[str] = "top_up_proxies"
    user_id: UserId

    @classmethod
    def of(cls, waiting: Waiting, fact: str) -> NewJob:
        """The job for this user. Jobs due at once run by name, so the name begins with since."""
        since, user_id = waiting.since, waiting.user_id
        return NewJob(cell_of(user_id), cls(user_id), f"{since:015}.{user_id}.{fact}")


@dataclass(frozen=True, slots=True)
class ServeWaitingUsers(JobArguments):
    """Proxies have room: those who wait longest get it. ``after`` (ms) is where to go on."""

    kind: ClassVar[str] = "serve_waiting_users"
    cell: Cell
    fact: str
    after: Millis

    @classmethod
    def of(cls, cell: Cell, fact: str, after: Millis = BEGINNING) -> NewJob:
        """The job for this cell; ``fact`` is why there is room."""
        return NewJob(cell, cls(cell, fact, after), f"{fact}.{after}")


@dataclass(frozen=True, slots=True)
class ReleaseProxies(JobArguments):
    """A user's Pro time is over."""

    kind: ClassVar[str] = "release_proxies"
    user_id: UserId


@job(AssignProxies, retry=Retry(longest_ms=15_000))
def assign_proxies(leased: LeasedJob, arguments: AssignProxies) -> None:
    """Give a user their proxies."""
    assignments.assign_proxies(arguments.user_id, leased.fence)


@job(TopUpProxies)
def top_up_proxies(leased: LeasedJob, arguments: TopUpProxies) -> Done | None:
    """Give a user who waits the proxies that they lack."""
    try:
        assignments.assign_proxies(arguments.user_id, leased.fence)
    except NoProxyWithRoom:
        return Done()  # they wait as before, and are looked at with the next room
    return None


@job(ReleaseProxies)
def release_proxies(leased: LeasedJob, arguments: ReleaseProxies) -> None:
    """Take a user off their proxies."""
    assignments.release_proxies(arguments.user_id, leased.fence)


@job(ServeWaitingUsers, lane=Lane.BULK)
def serve_waiting_users(_leased: LeasedJob, arguments: ServeWaitingUsers) -> Done:
    """Stage a top-up for a page of those who wait, and go on after them while there is room."""
    cell, fact = arguments.cell, arguments.fact
    if not Proxy.objects.room(cell):
        return Done()
    page = Proxy.objects.waiting(cell, after=arguments.after, most=PAGE)
    follow = [TopUpProxies.of(each, fact) for each in page]
    if len(page) == PAGE:
        follow.append(ServeWaitingUsers.of(cell, fact, page[-1].since))
    return Done(follow)


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
