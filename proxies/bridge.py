"""How the keys of proxies of 2016 are read and written: plain reads, and one script.

They may live on another Redis than the store, so no script holds both. What is written there is
made from a version of the proxy's admissions, and never replaces what a later one wrote.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal

from django.conf import settings

from accounts.managers import Access
from accounts.models import User
from lantern_pro.store.client import TextClient, client_at, text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.store.scripts import script
from lantern_pro.types import Cell, ProxyId, UserId
from proxies import keys, keys_2016

AT_ONCE: Final = 200
"""How many users one script changes, so that it holds nobody up."""
UNHEARD_SECONDS: Final = 86_400
"""How long a server that was disconnected finds its last messages."""


@dataclass(frozen=True, slots=True)
class Entry:
    """What a proxy of 2016 is to know of a user; ``devices`` stays empty where none are kept."""

    token: str
    devices: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Mirror:
    """A server's keys as they are. A member whose token is missing has an empty one."""

    version: int | None
    writes: int
    entries: Mapping[UserId, Entry]


@dataclass(frozen=True, slots=True)
class Truth:
    """A proxy's users with their devices, read after ``version``, so never older than that."""

    version: int
    users: Sequence[Access]


def connect(proxy_id: ProxyId, server: str) -> None:
    """Keep a server's keys in step with a proxy from now on."""
    _client().persist(keys_2016.messages(server))  # it may have been disconnected within a day
    text_client().hset(keys.BRIDGED(cell=cell_of(proxy_id)), str(proxy_id), server)


def disconnect(proxy_id: ProxyId) -> None:
    """Leave a server's keys alone from now on."""
    text_client().hdel(keys.BRIDGED(cell=cell_of(proxy_id)), str(proxy_id))


def bridged(cell: Cell) -> dict[ProxyId, str]:
    """The proxies of 2016 in a cell, with their servers' ids."""
    found = text_client().hgetall(keys.BRIDGED(cell=cell))
    return {ProxyId(int(proxy_id)): server for proxy_id, server in found.items()}


def versions(ids: Sequence[ProxyId]) -> dict[ProxyId, int]:
    """Of each of these proxies the version of its admissions."""
    with text_client().pipeline(transaction=False) as pipe:
        for proxy_id in ids:
            pipe.hget(keys.PROXIES.row(proxy_id), "version")
        read = pipe.execute()
    return {each: int(version or 0) for each, version in zip(ids, read, strict=True)}


def marks(servers: Sequence[str]) -> dict[str, int | None]:
    """Of each server, with which version its keys are in step; None before the first time."""
    with _client().pipeline(transaction=False) as pipe:
        for server in servers:
            pipe.hget(keys_2016.mark(server), "version")
        read = pipe.execute()
    return {
        each: None if version is None else int(version)
        for each, version in zip(servers, read, strict=True)
    }


def read_truth(proxy_id: ProxyId) -> Truth:
    """Read whom a proxy serves."""
    version = int(text_client().hget(keys.PROXIES.row(proxy_id), "version") or 0)
    ids = [UserId(int(each)) for each in text_client().zrange(keys.USERS(proxy_id=proxy_id), 0, -1)]
    found = User.objects.get_accesses(ids)
    return Truth(version, [each for each in found if each is not None])


def read_mirror(server: str) -> Mirror:
    """Read what a server's keys say."""
    with _client().pipeline(transaction=True) as pipe:
        pipe.hmget(keys_2016.mark(server), "version", "writes")
        pipe.smembers(keys_2016.users(server))
        (version, writes), members = pipe.execute()
    ids = [UserId(int(each)) for each in members]
    return Mirror(None if version is None else int(version), int(writes or 0), _entries(ids))


def write(
    server: str,
    others: Sequence[str],
    *,
    truth_version: int,
    writes: int,
    changes: Mapping[UserId, Entry | None],
    more: bool,
) -> Literal["written", "changed", "outdated"]:
    """Change what a server's keys say of some users; ``None`` takes a user off them."""
    told = [
        [str(user_id), entry.token if entry else False, list(entry.devices if entry else ())]
        for user_id, entry in changes.items()
    ]
    outcome = script("proxies/mirror_old_proxy")(
        _client(),
        users=keys_2016.users(server),
        tokens=keys_2016.TOKENS,
        messages=keys_2016.messages(server),
        mark=keys_2016.mark(server),
        rest=[
            *(keys_2016.users(each) for each in others),
            *(keys_2016.devices(user_id) for user_id in changes),
        ],
        version=truth_version,
        writes=writes,
        others=len(others),
        changes=json.dumps(told),
        devices_as=settings.BRIDGE_2016_DEVICES,
        more=int(more),
    )
    match outcome:
        case ["written"]:
            return "written"
        case ["changed"]:
            return "changed"
        case ["outdated"]:
            return "outdated"
    raise AssertionError(outcome)


def forget(server: str) -> None:
    """Forget how far a server is that has no users any more; it may hear so for another day."""
    with _client().pipeline(transaction=True) as pipe:
        pipe.delete(keys_2016.mark(server))
        pipe.expire(keys_2016.messages(server), UNHEARD_SECONDS)
        pipe.execute()


def _entries(ids: Sequence[UserId]) -> dict[UserId, Entry]:
    kept = settings.BRIDGE_2016_DEVICES
    with _client().pipeline(transaction=False) as pipe:
        for user_id in ids:
            pipe.hget(keys_2016.TOKENS, str(user_id))
            if kept == "set":
                pipe.smembers(keys_2016.devices(user_id))
            elif kept == "hash":
                pipe.hkeys(keys_2016.devices(user_id))
        read = pipe.execute()
    if kept == "none":
        return {user_id: Entry(token or "") for user_id, token in zip(ids, read, strict=True)}
    pairs = zip(read[::2], read[1::2], strict=True)
    return {
        user_id: Entry(token or "", tuple(sorted(devices)))
        for user_id, (token, devices) in zip(ids, pairs, strict=True)
    }


def _client() -> TextClient:
    return client_at(settings.BRIDGE_2016_REDIS_URL)
