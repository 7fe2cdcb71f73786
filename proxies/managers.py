"""How the fleet and its links are stored and read: one method a script, and plain reads."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from django.db import models

from accounts.keys import PRO_ENDS
from accounts.keys import USERS as ACCOUNTS
from accounts.managers import Access
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Work
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Cell, Millis, ProxyId, UserId
from proxies import keys
from proxies.errors import NoProxyWithRoom
from proxies.records import NewProxy, ProxyRecord

if TYPE_CHECKING:
    from proxies.models import Proxy  # noqa: F401 - the type that the manager is of


@dataclass(frozen=True, slots=True)
class Waiting:
    """A user who lacks proxies, and since when."""

    user_id: UserId
    since: Millis


class ProxyManager(models.Manager["Proxy"]):
    """The fleet."""

    def add(self, *, proxy_id: ProxyId, new: NewProxy, now: Millis, work: Work) -> ProxyId:
        """Add a proxy; returns its id, or the id of the one that has the name already."""
        outcome = ledger.apply(
            "proxies/add_proxy",
            work,
            row=keys.PROXIES.row(proxy_id),
            **keys.index_keys(work.cell),
            **keys.settled_keys(proxy_id, work.cell),
            id=proxy_id,
            now=now,
            columns=json.dumps(new.as_row()),
        )
        match outcome:
            case ["added"]:
                return proxy_id
            case ["taken", holder]:
                return ProxyId(int(str(holder)))
        raise AssertionError(outcome)

    def assign(
        self,
        *,
        access: Access,
        admissions: Sequence[str],
        wanted: int,
        proxies: Sequence[ProxyId],
        now: Millis,
        work: Work,
    ) -> list[ProxyId] | Literal["not_pro", "changed"]:
        """Link a user with what they lack; the ids gained, or why nothing was linked.

        ``proxies`` are the user's own and then candidates. ``NoProxyWithRoom``: the user waits.
        """
        outcome = ledger.apply(
            "proxies/assign_proxies",
            work,
            more=_link_keys(proxies),
            **_user_keys(access.credentials.user_id),
            user_id=access.credentials.user_id,
            now=now,
            seen=access.seen,
            admissions=json.dumps(admissions),
            wanted=wanted,
            proxies=_as_json(proxies),
        )
        match outcome:
            case ["assigned", gained]:
                return [ProxyId(int(each)) for each in json.loads(str(gained))]
            case ["no_room"]:
                raise NoProxyWithRoom
            case ["not_pro"]:
                return "not_pro"
            case ["changed"]:
                return "changed"
        raise AssertionError(outcome)

    def release(
        self, *, user_id: UserId, proxies: Sequence[ProxyId], now: Millis, work: Work
    ) -> Literal["released", "still_pro", "changed"]:
        """Take a user, whose Pro time is over, off ``proxies``, which must be all of theirs."""
        outcome = ledger.apply(
            "proxies/release_proxies",
            work,
            more=_link_keys(proxies),
            **_user_keys(user_id),
            pro_ends=PRO_ENDS(cell=work.cell),
            user_id=user_id,
            now=now,
            proxies=_as_json(proxies),
        )
        match outcome:
            case ["released", _]:
                return "released"
            case ["still_pro"]:
                return "still_pro"
            case ["changed"]:
                return "changed"
        raise AssertionError(outcome)

    def records(self, ids: Iterable[ProxyId]) -> list[ProxyRecord]:
        """Read proxies in the order given, in one round trip; unknown ids are left out."""
        with text_client().pipeline(transaction=False) as pipe:
            for proxy_id in ids:
                pipe.hgetall(keys.PROXIES.row(proxy_id))
            rows = pipe.execute()
        return [ProxyRecord.from_row(row) for row in rows if row]

    def least_loaded(self, cell: Cell, most: int) -> list[ProxyId]:
        """Pro proxies with room, the least loaded first."""
        return _ids(text_client().zrange(keys.OPEN(cell=cell), 0, most - 1))

    def active_free(self, cell: Cell) -> list[ProxyId]:
        """The active free proxies, the oldest first."""
        return _ids(text_client().zrange(keys.FREE(cell=cell), 0, -1))

    def of_user(self, user_id: UserId) -> list[ProxyId]:
        """A user's proxies, the longest held first."""
        return _ids(text_client().zrange(keys.PROXIES_OF(user_id=user_id), 0, -1))

    def users_of(self, proxy_id: ProxyId, most: int) -> list[UserId]:
        """A proxy's users, the newest first."""
        found = text_client().zrevrange(keys.USERS(proxy_id=proxy_id), 0, most - 1)
        return [UserId(int(each)) for each in found]

    def fleet_version(self, cell: Cell) -> int:
        """The version of the fleet; zero before the first proxy."""
        return int(text_client().get(keys.FLEET_VERSION(cell=cell)) or 0)

    def room(self, cell: Cell) -> bool:
        """Whether any Pro proxy has room."""
        return bool(text_client().exists(keys.OPEN(cell=cell)))

    def waiting(self, cell: Cell, *, after: Millis, most: int) -> list[Waiting]:
        """Users who lack proxies since later than ``after``, those who wait longest first."""
        found = text_client().zrangebyscore(
            keys.WAITING(cell=cell), f"({after}", "+inf", start=0, num=most, withscores=True
        )
        return [Waiting(UserId(int(each)), Millis(int(since))) for each, since in found]

    def expired(self, cell: Cell, *, now: Millis, most: int) -> list[tuple[UserId, Millis]]:
        """Users whose Pro time is over and whose links were not released yet, with its end."""
        found = text_client().zrangebyscore(
            PRO_ENDS(cell=cell), "-inf", now, start=0, num=most, withscores=True
        )
        return [(UserId(int(each)), Millis(int(end))) for each, end in found]


def _user_keys(user_id: UserId) -> dict[str, str]:
    cell = cell_of(user_id)
    return {
        "user": ACCOUNTS.row(user_id),
        "mine": keys.PROXIES_OF(user_id=user_id),
        "admitted": keys.ADMITTED(user_id=user_id),
        "open": keys.OPEN(cell=cell),
        "waiting": keys.WAITING(cell=cell),
        "by_load": keys.PROXIES.by("load", cell=cell),
    }


def _link_keys(proxies: Iterable[ProxyId]) -> list[str]:
    return [key for proxy_id in proxies for key in keys.link_keys(proxy_id)]


def _as_json(proxies: Iterable[ProxyId]) -> str:
    """The ids as texts: Lua's numbers are floats, and print as such."""
    return json.dumps([str(proxy_id) for proxy_id in proxies])


def _ids(found: Iterable[str]) -> list[ProxyId]:
    return [ProxyId(int(each)) for each in found]
