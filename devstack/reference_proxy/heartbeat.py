"""Signs of life: what the proxy tells the fleet of itself."""

from collections.abc import Callable
from typing import Any, Final

from devstack.reference_proxy.clock import Clock
from devstack.reference_proxy.knowledge import Knowledge
from lantern_pro.types import ProxyId
from proxies import keys

SOFTWARE: Final = "lantern-reference-proxy/1"
BEAT_SECONDS: Final = 10.0


class Heartbeat:
    """Writes each proxy's sign of life, every so many seconds."""

    def __init__(self, clock: Clock, connections: Callable[[], int], *, every: float) -> None:
        """``connections`` tells how many are open."""
        self._clock = clock
        self._every = every
        self._connections = connections
        self._next: dict[ProxyId, float] = {}

    def run(self, client: Any, proxies: dict[ProxyId, Knowledge]) -> None:
        """Write those that are due."""
        now = self._clock.now()
        for proxy_id, known in proxies.items():
            if not known.loaded or now < self._next.get(proxy_id, 0.0):
                continue
            name = keys.HEARTBEAT(proxy_id=proxy_id)
            told = {
                "at": int(now * 1000),
                "connections": self._connections(),
                "software": SOFTWARE,
                "admissions": known.version,
            }
            client.hset(name, mapping=told)
            self._next[proxy_id] = now + self._every
