"""Being told by Redis which keys changed, so that what is kept in memory can be forgotten.

Redis's own client-side caching, in the form that Redis 6.2 and the second protocol have: one
connection listens (a subscription to ``__redis__:invalidate``), another asks that changes of all
keys with certain prefixes be told to the first (``CLIENT TRACKING ON REDIRECT … BCAST``).
"""

import logging
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

from redis.exceptions import RedisError

from lantern_pro.store.client import bare_connection

log = logging.getLogger(__name__)

BEAT_SECONDS: Final = 0.25
IN_TOUCH_SECONDS: Final = 0.75
"""Longer than a beat and its answer, shorter than the second that our promise allows."""
FIRST_PAUSE_SECONDS: Final = 0.05
LONGEST_PAUSE_SECONDS: Final = 1.0
CHANNEL: Final = "__redis__:invalidate"

Forget = Callable[[Sequence[str] | None], None]


class Invalidations:
    """Tells of changed keys, from a thread of its own, while ``in_touch``.

    ``forget`` is called with the keys that changed, or with None when anything may have: after
    every (re)connection and after a flush. Both connections are asked for a sign of life every
    quarter of a second; the listener's answer comes behind all that was told before it. So
    ``in_touch`` means: nothing that happened up to three quarters of a second ago is untold.
    """

    def __init__(self, prefixes: Iterable[str], forget: Forget) -> None:
        """Prepare; ``start`` begins."""
        self._prefixes = list(prefixes)
        self._forget = forget
        self._closing = threading.Event()
        self._last_sign = float("-inf")
        self._thread = threading.Thread(target=self._run, name="invalidations", daemon=True)

    @property
    def in_touch(self) -> bool:
        """Whether Redis has spoken lately."""
        return time.monotonic() - self._last_sign < IN_TOUCH_SECONDS

    def start(self) -> None:
        """Begin to listen."""
        self._thread.start()

    def close(self) -> None:
        """End, and wait for the end."""
        self._closing.set()
        self._thread.join()

    def _run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._closing.is_set():
            try:
                self._listen()
            except (RedisError, OSError) as error:
                if self.in_touch:
                    log.warning("no longer told of changes: %s", type(error).__name__)
                    pause = FIRST_PAUSE_SECONDS
                self._last_sign = float("-inf")
                self._closing.wait(pause)
                pause = min(2 * pause, LONGEST_PAUSE_SECONDS)

    def _listen(self) -> None:
        """Listen until closed; raises when either connection fails."""
        listener, tracker = bare_connection(), bare_connection()
        try:
            self._subscribe(listener, tracker)
            next_beat = 0.0
            while not self._closing.is_set():
                now = time.monotonic()
                if now >= next_beat:
                    tracker.send_command("PING")
                    tracker.read_response()
                    listener.send_command("PING")
                    next_beat = now + BEAT_SECONDS
                if listener.can_read(timeout=BEAT_SECONDS / 2):
                    self._hear(listener.read_response())
        finally:
            listener.disconnect()
            tracker.disconnect()

    def _subscribe(self, listener: Any, tracker: Any) -> None:
        listener.send_command("CLIENT", "ID")
        its_id = listener.read_response()
        listener.send_command("SUBSCRIBE", CHANNEL)
        listener.read_response()
        prefixes = [word for prefix in self._prefixes for word in ("PREFIX", prefix)]
        tracker.send_command("CLIENT", "TRACKING", "ON", "REDIRECT", its_id, "BCAST", *prefixes)
        tracker.read_response()
        self._forget(None)

    def _hear(self, message: Any) -> None:
        match message:
            case ["pong", _]:
                self._last_sign = time.monotonic()
            case ["message", _, keys]:
                self._forget(keys)
