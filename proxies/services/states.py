"""What operators do with a proxy in its daily life: each is one script, and twice is as once.

From the moment that a call returns, no new user is sent to a proxy that drains or is retired or
down, and config-servers leave out one that is retired, or blocked where the reader is, within a
second. Its users get others by the jobs that ``ProxyClosed`` stages.
"""

import re
from collections.abc import Sequence
from typing import Final

from lantern_pro import clock
from lantern_pro.errors import InvalidParameter
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import NewJob, Work
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Millis, ProxyId
from proxies import changes
from proxies.errors import NoSuchProxy
from proxies.events import FleetChanged, ProxyClosed, ProxyRetired, RoomMade
from proxies.models import Proxy
from proxies.records import Closing, ProxyRecord, State, Track

_COUNTRY_CODE: Final = re.compile(r"^[A-Z]{2}$")


def find_proxy(told: str) -> ProxyRecord:
    """Find a proxy by its id or its name; ``NoSuchProxy``."""
    found: list[ProxyRecord] = []
    if told.isascii() and told.isdigit() and 0 < int(told) < 1 << 53:
        found = Proxy.objects.records([ProxyId(int(told))])
    if not found:
        named = Proxy.objects.filter(name=told)[:2]
        found = Proxy.objects.records([each.proxy_id for each in named])
    if not found:
        raise NoSuchProxy(f"There is no proxy with the id or name {told!r}.")
    if len(found) > 1:
        raise NoSuchProxy(f"Proxies of several cells have the name {told!r}: say which, by its id.")
    return found[0]


def activate_proxy(proxy_id: ProxyId, *, why: str = "") -> bool:
    """Let a proxy take users (again). False: it was active already."""
    return _change(proxy_id, State.ACTIVE, why)


def drain_proxy(proxy_id: ProxyId, *, why: str = "") -> bool:
    """Send nobody new to a proxy; its users keep it until they have another. False: it drains."""
    return _change(proxy_id, State.DRAINING, why)


def retire_proxy(proxy_id: ProxyId, *, why: str = "") -> bool:
    """Take a proxy out of the fleet for good and at once. False: it was retired already."""
    return _change(proxy_id, State.RETIRED, why)


def block_proxy(proxy_id: ProxyId, countries: Sequence[str], *, why: str = "") -> list[str]:
    """Note that a proxy is blocked in countries, so that nobody there is sent to it any more.

    Returns those in which it was not before; none means that nothing changed.
    """
    codes, now = country_codes(countries), clock.now()
    if not codes:
        raise InvalidParameter("Say in which countries it is blocked.", field="countries")
    proxy = _existing(proxy_id)
    follow = _closed(proxy, Closing.BLOCKED, now)
    work = Work(cell_of(proxy_id), follow=follow)
    return changes.block(proxy_id=proxy_id, countries=codes, now=now, why=why, work=work)


def unblock_proxy(proxy_id: ProxyId, countries: Sequence[str] = (), *, why: str = "") -> list[str]:
    """Note that a proxy is blocked no longer: in these countries, or in any when none is named.

    Returns those in which it was.
    """
    codes, now = country_codes(countries), clock.now()
    proxy = _existing(proxy_id)
    work = Work(cell_of(proxy_id), follow=_opened(proxy, "unblocked", now))
    return changes.unblock(proxy_id=proxy_id, countries=codes, now=now, why=why, work=work)


def _change(proxy_id: ProxyId, to: State, why: str) -> bool:
    proxy, now = _existing(proxy_id), clock.now()
    if to is State.ACTIVE:
        follow = _opened(proxy, to.value, now)
    else:
        follow = _closed(proxy, Closing(to.value), now)
    return changes.change_state(
        proxy_id=proxy_id, to=to, now=now, why=why, work=Work(cell_of(proxy_id), follow=follow)
    )


def _existing(proxy_id: ProxyId) -> ProxyRecord:
    found = Proxy.objects.records([proxy_id])
    if not found:
        raise NoSuchProxy
    return found[0]


def _opened(proxy: ProxyRecord, what: str, now: Millis) -> tuple[NewJob, ...]:
    cell, fact = cell_of(proxy.id), f"{proxy.id}.{what}.{now}"
    changed = following(FleetChanged(cell, fact))
    return changed + following(RoomMade(cell, fact)) if proxy.track is Track.PRO else changed


def _closed(proxy: ProxyRecord, reason: Closing, now: Millis) -> tuple[NewJob, ...]:
    cell, fact = cell_of(proxy.id), f"{proxy.id}.{reason}.{now}"
    changed = following(FleetChanged(cell, fact))
    if reason is Closing.RETIRED:
        changed += following(ProxyRetired(cell, proxy.id, fact))
    if proxy.track is Track.FREE:
        return changed  # nobody is linked with it
    return changed + following(ProxyClosed(cell, proxy.id, reason, fact))


def country_codes(countries: Sequence[str]) -> list[str]:
    """Read country codes, in order and each once; ``InvalidParameter``."""
    codes = sorted({each.strip().upper() for each in countries})
    wrong = [each for each in codes if not _COUNTRY_CODE.match(each)]
    if wrong:
        message = f"{wrong[0]!r} is no country code: two letters, such as NL."
        raise InvalidParameter(message, field="countries")
    return codes
