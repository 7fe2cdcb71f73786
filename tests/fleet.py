"""Users, proxies and their jobs, for tests of the fleet and of configurations."""

from collections.abc import Callable, Iterable
from itertools import count
from typing import Any

from accounts.keys import DEVICES, PRO_ENDS, USERS
from accounts.managers import Access
from accounts.models import User
from accounts.services.tokens import admission, current_kid, token_of
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import JobArguments, NewJob
from lantern_pro.jobs.worker import drain
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of, new_id
from lantern_pro.types import Cell, Millis, ProxyId, UserId
from proxies import keys
from proxies.jobs import AssignProxies, stage_releases
from proxies.laws import LAWS
from proxies.models import Proxy
from proxies.records import NewProxy, Place, ProxyRecord, State, Track
from proxies.services.fleet import add_proxy

HERE = Cell(0)
DEVICE = "device-1"
DAY_MS = 86_400_000
_numbers = count(1)


def pro_user(*, cell: Cell = HERE, days: int = 30, country: str = "") -> UserId:
    """Write the row of a user who is Pro for some days more (or was, until some days ago)."""
    user_id = UserId(new_id(cell))
    expiration = Millis(clock.now() + days * DAY_MS)
    row: dict[str, str | int] = {
        "id": user_id,
        "created": clock.now(),
        "expiration": expiration,
        "kid": current_kid(),
        "epoch": 1,
        "country": country,
    }
    with text_client().pipeline() as pipe:
        pipe.hset(USERS.row(user_id), mapping=row)
        pipe.zadd(USERS.by("id", cell=cell), {str(user_id): user_id})
        pipe.zadd(DEVICES(user_id=user_id), {DEVICE: clock.now()})
        pipe.zadd(PRO_ENDS(cell=cell), {str(user_id): expiration})
        pipe.execute()
    return user_id


def end_pro_time(user_id: UserId) -> None:
    """Let a user's Pro time be over since a second ago."""
    set_expiration(user_id, clock.now() - 1000)


def set_expiration(user_id: UserId, expiration: int) -> None:
    """Let a user's Pro time end then."""
    with text_client().pipeline() as pipe:
        pipe.hset(USERS.row(user_id), "expiration", expiration)
        pipe.zadd(PRO_ENDS(cell=cell_of(user_id)), {str(user_id): expiration})
        pipe.execute()


def never_as_read(user_id: UserId) -> None:
    """Spoil a user's row so that for scripts it never is what was read of it."""
    text_client().hset(USERS.row(user_id), "epoch", "01")


def add_device(user_id: UserId, device_id: str) -> None:
    """Write another device into an account."""
    with text_client().pipeline() as pipe:
        pipe.zadd(DEVICES(user_id=user_id), {device_id: clock.now()})
        pipe.hincrby(USERS.row(user_id), "devices_version", 1)
        pipe.execute()


def take_device(user_id: UserId, device_id: str) -> None:
    """Take a device out of an account."""
    with text_client().pipeline() as pipe:
        pipe.zrem(DEVICES(user_id=user_id), device_id)
        pipe.hincrby(USERS.row(user_id), "devices_version", 1)
        pipe.execute()


def reset_token(user_id: UserId) -> None:
    """Raise the epoch of a user's token."""
    text_client().hincrby(USERS.row(user_id), "epoch", 1)


def access(user_id: UserId) -> Access:
    """Who may use what a user's account has."""
    found = User.objects.get_access(user_id)
    assert found is not None
    return found


def token(user_id: UserId) -> str:
    """A user's Pro token."""
    kid, epoch = text_client().hmget(USERS.row(user_id), ["kid", "epoch"])
    return token_of(user_id, kid, int(epoch))


def known_as(user_id: UserId) -> str:
    """What proxies know a user's device by."""
    return admission(token(user_id), DEVICE)


def pro_proxy(
    *,
    capacity: int = 10,
    city: str = "Oslo",
    cell: Cell = HERE,
    addr: str = "127.0.0.1:4000",
    provider: str = "",
    state: State = State.ACTIVE,
    **told: Any,
) -> ProxyId:
    """Add a Pro proxy; what else is ``told`` are fields of ``NewProxy``, and ``code``."""
    return _proxy(
        Track.PRO,
        cell,
        capacity=capacity,
        city=city,
        addr=addr,
        provider=provider,
        state=state,
        **told,
    )


def free_proxy(
    *,
    city: str = "Riga",
    cell: Cell = HERE,
    addr: str = "127.0.0.1:4000",
    provider: str = "",
    state: State = State.ACTIVE,
) -> ProxyId:
    """Add a free proxy."""
    return _proxy(
        Track.FREE, cell, capacity=1000, city=city, addr=addr, provider=provider, state=state
    )


def _proxy(track: Track, cell: Cell, *, city: str, code: str = "XX", **told: Any) -> ProxyId:
    new = NewProxy(
        name=f"fallback-203.0.113.{next(_numbers)}",
        track=track,
        place=Place(city=city, country_code=code),
        **told,
    )
    return add_proxy(cell, new).proxy_id


def proxies_of(user_id: UserId) -> set[ProxyId]:
    """The proxies that a user is linked with."""
    found = text_client().zrange(keys.PROXIES_OF(user_id=user_id), 0, -1)
    return {ProxyId(int(each)) for each in found}


def told(proxy_id: ProxyId) -> list[tuple[str, str, str]]:
    """What a proxy's stream tells: version, op, admission."""
    entries = text_client().xrange(keys.CHANGES(proxy_id=proxy_id))
    return [(entry_id, change["op"], change["admission"]) for entry_id, change in entries]


def secret(proxy_id: ProxyId) -> str:
    """What the proxy's clients send to be told from strangers."""
    [record] = Proxy.objects.records([proxy_id])
    return record.auth_token


def stage(*jobs: NewJob) -> None:
    """Stage jobs."""
    ledger.stage(*jobs)


def assigned(user_id: UserId, fact: str = "purchase-1") -> set[ProxyId]:
    """Give a user their proxies by way of the job; run all that follows."""
    stage(AssignProxies.of(user_id, fact))
    drain(cell_of(user_id))
    return proxies_of(user_id)


def broken_laws(cell: Cell = HERE) -> list[str]:
    """What the laws of the fleet say."""
    return [fault for law in LAWS for fault in law.check(cell)]


def stage_release(user_id: UserId) -> None:
    """Let the regular look find that a user's time is over."""
    stage_releases(cell_of(user_id))


def release(user_id: UserId) -> None:
    """Take a user whose time is over off their proxies; run all that follows."""
    stage_release(user_id)
    drain(cell_of(user_id))


def open_proxies(cell: Cell = HERE) -> set[ProxyId]:
    """The proxies that users can be sent to."""
    return {ProxyId(int(each)) for each in text_client().zrange(keys.OPEN(cell=cell), 0, -1)}


def run_jobs(cell: Cell = HERE) -> None:
    """Run all jobs that are due."""
    drain(cell)


def records(proxies: Iterable[ProxyId]) -> list[ProxyRecord]:
    """The rows of proxies."""
    return Proxy.objects.records(proxies)


def run_clock(kind: Callable[[Cell], JobArguments], cell: Cell = HERE) -> None:
    """Run a job that the clock stages, and what follows from it."""
    stage(NewJob(cell, kind(cell), str(next(_numbers))))
    drain(cell)


def forget_jobs(cell: Cell = HERE) -> None:
    """Forget every job that is done, so that the same fact is another job."""
    ledger.forget(cell, before=Millis(clock.now() + DAY_MS))
