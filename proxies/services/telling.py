"""What staff are told of proxies, on pages and in the shell alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lantern_pro import clock
from lantern_pro.types import Millis
from proxies.changes import PastChange, history_of
from proxies.heartbeats import Heartbeat, heartbeats_of
from proxies.records import ProxyRecord, Track

MINUTE: Final = 60
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR


@dataclass(frozen=True, slots=True)
class ToldProxy:
    """A proxy with what its heartbeats say and what became of it, the newest first."""

    proxy: ProxyRecord
    heartbeat: Heartbeat | None
    history: list[PastChange]


def tell_proxy(proxy: ProxyRecord) -> ToldProxy:
    """Gather what is known of a proxy."""
    [heartbeat] = heartbeats_of([proxy.id])
    return ToldProxy(proxy, heartbeat, history_of(proxy.id))


def ago(moment: Millis | None) -> str:
    """How long ago something was, in words."""
    if moment is None:
        return "never"
    seconds = max(0, (clock.now() - moment) // 1000)
    for unit, word in ((DAY, "d"), (HOUR, "h"), (MINUTE, "min")):
        if seconds >= 2 * unit:
            return f"{seconds // unit} {word} ago"
    return f"{seconds} s ago"


def users_in_words(proxy: ProxyRecord) -> str:
    """How many users it has of how many it may have; a free proxy does not count them."""
    return f"{proxy.load} of {proxy.capacity}" if proxy.track is Track.PRO else "not counted"


def place_in_words(proxy: ProxyRecord) -> str:
    """Where it stands."""
    place = proxy.place
    return ", ".join(filter(None, [place.city, place.country or place.country_code])) or "-"


def lag_in_words(told: ToldProxy) -> str:
    """How far the admissions that the proxy knows are behind ours."""
    if told.heartbeat is None or told.heartbeat.admissions is None:
        return "not known"
    behind = told.proxy.version - told.heartbeat.admissions
    return "up to date" if behind <= 0 else f"{behind} changes behind"


def table(rows: Sequence[Sequence[str]]) -> str:
    """Lay out rows in columns for the shell."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
