"""What must hold of who gets a proxy: the open index, and those who wait (law 1)."""

from collections import defaultdict
from collections.abc import Iterator
from functools import partial
from typing import Final

from django.conf import settings

from accounts.keys import PRO_ENDS
from accounts.models import User
from lantern_pro import clock
from lantern_pro.jobs.settled import settled_faults
from lantern_pro.store.client import text_client
from lantern_pro.store.laws import Law, wrong_twice
from lantern_pro.types import Cell, UserId
from proxies import keys, links
from proxies.areas import EVERYWHERE
from proxies.models import Proxy

SPAN: Final = 1 << 21
"""As ``proxies/ranks`` (Lua) has it: what a site or an area is multiplied by."""
SUSPECT: Final = 1 << 20
"""What a suspect proxy's rank is above its load."""
_AREAS: Final = 32


def sites_follow_proxies(cell: Cell) -> Iterator[str]:
    """Law 1: each site with open proxies stands by the lowest rank of these, and no other does."""
    yield from wrong_twice(partial(site_faults, cell))


def who_lacks_waits(cell: Cell) -> Iterator[str]:
    """Law 1: a Pro user who has too few proxies that serve them is among those who wait."""
    now = clock.now()
    for member, expiration in text_client().zscan_iter(PRO_ENDS(cell=cell), count=500):
        if expiration > now:
            yield from settled_faults(cell, member, partial(lack_faults, UserId(int(member))))


LAWS = (
    Law(1, "the index of open proxies is as their loads are", sites_follow_proxies),
    Law(1, "whoever has too few proxies waits for more", who_lacks_waits),
)


def lack_faults(user_id: UserId) -> list[str]:
    """What is wrong when a user has too few proxies and does not wait."""
    access = User.objects.get_access(user_id)
    if access is None or access.credentials.expiration <= clock.now():
        return []
    wanted = access.proxies_wanted or settings.PROXIES_PER_PRO_USER
    own = Proxy.objects.records(Proxy.objects.of_user(user_id))
    serving = sum(each.serves_in(access.country) for each in own)
    if serving >= wanted or links.waiting_since(user_id) is not None:
        return []
    return [f"user {user_id} has {serving} of {wanted} proxies, and does not wait for more"]


def site_faults(cell: Cell) -> list[str]:
    """Where the index of sites is another than the open proxies make it."""
    client = text_client()
    with client.pipeline(transaction=True) as pipe:
        pipe.zrange(keys.OPEN(cell=cell), 0, -1, withscores=True)
        pipe.zrange(keys.OPEN_SITES(cell=cell), 0, -1, withscores=True)
        open_proxies, sites = pipe.execute()
    lowest: dict[int, int] = defaultdict(lambda: SPAN)
    for _, score in open_proxies:
        site, rank = divmod(int(score), SPAN)
        lowest[site] = min(lowest[site], rank)
    expected = {str(site): site % _AREAS * SPAN + rank for site, rank in lowest.items()}
    expected |= {str(-site): EVERYWHERE * SPAN + rank for site, rank in lowest.items()}
    there = {site: int(score) for site, score in sites}
    return [
        f"site {site}: at {there.get(site)} in the index of sites, should be {expected.get(site)}"
        for site in sorted({*expected, *there})
        if there.get(site) != expected.get(site)
    ]
