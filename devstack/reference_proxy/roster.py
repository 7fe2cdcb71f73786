"""Which proxies a process stands in for: one by its id, or all that the store has at an address."""

import time
from collections.abc import Iterator
from typing import Final

from devstack.reference_proxy.clock import Clock
from devstack.reference_proxy.knowledge import Knowledge
from devstack.reference_proxy.state import State
from lantern_pro.types import Cell, ProxyId
from proxies import keys
from proxies.records import State as ProxyState

LOOK_SECONDS: Final = 0.25


class Itself:
    """One proxy, by what it was installed with: what a real one does."""

    def __init__(self, known: Knowledge) -> None:
        """Stand in for this one, from the first moment."""
        self._known = {known.proxy_id: known}

    def proxies(self) -> dict[ProxyId, Knowledge]:
        """It, and no other."""
        return self._known


class AtAddress:
    """Every proxy of the store whose address is this one: for development, with full access."""

    def __init__(self, addr: str, clock: Clock, state: State) -> None:
        """Look at ``host:port``."""
        self._addr = addr.lower()
        self._clock = clock
        self._state = state
        self._known: dict[ProxyId, Knowledge] = {}
        self._next = 0.0

    def proxies(self) -> dict[ProxyId, Knowledge]:
        """Begin with proxies that were added at this address; end with those that are gone."""
        now = time.monotonic()
        if now < self._next:
            return self._known
        found = dict(self._rows())
        self._known = {
            each: self._known.get(each) or self._state.restore(new) for each, new in found.items()
        }
        self._next = now + LOOK_SECONDS
        return self._known

    def _rows(self) -> Iterator[tuple[ProxyId, Knowledge]]:
        from django.conf import settings

        from lantern_pro.store.client import text_client

        client, addr = text_client(), self._addr
        for cell in range(settings.CELLS):
            index = keys.PROXIES.lex("addr", cell=Cell(cell))
            for member in client.zrangebylex(index, f"[{addr}\0", f"[{addr}\1"):
                proxy_id = ProxyId(int(member.rpartition("\0")[2]))
                columns = ["state", "auth_token", "track"]
                state, secret, track = client.hmget(keys.PROXIES.row(proxy_id), columns)
                if state in {ProxyState.ACTIVE, ProxyState.DRAINING}:
                    yield proxy_id, Knowledge(proxy_id, secret, track, self._clock)
