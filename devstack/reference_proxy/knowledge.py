"""What the proxy knows: its own snapshot of whom to admit, kept up by the store's streams.

State is the truth and messages follow it: a snapshot (``proxy:<id>:admissions`` and the row's
``version``) is read in one transaction; then the stream is followed from that version. A gap in
the numbers (the stream was trimmed, or the store restored) means: read the snapshot again.
Without Redis it keeps what it knows; started without Redis it knows nobody, until it does.
"""

import hmac
import logging
import threading
from collections.abc import Iterable
from dataclasses import dataclass, field
from types import TracebackType
from typing import Final, Self

from django.conf import settings
from redis.exceptions import RedisError

from accounts.services.tokens import admission
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell, ProxyId
from proxies import keys
from proxies.records import State, Track

log = logging.getLogger(__name__)

BLOCK_MS: Final = 250
LOOK_SECONDS: Final = 0.5
FIRST_PAUSE_SECONDS: Final = 0.05
LONGEST_PAUSE_SECONDS: Final = 0.5
BATCH: Final = 1000


@dataclass(slots=True)
class Snapshot:
    """One proxy that this process stands in for; ``admissions`` are of the devices it admits."""

    proxy_id: ProxyId
    auth_token: str
    track: Track
    version: int
    admissions: set[str] = field(default_factory=set)

    def admits(self, pro_token: str, device_id: str) -> bool:
        """Whether a client with this Pro token on this device, perhaps neither, may pass."""
        return self.track is Track.FREE or admission(pro_token, device_id) in self.admissions


class Knowledge:
    """The snapshots of all proxies at one address, followed by a thread of its own."""

    def __init__(self, addr: str) -> None:
        """Stand in for the proxies of this ``host:port``; entering begins to follow."""
        self._addr = addr
        self._snapshots: dict[ProxyId, Snapshot] = {}
        self._closing = threading.Event()
        self._thread = threading.Thread(target=self._run, name="knowledge", daemon=True)

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

    def admits(self, auth_token: str, pro_token: str, device_id: str) -> bool:
        """Whether a client may pass that shows these three; any may be empty."""
        meant = [
            snapshot
            for snapshot in list(self._snapshots.values())
            if hmac.compare_digest(snapshot.auth_token.encode(), auth_token.encode())
        ]
        return any(snapshot.admits(pro_token, device_id) for snapshot in meant)

    def _run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._closing.is_set():
            try:
                self._look_for_proxies()
                self._follow()
                pause = FIRST_PAUSE_SECONDS
            except RedisError as error:
                log.warning("the store does not answer: %s", type(error).__name__)
                self._closing.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _look_for_proxies(self) -> None:
        """Begin with proxies that were added at this address; end with those that are gone."""
        found = dict(self._rows())
        for proxy_id in self._snapshots.keys() - found.keys():
            del self._snapshots[proxy_id]
        for proxy_id, version in found.items():
            known = self._snapshots.get(proxy_id)
            if known is None or version < known.version:
                self._load(proxy_id)

    def _rows(self) -> Iterable[tuple[ProxyId, int]]:
        client, addr = text_client(), self._addr.lower()
        for cell in range(settings.CELLS):
            index = keys.PROXIES.lex("addr", cell=Cell(cell))
            for member in client.zrangebylex(index, f"[{addr}\0", f"[{addr}\1"):
                proxy_id = ProxyId(int(member.rpartition("\0")[2]))
                state, version = client.hmget(keys.PROXIES.row(proxy_id), ["state", "version"])
                if state in {State.ACTIVE, State.DRAINING}:
                    yield proxy_id, int(version)

    def _load(self, proxy_id: ProxyId) -> None:
        with text_client().pipeline(transaction=True) as pipe:
            pipe.hgetall(keys.PROXIES.row(proxy_id))
            pipe.smembers(keys.ADMISSIONS(proxy_id=proxy_id))
            row, admissions = pipe.execute()
        self._snapshots[proxy_id] = Snapshot(
            proxy_id, row["auth_token"], Track(row["track"]), int(row["version"]), set(admissions)
        )
        log.info("%s: %s admissions, version %s", row["name"], len(admissions), row["version"])

    def _follow(self) -> None:
        """Wait for changes for a moment, and apply them."""
        streams = {keys.CHANGES(proxy_id=each.proxy_id): each for each in self._snapshots.values()}
        if not streams:
            self._closing.wait(LOOK_SECONDS)
            return
        since = {name: f"{snapshot.version}-0" for name, snapshot in streams.items()}
        for name, entries in text_client().xread(since, count=BATCH, block=BLOCK_MS) or []:
            for entry_id, change in entries:
                if not self._apply(streams[name], int(entry_id.partition("-")[0]), change):
                    self._load(streams[name].proxy_id)
                    break

    def _apply(self, snapshot: Snapshot, version: int, change: dict[str, str]) -> bool:
        """Apply one change; False when it is not the next one."""
        if version != snapshot.version + 1:
            return False
        if change["op"] == "admit":
            snapshot.admissions.add(change["admission"])
        else:
            snapshot.admissions.discard(change["admission"])
        snapshot.version = version
        return True
