"""What staff are told of proxies, on pages and in the shell alike."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.conf import settings

from lantern_pro import clock
from lantern_pro.clock import as_datetime
from lantern_pro.types import Cell, Millis, ProxyId
from proxies import links
from proxies.changes import PastChange, history_of
from proxies.heartbeats import Heartbeat, heartbeats_of
from proxies.models import Proxy
from proxies.records import Health, ProxyRecord, State, Track

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


@dataclass(frozen=True, slots=True)
class Tile:
    """A figure of now; ``percent`` is drawn as a bar."""

    title: str
    value: str
    note: str = ""
    percent: int | None = None


def tiles(told: ToldProxy) -> list[Tile]:
    """The figures of now."""
    proxy, beat = told.proxy, told.heartbeat
    users, percent = users_in_words(proxy), None
    if proxy.track is Track.PRO:
        percent = min(100, proxy.load * 100 // proxy.capacity)
    connections = "-" if beat is None or beat.connections is None else str(beat.connections)
    return [
        Tile("State", proxy.state.value, f"since {as_datetime(proxy.state_since):%Y-%m-%d %H:%M}"),
        Tile("Users", users, f"{proxy.track} proxy", percent),
        Tile("Last heartbeat", ago(beat.heard) if beat else "never", f"health: {proxy.health}"),
        Tile("Connections", connections, (beat.software if beat else "") or "version not known"),
        Tile("Admissions", f"version {proxy.version}", f"the proxy: {lag_in_words(told)}"),
    ]


def history_words(proxy_id: ProxyId) -> list[tuple[str, str, str]]:
    """What became of a proxy, the newest first: when, what and why."""
    return [
        (f"{as_datetime(each.at):%Y-%m-%d %H:%M:%S}", each.what, each.why)
        for each in history_of(proxy_id)
    ]


def counts() -> dict[str, Any]:
    """How many proxies there are by state and health, each with its filter; and who waits."""
    asked = [("state", each.value) for each in State]
    asked += [("health", each.value) for each in (Health.SUSPECT, Health.DOWN)]
    found = [
        {
            "word": value,
            "filter": f"{column}__exact={value}",
            "count": Proxy.objects.filter(**{column: value}).count(),
        }
        for column, value in asked
    ]
    cells = (Cell(number) for number in range(settings.CELLS))
    return {
        "counts": [each for each in found if each["count"]],
        "waiting": sum(links.how_many_wait(cell) for cell in cells),
    }


def table(rows: Sequence[Sequence[str]]) -> str:
    """Lay out rows in columns for the shell."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
