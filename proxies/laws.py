"""What must hold of the fleet and its links (laws 1 and 5).

A link is changed by one script, so these hold at every moment, but for a token that was
reset and devices that came or went, which reach the proxies by a job. But a check reads in several
steps, and a change between two of them may look like a breach. So what seems wrong is read
again, and only what is wrong twice in the same words is told.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from redis.exceptions import ResponseError

from accounts.keys import USERS as ACCOUNTS
from accounts.models import User
from accounts.services.tokens import admissions_of
from lantern_pro import clock
from lantern_pro.jobs.settled import settled_faults
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.store.laws import Law, wrong_twice
from lantern_pro.types import Cell, ProxyId, UserId
from proxies import keys, room_laws
from proxies.card_laws import cards_are_right
from proxies.laws_2016 import old_keys_agree
from proxies.records import WITHHELD_MS, Health, ProxyRecord, State, Track
from proxies.room_laws import SPAN, SUSPECT


def links_mirror(cell: Cell) -> Iterator[str]:
    """Law 1: both sides of each link, the load, the capacity and the indexes agree."""
    for proxy_id in _members(keys.PROXIES.by("id", cell=cell)):
        yield from wrong_twice(partial(_proxy_faults, cell, ProxyId(proxy_id)))
    for user_id in _members(ACCOUNTS.by("id", cell=cell)):
        yield from wrong_twice(partial(_user_faults, UserId(user_id)))


def snapshots_agree(cell: Cell) -> Iterator[str]:
    """Law 5: a proxy admits the devices of its users, and its stream ends at its version."""
    for proxy_id in _members(keys.PROXIES.by("id", cell=cell)):
        yield from wrong_twice(partial(_snapshot_faults, ProxyId(proxy_id)))
    for user_id in _members(ACCOUNTS.by("id", cell=cell)):
        yield from settled_faults(cell, str(user_id), partial(_admission_faults, UserId(user_id)))


def sets_follow_states(cell: Cell) -> Iterator[str]:
    """Law 4: what configurations are made from and kept from follows each proxy's state."""
    for proxy_id in _members(keys.PROXIES.by("id", cell=cell)):
        yield from wrong_twice(partial(_state_faults, cell, ProxyId(proxy_id)))


LAWS = (
    Law(1, "links of users and proxies mirror each other, within capacity", links_mirror),
    *room_laws.LAWS,
    Law(4, "who may be named in configurations follows the proxies' states", sets_follow_states),
    Law(5, "each proxy's snapshot is the devices of its users", snapshots_agree),
    Law(5, "every proxy's card is of its track and these settings", cards_are_right),
    Law(5, "what proxies of 2016 read is the tokens of their users", old_keys_agree),
)


def faults_of(cell: Cell, proxies: Iterable[ProxyId], users: Iterable[UserId]) -> list[str]:
    """What these laws say of some proxies and users of a cell, where looking at all takes long."""
    return [
        *(fault for each in proxies for fault in _proxy_faults(cell, each)),
        *(fault for each in proxies for fault in _snapshot_faults(each)),
        *(fault for each in users for fault in _user_faults(each)),
        *(fault for each in users for fault in _admission_faults(each)),
        *(fault for each in users for fault in room_laws.lack_faults(each)),
        *room_laws.site_faults(cell),
    ]


@dataclass(frozen=True, slots=True)
class _Links:
    """One proxy as all its keys tell it, read in one transaction.

    What a proxy made something else of, it can be told nothing by: that is None.
    """

    proxy: ProxyRecord
    users: list[str]
    admissions: set[str] | None
    last_change: int | None
    indexed_load: float | None
    open_load: float | None
    is_free: bool
    withheld: str


def _read_links(cell: Cell, proxy_id: ProxyId) -> _Links:
    with text_client().pipeline(transaction=True) as pipe:
        pipe.hgetall(keys.PROXIES.row(proxy_id))
        pipe.zrange(keys.USERS(proxy_id=proxy_id), 0, -1)
        pipe.smembers(keys.ADMISSIONS(proxy_id=proxy_id))
        pipe.xrevrange(keys.CHANGES(proxy_id=proxy_id), count=1)
        pipe.zscore(keys.PROXIES.by("load", cell=cell), proxy_id)
        pipe.zscore(keys.OPEN(cell=cell), proxy_id)
        pipe.zscore(keys.FREE(cell=cell), proxy_id)
        pipe.hget(keys.WITHHELD(cell=cell), str(proxy_id))
        found = pipe.execute(raise_on_error=False)
    row, users, admissions, changes, indexed, is_open, is_free, withheld = map(_right_kind, found)
    last = None if changes is None else int(changes[0][0].partition("-")[0]) if changes else 0
    return _Links(
        proxy=ProxyRecord.from_row(row),
        users=users,
        admissions=None if admissions is None else set(admissions),
        last_change=last,
        indexed_load=indexed,
        open_load=is_open,
        is_free=is_free is not None,
        withheld=withheld or "",
    )


