"""What a proxy is may change while it serves: its address, capacity, place, provider and the like.

Its name, its track, its state and where it is blocked are not changed here: configurations and
links go by the first two, and the others have ways of their own (``proxies/services/states.py``).
"""

from collections.abc import Mapping
from typing import Final

from lantern_pro import clock
from lantern_pro.errors import InvalidParameter
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import NewJob, Work
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Millis
from proxies import changes
from proxies.errors import ProxyRetired
from proxies.events import FleetChanged, ProxyChanged, RoomMade
from proxies.records import NewProxy, ProxyRecord, State, Track
from proxies.services.fleet import check_what_it_is

Columns = Mapping[str, str | int | float]
PLACE: Final = frozenset({"city", "country", "country_code", "latitude", "longitude", "area"})
CHANGEABLE: Final = PLACE | {
    "addr",
    "capacity",
    "provider",
    "labels",
    "transport",
    "transport_settings",
    "cert",
    "auth_token",
}
FIXED: Final = ("name", "track")


def change_proxy(proxy: ProxyRecord, wanted: NewProxy, *, why: str = "") -> list[str]:
    """Let a proxy be as ``wanted`` says; which fields were otherwise, none if it was just so.

    Nobody is thrown off: with more users than its new capacity it only takes no others.
    Raises ``InvalidParameter`` and ``ProxyRetired``.
    """
    columns = look_at_change(proxy, wanted)
    if not columns:
        return []
    now = clock.now()
    found = changes.change_proxy(
        proxy_id=proxy.id,
        columns=columns,
        now=now,
        why=why,
        work=Work(cell_of(proxy.id), follow=_what_follows(proxy, now)),
    )
    return [each for each in found if each != "area"]


def look_at_change(proxy: ProxyRecord, wanted: NewProxy) -> Columns:
    """What would be written to let a proxy be as wanted: refused as by ``change_proxy``.

    A place is written whole, so that of two who change it at once one has their way.
    """
    check_what_it_is(wanted)
    is_now, asked = proxy.as_new().as_row(), wanted.as_row()
    differing = {name for name in asked if asked[name] != is_now[name]}
    for name in FIXED:
        if name in differing:
            raise InvalidParameter(
                f"The {name} of a proxy stays as it is: {is_now[name]}. Add another proxy.",
                field=name,
            )
    differing &= CHANGEABLE
    if not asked["auth_token"]:
        differing -= {"auth_token"}
    if differing and proxy.state is State.RETIRED:
        raise ProxyRetired
    if differing & PLACE:
        differing |= PLACE
    return {name: asked[name] for name in sorted(differing)}


def told_change(proxy: ProxyRecord, columns: Columns) -> tuple[str, ...]:
    """A change in words: each field with what it is and what it would be; secrets only named."""
    is_now = proxy.as_new().as_row()
    return tuple(
        name if name in changes.QUIET else f"{name} {is_now[name] or '-'} to {value or '-'}"
        for name, value in columns.items()
        if name != "area" and value != is_now[name]
    )


def _what_follows(proxy: ProxyRecord, now: Millis) -> tuple[NewJob, ...]:
    cell, fact = cell_of(proxy.id), f"{proxy.id}.changed.{now}"
    changed = following(FleetChanged(cell, fact))
    if proxy.track is Track.FREE:
        return changed
    told = following(ProxyChanged(cell, proxy.id, fact))
    return changed + told + following(RoomMade(cell, fact))
