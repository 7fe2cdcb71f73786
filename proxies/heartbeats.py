"""What proxies say of themselves, how it is watched, and the health that follows from it.

A proxy writes its heartbeat whole, every few seconds (``proxies/keys.py``, ``HEARTBEAT``). What it
says may be wrong or old, its clock too: so only that it says something new counts here.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Literal, Self

from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Work
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.store.scripts import script
from lantern_pro.types import Cell, Millis, ProxyId
from proxies import keys
from proxies.records import Health

TOLD: Final = ("connections", "software", "admissions", "bytes_in", "bytes_out")
SEEN: Final = ("heard", "silence")
KEEP_MS: Final = 7 * 24 * 60 * 60 * 1000
BEAT_MS: Final = 60_000
"""How long a heartbeat is kept after the last: six beats."""
MOST_DIGITS: Final = 15


@dataclass(frozen=True, slots=True, kw_only=True)
class Heartbeat:
    """What a proxy last said of itself, and what was seen of it; None is what is not known.

    ``heard`` and ``silence_ms`` are by Redis's clock, ``admissions`` is the version that it knows.
    """

    heard: Millis | None
    silence_ms: int
    connections: int | None
    software: str
    admissions: int | None
    bytes_in: int | None
    bytes_out: int | None

    @classmethod
    def read(cls, told: Mapping[str, str], watch: Mapping[str, str]) -> Self:
        """Read both rows; what a proxy wrote that is no number is taken as not said."""
        heard = _number(watch.get("heard"))
        return cls(
            heard=None if heard is None else Millis(heard),
            silence_ms=_number(watch.get("silence")) or 0,
            connections=_number(told.get("connections")),
            software="".join(each for each in told.get("software", "") if each.isprintable())[:60],
            admissions=_number(told.get("admissions")),
            bytes_in=_number(told.get("bytes_in")),
            bytes_out=_number(told.get("bytes_out")),
        )


@dataclass(frozen=True, slots=True)
class Limits:
    """How long silences are, and how many proxies may be down at once."""

    suspect_ms: int
    down_ms: int
    most_ms: int
    most_down_percent: int

    def silence_of(self, health: Health) -> tuple[int, int]:
        """From how long to below how long a silence means this health."""
        if health is Health.DOWN:
            return self.down_ms, 1 << 52
        if health is Health.SUSPECT:
            return self.suspect_ms, self.down_ms
        return 0, self.suspect_ms


def heartbeats_of(proxies: Sequence[ProxyId]) -> list[Heartbeat | None]:
    """What is known of proxies' heartbeats, in their order; None for one that was never heard.

    A proxy may write what it likes into its own key: only the fields that are known are read.
    """
    with text_client().pipeline(transaction=False) as pipe:
        for proxy_id in proxies:
            pipe.hmget(keys.HEARTBEAT(proxy_id=proxy_id), TOLD)
            pipe.hmget(keys.WATCH(proxy_id=proxy_id), SEEN)
        found = pipe.execute()
    told, seen = _rows(TOLD, found[::2]), _rows(SEEN, found[1::2])
    pairs = zip(told, seen, strict=True)
    return [Heartbeat.read(beat, watch) if beat or watch else None for beat, watch in pairs]


def may_watch(cell: Cell, *, every_ms: int) -> bool:
    """Whether it is this worker's turn to watch: one at a time is enough."""
    return bool(text_client().set(keys.WATCHED(cell=cell), "1", nx=True, px=every_ms))


def watch(proxies: Sequence[ProxyId], limits: Limits) -> list[tuple[ProxyId, Health]]:
    """Look at heartbeats; those whose health is another now, and which."""
    outcome = script("proxies/watch_heartbeats")(
        rest=[
            key
            for proxy_id in proxies
            for key in (
                keys.PROXIES.row(proxy_id),
                keys.HEARTBEAT(proxy_id=proxy_id),
                keys.WATCH(proxy_id=proxy_id),
            )
        ],
        suspect_ms=limits.suspect_ms,
        down_ms=limits.down_ms,
        most_ms=limits.most_ms,
        keep_ms=KEEP_MS,
        beat_ms=BEAT_MS,
    )
    match outcome:
        case ["watched", told]:
            return [
                (proxies[int(place)], Health(health)) for place, health in json.loads(str(told))
            ]
    raise AssertionError(outcome)


def change_health(
    *, proxy_id: ProxyId, was: Health, to: Health, limits: Limits, now: Millis, work: Work
) -> Literal["changed", "not_so", "spared"]:
    """Give a proxy another health, if its silence still says so."""
    least_ms, below_ms = limits.silence_of(to)
    outcome = ledger.apply(
        "proxies/change_proxy_health",
        work,
        row=keys.PROXIES.row(proxy_id),
        **keys.settled_keys(proxy_id, work.cell),
        by_health=keys.PROXIES.by("health", cell=cell_of(proxy_id)),
        watch=keys.WATCH(proxy_id=proxy_id),
        id=proxy_id,
        now=now,
        was=was.value,
        to=to.value,
        least_ms=least_ms,
        below_ms=below_ms,
        most_down=limits.most_down_percent,
    )
    match outcome:
        case ["changed"]:
            return "changed"
        case ["not_so"]:
            return "not_so"
        case ["spared"]:
            return "spared"
    raise AssertionError(outcome)


def _rows(names: Sequence[str], found: Sequence[Sequence[str | None]]) -> list[dict[str, str]]:
    return [
        {name: text for name, text in zip(names, row, strict=True) if text is not None}
        for row in found
    ]


def _number(text: str | None) -> int | None:
    if text is None or not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        return None
    return int(text)
