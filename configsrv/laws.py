"""What must hold of stored configurations (law 4).

Configurations follow changes by jobs, so a breach is told only when no job that would mend it is
pending or running, and when it is still there after that was seen.
"""

from collections.abc import Iterator
from functools import partial

from django.conf import settings

from accounts.keys import PRO_ENDS
from configsrv import managers
from lantern_pro import clock
from lantern_pro.jobs.settled import settled_faults
from lantern_pro.store.client import text_client
from lantern_pro.store.laws import Law
from lantern_pro.types import Cell, ProxyId, UserId
from proxies.models import Proxy
from proxies.records import State


def configurations_are_current(cell: Cell) -> Iterator[str]:
    """Law 4: configurations name active proxies only; a Pro user's, exactly those they have."""
    yield from settled_faults(cell, "populate_free_table", partial(_free_faults, cell))
    now = clock.now()
    for member, expiration in text_client().zscan_iter(PRO_ENDS(cell=cell), count=500):
        user_id = UserId(int(member))
        if expiration > now:
            yield from settled_faults(cell, member, partial(_user_faults, user_id))


LAWS = (Law(4, "configurations name the right proxies, all active", configurations_are_current),)


def _free_faults(cell: Cell) -> list[str]:
    fleet = set(Proxy.objects.active_free(cell))
    wanted = min(settings.FREE_PROXIES_PER_BUCKET, len(fleet))
    table = managers.proxies_of_buckets(cell)
    faults = []
    for bucket in range(settings.FREE_BUCKETS):
        named = table.get(bucket, [])
        if not fleet.issuperset(named):
            faults.append(f"bucket {bucket} names {named}, not all of them active free proxies")
        if len(named) != wanted:
            faults.append(f"bucket {bucket} names {len(named)} proxies, not {wanted}")
    return faults


def _user_faults(user_id: UserId) -> list[str]:
    links = Proxy.objects.records(Proxy.objects.of_user(user_id))
    active = [each.id for each in links if each.state is State.ACTIVE]
    named: list[ProxyId] = managers.proxies_of_user_config(user_id) or []
    if set(named) == set(active):
        return []
    return [f"user {user_id}: the configuration names {named}, their active proxies are {active}"]
