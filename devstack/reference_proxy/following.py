"""Following the store: snapshot, stream, and how to catch up (``docs/proxy-protocol.md``)."""

import logging
import secrets
import threading
from collections.abc import Sequence
from types import TracebackType
from typing import Any, Final, Protocol, Self

from redis.exceptions import RedisError

from devstack.reference_proxy.connection import Connection
from devstack.reference_proxy.knowledge import Knowledge
from devstack.reference_proxy.state import State
from lantern_pro.types import ProxyId
from proxies import keys

log = logging.getLogger(__name__)

BLOCK_MS: Final = 250
LOOK_SECONDS: Final = 0.25
FIRST_PAUSE_SECONDS: Final = 0.05
LONGEST_PAUSE_SECONDS: Final = 0.5
BATCH: Final = 1000


class Roster(Protocol):
    """Which proxies this process stands in for."""

    def proxies(self) -> dict[ProxyId, Knowledge]:
        """Those there are just now, the known ones as they are; raises ``RedisError``."""


class Chore(Protocol):
    """Something else that needs the store from time to time."""

    def run(self, client: Any, proxies: dict[ProxyId, Knowledge]) -> None:
        """Do what is due; raises ``RedisError``."""


class Follower:
    """Keeps the knowledge of some proxies up to date, in a thread of its own."""

    def __init__(
        self, connection: Connection, roster: Roster, chores: Sequence[Chore], state: State
    ) -> None:
        """Know nothing yet; entering begins to follow."""
        self._state = state
        self._connection = connection
        self._roster = roster
        self._chores = chores
        self._proxies: dict[ProxyId, Knowledge] = {}
        self._verified = 0
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="follower", daemon=True)

    def __enter__(self) -> Self:
        """Begin to follow the store."""
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """End following."""
        self._closing.set()
        self._thread.join(timeout=2)
        self._connection.close()

    def proxies(self) -> list[Knowledge]:
        """What is known of each proxy, as of now."""
        return list(self._proxies.values())

    def _run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._closing.is_set():
            try:
                self._proxies = self._roster.proxies()
                for chore in self._chores:  # the card among them, before anybody is admitted
                    chore.run(self._connection.client, self._proxies)
                self._catch_up()
                self._follow()
                self._state.keep(self._proxies.values())
                pause = FIRST_PAUSE_SECONDS
            except RedisError as error:
                log.warning("the store does not answer: %s", type(error).__name__)
                self._state.keep(self._proxies.values())
                self._closing.wait(pause + pause * secrets.randbelow(1000) / 1000)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _catch_up(self) -> None:
        """After every new connection look whether the stream still tells the history known."""
        made = self._connection.made
        for known in self._proxies.values():
            is_looked_at = known.verified and made == self._verified
            if not known.loaded or not (is_looked_at or self._is_same_history(known)):
                self._load(known)
            known.verified = True
        self._verified = made

    def _is_same_history(self, known: Knowledge) -> bool:
        """Whether the last change known is in the stream, as it was."""
        at = f"{known.version}-0"
        name = keys.CHANGES(proxy_id=known.proxy_id)
        found = self._connection.client.xrange(name, at, at)
        return bool(found) and found[0][1].get("at", "") == known.mark

    def _load(self, known: Knowledge) -> None:
        """Read set and version together."""
        name = keys.CHANGES(proxy_id=known.proxy_id)
        with self._connection.client.pipeline(transaction=True) as pipe:
            pipe.smembers(keys.ADMISSIONS(proxy_id=known.proxy_id))
            pipe.xrevrange(name, count=1)
            admissions, last = pipe.execute()
        entry_id, change = last[0] if last else ("0-0", {})
        version = int(entry_id.partition("-")[0])
        known.replace(admissions, version=version, mark=change.get("at", ""))
        known.touch()
        log.info("%s: %s admissions, version %s", known.proxy_id, len(admissions), version)

    def _follow(self) -> None:
        """Wait for changes for a moment, and apply them."""
        streams = {keys.CHANGES(proxy_id=each): known for each, known in self._proxies.items()}
        if not streams:
            self._closing.wait(LOOK_SECONDS)
            return
        since = {name: f"{known.version}-0" for name, known in streams.items()}
        told = self._connection.client.xread(since, count=BATCH, block=BLOCK_MS) or []
        if self._connection.made != self._verified:
            return  # what was told comes from behind a new connection: look first
        for name, entries in told:
            for entry_id, change in entries:
                if not streams[name].apply(int(entry_id.partition("-")[0]), change):
                    self._load(streams[name])
                    break
        for known in streams.values():
            known.touch()
