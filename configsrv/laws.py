"""What must hold of stored configurations (law 4; passes are in ``pass_laws``).

Configurations follow changes by jobs, so a breach is told only when no job that would mend it is
pending or running, and when it is still there after that was seen.
"""

from collections.abc import Iterator
from functools import partial

from django.conf import settings

from accounts.keys import PRO_ENDS
from configsrv import managers, reading
from configsrv.pass_laws import passes_are_right
from configsrv.services.drawing import FreeFleet
from lantern_pro import clock
from lantern_pro.jobs.settled import settled_faults
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.store.laws import Law
from lantern_pro.types import Cell, ProxyId, UserId
from proxies.models import Proxy


def configurations_are_current(cell: Cell) -> Iterator[str]:
    """Law 4: who is named serves, and is not blocked there; of a Pro user's, all are named."""
    yield from settled_faults(cell, "populate_free_table", partial(_free_faults, cell))
    now = clock.now()
    for member, expiration in text_client().zscan_iter(PRO_ENDS(cell=cell), count=500):
        user_id = UserId(int(member))
        if expiration > now:
            yield from settled_faults(cell, member, partial(_user_faults, user_id))


LAWS = (
    Law(
        4, "configurations name the right proxies, none of them blocked", configurations_are_current
    ),
    Law(5, "passes are signed, for the devices of now, and renewed in time", passes_are_right),
)


def _free_faults(cell: Cell) -> list[str]:
    fleet, table = FreeFleet.read(cell), managers.proxies_of_buckets(cell)
    faults = []
    for bucket in range(settings.FREE_BUCKETS):
        right = fleet.drawn(bucket)
        for country, drawn in right.items():
            named = table.get((bucket, country), [])
            if not set(fleet.records).issuperset(named):
                faults.append(f"{_at(bucket, country)} names {named}, not all active free proxies")
            if set(named) & fleet.blocked.get(country, frozenset()):
                faults.append(f"{_at(bucket, country)} names {named}, some of them blocked there")
            if len(named) != len(drawn):
                faults.append(f"{_at(bucket, country)} names {len(named)}, not {len(drawn)}")
        faults += [
            f"{_at(bucket, country)} is there for nothing"
            for number, country in table
            if number == bucket and country not in right
        ]
    return faults


def _at(bucket: int, country: str) -> str:
    return f"bucket {bucket} for {country}" if country else f"bucket {bucket}"


def _user_faults(user_id: UserId) -> list[str]:
    """Whether the user's part names those of their proxies that serve.

    What it says of proxies that are withheld is told to nobody.
    """
    links = Proxy.objects.records(Proxy.objects.of_user(user_id))
    serving = [each.id for each in links if each.serves]
    withheld = reading.withheld(cell_of(user_id)).everywhere
    named: list[ProxyId] = managers.proxies_of_user_config(user_id) or []
    if set(named) - withheld == set(serving):
        return []
    return [f"user {user_id}: the configuration names {named}, their proxies are {serving}"]
