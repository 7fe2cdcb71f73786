"""Which proxies there are."""

import ipaddress
import re
import secrets
from dataclasses import dataclass, replace
from typing import Final

from lantern_pro import clock
from lantern_pro.errors import InvalidParameter
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import NewJob, Work
from lantern_pro.store.keys import new_id
from lantern_pro.types import Cell, ProxyId
from proxies.errors import ProxyNameTaken
from proxies.events import FleetChanged, RoomMade
from proxies.models import Proxy
from proxies.records import NewProxy, Place, ProxyRecord, State, Track

_HOST_NAME: Final = re.compile(r"(?=.{1,253}$)[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")
_PROXY_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9.:_-]{0,99}")
_LABEL: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._=-]{0,39}")
_PROVIDER: Final = re.compile(r"[\w .&/()-]{0,60}")
_COUNTRY_CODE: Final = re.compile(r"[A-Z]{2}")
MOST_USERS: Final = 1_000_000
"""Of one proxy: the open index has room for ranks up to there (``proxies/ranks``)."""
_MAX_PORT: Final = 65_535
_MAX_LATITUDE: Final = 90.0
_MAX_LONGITUDE: Final = 180.0


@dataclass(frozen=True, slots=True)
class AddedProxy:
    """A proxy of the fleet; ``new`` is False when it was there before, just so."""

    proxy_id: ProxyId
    new: bool


def add_proxy(cell: Cell, proxy: NewProxy) -> AddedProxy:
    """Add a proxy to the fleet, once: the same again finds the one that is there.

    Without an ``auth_token`` it gets a random one. Raises ``InvalidParameter``, and
    ``ProxyNameTaken`` when the name belongs to a proxy that differs.
    """
    check_proxy(proxy)
    asked, proxy_id = proxy, ProxyId(new_id(cell))
    if not proxy.auth_token:
        proxy = replace(proxy, auth_token=secrets.token_urlsafe(32))
    holder = Proxy.objects.add(
        proxy_id=proxy_id,
        new=proxy,
        now=clock.now(),
        work=Work(cell, follow=_what_follows(cell, proxy_id, proxy.track)),
    )
    if holder == proxy_id:
        return AddedProxy(proxy_id, new=True)
    [there] = Proxy.objects.records([holder])
    check_same(there, asked)
    return AddedProxy(holder, new=False)


def check_same(there: ProxyRecord, asked: NewProxy) -> None:
    """Refuse a name that a proxy has which is not this one: ``ProxyNameTaken``."""
    if there.state is State.RETIRED:
        message = "A retired proxy has this name; give this one another."
        raise ProxyNameTaken(message, field="name", details={"proxy": there.id})
    differs = there.differences(asked)
    if differs:
        message = f"Another proxy has this name; its {', '.join(differs)} differ from this one's."
        raise ProxyNameTaken(message, field="name", details={"proxy": there.id})


def _what_follows(cell: Cell, proxy_id: ProxyId, track: Track) -> tuple[NewJob, ...]:
    fact = f"added.{proxy_id}"
    changed = following(FleetChanged(cell, fact))
    return changed + following(RoomMade(cell, fact)) if track is Track.PRO else changed


def check_proxy(proxy: NewProxy) -> None:
    """Refuse, by ``InvalidParameter``, what is no new proxy."""
    check_what_it_is(proxy)
    if proxy.state not in {State.PROVISIONING, State.ACTIVE}:
        message = "A new proxy is provisioning or active."
        raise InvalidParameter(message, field="state")


def check_what_it_is(proxy: NewProxy) -> None:
    """Refuse, by ``InvalidParameter``, what clients could not use or staff not find."""
    host, _, port = proxy.addr.rpartition(":")
    if not (_is_host(host) and port.isascii() and port.isdigit() and 0 < int(port) <= _MAX_PORT):
        message = f"{proxy.addr!r} is no address of the form host:port."
        raise InvalidParameter(message, field="addr")
    if not _PROXY_NAME.fullmatch(proxy.name):
        message = f"{proxy.name!r} is no name: up to 100 letters, digits, '.', ':', '_' and '-'."
        raise InvalidParameter(message, field="name")
    if not 1 <= proxy.capacity <= MOST_USERS:
        message = f"The capacity must be from one user to {MOST_USERS:,}."
        raise InvalidParameter(message, field="capacity")
    _check_place(proxy.place)
    _check_words(proxy)


def _check_words(proxy: NewProxy) -> None:
    if not _PROVIDER.fullmatch(proxy.provider):
        message = f"{proxy.provider!r} is no provider: up to 60 letters, digits, blanks and .&/()-"
        raise InvalidParameter(message, field="provider")
    for label in proxy.labels:
        if not _LABEL.fullmatch(label):
            message = f"{label!r} is no label: up to 40 letters, digits, '.', '_', '=' and '-'."
            raise InvalidParameter(message, field="labels")
    for code in proxy.blocked_countries:
        if not _COUNTRY_CODE.fullmatch(code):
            message = f"{code!r} is no country code: two letters, such as NL."
            raise InvalidParameter(message, field="blocked_countries")


def _check_place(place: Place) -> None:
    """Refuse what would make a configuration that clients cannot read: ``.nan`` for one."""
    if place.country_code and not _COUNTRY_CODE.fullmatch(place.country_code):
        message = f"{place.country_code!r} is no country code: two letters, such as NL."
        raise InvalidParameter(message, field="country_code")
    if not -_MAX_LATITUDE <= place.latitude <= _MAX_LATITUDE:
        message = f"{place.latitude} is no latitude: degrees from -90 to 90."
        raise InvalidParameter(message, field="latitude")
    if not -_MAX_LONGITUDE <= place.longitude <= _MAX_LONGITUDE:
        message = f"{place.longitude} is no longitude: degrees from -180 to 180."
        raise InvalidParameter(message, field="longitude")


def _is_host(host: str) -> bool:
    if host.startswith("[") and host.endswith("]"):
        try:
            ipaddress.IPv6Address(host[1:-1])
        except ValueError:
            return False
        return True
    return _HOST_NAME.fullmatch(host) is not None