def _right_kind(answer: Any) -> Any:
    """An answer; None for a key of another kind."""
    if isinstance(answer, ResponseError) and str(answer).startswith("WRONGTYPE"):
        return None
    if isinstance(answer, Exception):
        raise answer
    return answer


def _proxy_faults(cell: Cell, proxy_id: ProxyId) -> list[str]:
    links = _read_links(cell, proxy_id)
    proxy, count = links.proxy, len(links.users)
    has_room = proxy.takes_users and proxy.track is Track.PRO and count < proxy.capacity
    faults = []
    if proxy.load != count or links.indexed_load != count:
        faults.append(f"proxy {proxy_id}: load {proxy.load} ({links.indexed_load}), users {count}")
    if count > max(proxy.capacity, proxy.over):
        faults.append(
            f"proxy {proxy_id}: {count} users, capacity {proxy.capacity}, over {proxy.over}"
        )
    rank = count + (SUSPECT if proxy.health is Health.SUSPECT else 0)
    score = proxy.site * SPAN + rank
    if links.open_load != (score if has_room else None):
        faults.append(f"proxy {proxy_id}: in the open index at {links.open_load}, not {score}")
    with text_client().pipeline(transaction=False) as pipe:
        for user_id in links.users:
            pipe.zscore(keys.PROXIES_OF(user_id=int(user_id)), proxy_id)
        mirrored = pipe.execute()
    return faults + [
        f"proxy {proxy_id} has user {user_id}, who does not have it"
        for user_id, score in zip(links.users, mirrored, strict=True)
        if score is None
    ]


def _state_faults(cell: Cell, proxy_id: ProxyId) -> list[str]:
    links = _read_links(cell, proxy_id)
    proxy = links.proxy
    offered = proxy.takes_users and proxy.track is Track.FREE
    retired = proxy.state is State.RETIRED
    withheld = "*" if retired else ",".join(proxy.blocked_countries)
    faults = []
    if links.is_free != offered:
        faults.append(f"proxy {proxy_id}: {proxy.state}, {proxy.health}, free set {links.is_free}")
    forgotten = retired and proxy.state_since < clock.now() - WITHHELD_MS and not links.users
    if links.withheld != withheld and not (forgotten and not links.withheld):
        faults.append(f"proxy {proxy_id}: withheld {links.withheld!r}, should be {withheld!r}")
    return faults


def _user_faults(user_id: UserId) -> list[str]:
    client = text_client()
    own = client.zrange(keys.PROXIES_OF(user_id=user_id), 0, -1)
    return [
        f"user {user_id} has proxy {proxy_id}, which does not have them"
        for proxy_id in own
        if client.zscore(keys.USERS(proxy_id=int(proxy_id)), user_id) is None
    ]


def _snapshot_faults(proxy_id: ProxyId) -> list[str]:
    client = text_client()
    links = _read_links(cell_of(proxy_id), proxy_id)
    admitted = [
        admission
        for user_id in links.users
        for admission in client.smembers(keys.ADMITTED(user_id=int(user_id)))
    ]
    forgotten = links.proxy.state is State.RETIRED and not links.withheld
    faults = []
    if links.admissions is None:
        faults.append(f"proxy {proxy_id}: its admissions are no set; it may be taken")
    elif sorted(admitted) != sorted(links.admissions):
        faults.append(f"proxy {proxy_id}: {len(links.admissions)} admissions are not its users'")
    if links.last_change is None:
        faults.append(f"proxy {proxy_id}: its changes are no stream; it may be taken")
    elif links.last_change != links.proxy.version and not (forgotten and links.last_change == 0):
        faults.append(
            f"proxy {proxy_id}: version {links.proxy.version}, stream at {links.last_change}"
        )
    return faults


def _admission_faults(user_id: UserId) -> list[str]:
    """Whether the user's proxies know them by the token and the devices that they have now."""
    client = text_client()
    access = User.objects.get_access(user_id)
    if access is None or not client.exists(keys.PROXIES_OF(user_id=user_id)):
        return []
    if client.smembers(keys.ADMITTED(user_id=user_id)) == set(admissions_of(access)):
        return []
    return [f"user {user_id}: admitted by another token or other devices"]


def _members(index: str) -> Iterator[int]:
    """The ids of an index, in pages; each once."""
    seen: set[str] = set()
    for member, _ in text_client().zscan_iter(index, count=500):
        if member not in seen:
            seen.add(member)
            yield int(member)
