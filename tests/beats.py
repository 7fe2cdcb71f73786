"""Heartbeats of proxies, for tests: what is sent, and the look at it.

Time is Redis's own there, so a silence is written as one that was watched, not waited for.
"""

from itertools import count

from lantern_pro.store.client import text_client
from lantern_pro.types import ProxyId
from proxies import keys
from proxies.models import Proxy
from proxies.records import Health
from proxies.services.health import watch_proxies
from tests import fleet
from tests.fleet import HERE

_beats = count(1)


def beat(proxy_id: ProxyId, **more: str | int) -> None:
    """Let a proxy send a heartbeat, as its own clock counts, which may be anything."""
    told = {"at": next(_beats), "connections": 3, "software": "proxy/1", "admissions": 0, **more}
    text_client().hset(keys.HEARTBEAT(proxy_id=proxy_id), mapping=told)


def look() -> None:
    """Look at all heartbeats, whoever looked a moment ago."""
    text_client().delete(keys.WATCHED(cell=HERE))
    watch_proxies(HERE)


def silent(proxy_id: ProxyId, silence_ms: int) -> None:
    """Let a proxy be as one that was heard once and watched in vain for so long; look then."""
    beat(proxy_id)
    look()
    text_client().hset(keys.WATCH(proxy_id=proxy_id), "silence", silence_ms)
    look()


def health(proxy_id: ProxyId) -> Health:
    """What is said of a proxy."""
    [record] = Proxy.objects.records([proxy_id])
    return record.health


def bystanders(how_many: int = 3) -> None:
    """Proxies that are heard, so that the others are not spared."""
    for _ in range(how_many):
        beat(fleet.free_proxy(city="Lund"))
