"""How the fleet is stored and read. Its links with users: ``proxies/links.py``."""

import json
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

from django.db import models

from accounts.keys import PRO_ENDS
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Work
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell, Millis, ProxyId, UserId
from proxies import keys
from proxies.records import NewProxy, ProxyRecord

if TYPE_CHECKING:
    from proxies.models import Proxy  # noqa: F401 - the type that the manager is of


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

    def records(self, ids: Iterable[ProxyId]) -> list[ProxyRecord]:
        """Read proxies in the order given, in one round trip; unknown ids are left out."""
        with text_client().pipeline(transaction=False) as pipe:
            for proxy_id in ids:
                pipe.hgetall(keys.PROXIES.row(proxy_id))
            rows = pipe.execute()
        return [ProxyRecord.from_row(row) for row in rows if row]

    def named(self, cell: Cell, names: Sequence[str]) -> dict[str, ProxyRecord]:
        """Those of a cell's proxies that have these names, by name."""
        if not names:
            return {}
        ids = text_client().hmget(keys.PROXIES.unique("name", cell=cell), list(names))
        found = self.records(_ids(each for each in ids if each))
        return {each.name: each for each in found}

    def texts(self, column: str, *, cells: int, most: int) -> list[str]:
        """The texts that occur in an indexed column, each once whatever its case, in order.

        The index is skipped through: one look for each text, however many proxies have it.
        """
        client, found = text_client(), dict[str, str]()
        for cell in range(cells):
            index, after = keys.PROXIES.lex(column, cell=Cell(cell)), "-"
            while len(found) < most:
                member = client.zrangebylex(index, after, "+", start=0, num=1)
                if not member:
                    break
                folded, _, proxy_id = member[0].rpartition("\0")
                text = client.hget(keys.PROXIES.row(int(proxy_id)), column) or folded
                found.setdefault(folded, text)
                after = f"[{folded}\x01"
        return [found[folded] for folded in sorted(found)]

    def ids_after(self, cell: Cell, after: ProxyId, *, most: int) -> list[ProxyId]:
        """Proxies of a cell by id, from after one; retired ones too."""
        index = keys.PROXIES.by("id", cell=cell)
        return _ids(text_client().zrangebyscore(index, f"({after}", "+inf", start=0, num=most))

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

    def expired(self, cell: Cell, *, now: Millis, most: int) -> list[tuple[UserId, Millis]]:
        """Users whose Pro time is over and whose links were not released yet, with its end."""
        found = text_client().zrangebyscore(
            PRO_ENDS(cell=cell), "-inf", now, start=0, num=most, withscores=True
        )
        return [(UserId(int(each)), Millis(int(end))) for each, end in found]


def _ids(found: Iterable[str]) -> list[ProxyId]:
    return [ProxyId(int(each)) for each in found]
