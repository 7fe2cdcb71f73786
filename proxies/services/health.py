"""Which proxies are well: judged by their heartbeats.

A proxy that never sent one is not judged. Silence makes one suspect, then down; a sign of life
makes it well again. A proxy that is down takes no new users and is in no free configuration, and
its users get others. But where most would be down at once, it is more likely that Redis or its
network is at fault than the proxies, which serve without it: then they stay suspect.
"""

import logging
from typing import Final

from django.conf import settings

from lantern_pro import clock
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import NewJob, Work
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Cell, Millis, ProxyId
from proxies import changes, heartbeats
from proxies.events import FleetChanged, ProxyClosed, RoomMade
from proxies.heartbeats import Limits
from proxies.models import Proxy
from proxies.records import WITHHELD_MS, Closing, Health, ProxyRecord, Track

log = logging.getLogger(__name__)

EVERY_MS: Final = 5_000
MOST_MS: Final = 2 * EVERY_MS
"""The most that one look adds to a silence: after a pause of ours, little is known of proxies."""
PAGE: Final = 100
MANY_WITHHELD: Final = 1_000
"""Above so many, those that were retired long ago are forgotten."""


def watch_proxies(cell: Cell) -> None:
    """Look at every proxy's heartbeat, unless another worker has just done so."""
    if not heartbeats.may_watch(cell, every_ms=EVERY_MS):
        return
    after = ProxyId(0)
    while page := Proxy.objects.ids_after(cell, after, most=PAGE):
        for proxy_id, health in heartbeats.watch(page, limits()):
            judge(proxy_id, health)
        after = page[-1]
    forget_long_retired(cell)


def forget_long_retired(cell: Cell, *, more_than: int = MANY_WITHHELD) -> int:
    """Keep the list that config-servers have of retired proxies short; how many it lost."""
    listed = changes.withheld_everywhere(cell, more_than=more_than)
    before = Millis(clock.now() - WITHHELD_MS)
    return sum(
        changes.forget_withheld(cell, listed[first : first + PAGE], before=before)
        for first in range(0, len(listed), PAGE)
    )


def judge(proxy_id: ProxyId, health: Health) -> None:
    """Give a proxy the health that was seen, with what follows; not if it is otherwise by now."""
    found = Proxy.objects.records([proxy_id])
    if not found:
        return
    [proxy], now = found, clock.now()
    outcome = heartbeats.change_health(
        proxy_id=proxy_id,
        was=proxy.health,
        to=health,
        limits=limits(),
        now=now,
        work=Work(cell_of(proxy_id), follow=_what_follows(proxy, health, now)),
    )
    if outcome == "changed" and Health.DOWN in {proxy.health, health}:
        log.warning("the proxy %s was %s and is %s", proxy.name, proxy.health, health)


def limits() -> Limits:
    """By the settings."""
    return Limits(
        suspect_ms=settings.PROXY_SUSPECT_SECONDS * 1000,
        down_ms=max(settings.PROXY_DOWN_SECONDS, settings.PROXY_SUSPECT_SECONDS + 1) * 1000,
        most_ms=MOST_MS,
        most_down_percent=settings.PROXY_MOST_DOWN_PERCENT,
    )


def _what_follows(proxy: ProxyRecord, health: Health, now: Millis) -> tuple[NewJob, ...]:
    if Health.DOWN not in {proxy.health, health}:
        return ()
    cell, fact = cell_of(proxy.id), f"{proxy.id}.{health}.{now}"
    follow = following(FleetChanged(cell, fact))
    if proxy.track is Track.FREE:
        return follow
    if health is Health.DOWN:
        return follow + following(ProxyClosed(cell, proxy.id, Closing.DOWN, fact))
    return follow + following(RoomMade(cell, fact))
