"""What config-servers keep in memory, told of changes by Redis itself.

The promise: while Redis can be reached, nothing older than a second is served. A hit costs no
trip to Redis, a miss one. Without word from Redis an entry is good for a second and then read
anew; when that fails too, the entry is served as it is: an old configuration is better than none.
Then Redis is left alone for a moment, so that polls do not queue for it.
"""

import logging
import threading
import time
from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Protocol

from django.conf import settings
from redis.exceptions import RedisError

from configsrv.keys import served_prefixes
from configsrv.reading import (
    Served,
    UserConfig,
    free_key,
    read_configs,
    user_key,
    withheld_key,
)
from configsrv.render import NOTHING, Body
from configsrv.services.answer import Found
from configsrv.withheld import Withheld
from lantern_pro.store.invalidation import Invalidations
from lantern_pro.types import Cell, UserId

log = logging.getLogger(__name__)

MOST_ENTRIES: Final = 50_000
LONG_AGO: Final = float("-inf")
LEAVE_ALONE_SECONDS: Final = 0.5
GOOD_FOR_SECONDS: Final = 0.9
"""How long an entry is good without word from Redis; the read itself fills up the second."""


class Told(Protocol):
    """Whoever knows whether Redis would have told of changes."""

    @property
    def in_touch(self) -> bool:
        """Whether every change of a moment ago is known."""


@dataclass(frozen=True, slots=True)
class _Entry:
    config: Served
    read_at: float


class ConfigCache:
    """Configurations by key; the least recently asked for go first. Safe for threads.

    That there is none is remembered apart: ids that somebody makes up push no configuration out.
    """

    def __init__(self, *, most_entries: int = MOST_ENTRIES, told: Told | None = None) -> None:
        """Keep up to so many entries of each kind; ``told`` is for tests to play Redis."""
        prefixes = [
            prefix for cell in range(settings.CELLS) for prefix in served_prefixes(Cell(cell))
        ]
        self._invalidations = Invalidations(prefixes, self.forget)
        self._told = told or self._invalidations
        self._most_entries = most_entries
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._misses: OrderedDict[str, _Entry] = OrderedDict()
        self._lock = threading.Lock()
        self._forgotten = 0
        self._ask_again_at = LONG_AGO
        self._all_read_anew_since = 0.0

    def start(self) -> None:
        """Begin to listen to Redis."""
        self._invalidations.start()

    def close(self) -> None:
        """End listening."""
        self._invalidations.close()

    @property
    def in_touch(self) -> bool:
        """Whether Redis tells of changes just now."""
        return self._told.in_touch

    def get(self, cell: Cell, bucket: int, user_id: UserId | None) -> Found:
        """The free configuration of a bucket, the Pro part of a user's, and who is withheld.

        Raises ``RedisError`` when something is in memory no more and Redis does not answer.
        """
        names = [withheld_key(cell), free_key(cell, bucket)]
        if user_id is not None:
            names.append(user_key(user_id))
        withheld, free, *own = self._look_up(names)
        return Found(
            free if isinstance(free, Body) else NOTHING,
            own[0] if own and isinstance(own[0], UserConfig) else None,
            withheld if isinstance(withheld, Withheld) else Withheld(),
        )

    def variant(self, cell: Cell, bucket: int, country: str) -> Body:
        """The free configuration of a bucket for a country; nothing when it has none."""
        [found] = self._look_up([free_key(cell, bucket, country)])
        return found if isinstance(found, Body) else NOTHING

    def forget(self, names: Sequence[str] | None) -> None:
        """Read what changed anew when it is asked for; everything when None."""
        with self._lock:
            self._forgotten += 1
            if names is None:
                self._all_read_anew_since = time.monotonic()
                return
            for name in names:
                kept = self._kept_in(name)
                if name in kept:
                    kept[name] = _Entry(kept[name].config, LONG_AGO)

    def _kept_in(self, name: str) -> OrderedDict[str, _Entry]:
        return self._misses if name in self._misses else self._entries

    def _look_up(self, names: Sequence[str]) -> list[Served]:
        now = time.monotonic()
        good_for = float("inf") if self._told.in_touch else GOOD_FOR_SECONDS
        with self._lock:
            oldest = max(self._all_read_anew_since, now - good_for)
            known = {name: kept[name] for name in names if name in (kept := self._kept_in(name))}
            for name in known:
                self._kept_in(name).move_to_end(name)
            forgotten = self._forgotten
        can_do_without = len(known) == len(names)
        missing = [name for name in names if name not in known or known[name].read_at < oldest]
        if missing and not (can_do_without and now < self._ask_again_at):
            try:
                known |= self._read(missing, forgotten)
            except RedisError:
                self._ask_again_at = time.monotonic() + LEAVE_ALONE_SECONDS
                if not can_do_without:
                    raise
                log.warning("Redis does not answer: serving what is in memory")
        return [known[name].config for name in names]

    def _read(self, names: Sequence[str], forgotten: int) -> dict[str, _Entry]:
        """Read anew; kept only if nothing was forgotten meanwhile: it may be older than that."""
        now = time.monotonic()
        read = {
            name: _Entry(config, now)
            for name, config in zip(names, read_configs(names), strict=True)
        }
        with self._lock:
            if self._forgotten == forgotten:
                for name, entry in read.items():
                    self._kept_in(name).pop(name, None)
                    (self._misses if entry.config is None else self._entries)[name] = entry
                for kept in (self._entries, self._misses):
                    while len(kept) > self._most_entries:
                        kept.popitem(last=False)
        return read
