"""What happens to the fleet and its links. ``lantern_pro/flows.py`` says what follows.

``fact`` names the occurrence: what follows from it is staged once for it.
"""

from dataclasses import dataclass

from lantern_pro.jobs.events import Event
from lantern_pro.types import ProxyId, UserId
from proxies.records import Closing


@dataclass(frozen=True, slots=True)
class FleetChanged(Event):
    """A proxy appeared, or what clients are told of it changed."""

    fact: str


@dataclass(frozen=True, slots=True)
class RoomMade(Event):
    """Pro proxies have room that they had not before: a new proxy, or users who left."""

    fact: str


@dataclass(frozen=True, slots=True)
class ProxyChanged(Event):
    """What clients are told of a proxy is another: an address, for one."""

    proxy_id: ProxyId
    fact: str


@dataclass(frozen=True, slots=True)
class ProxyClosed(Event):
    """A proxy shall serve its users no longer, or some of them, for the ``reason``."""

    proxy_id: ProxyId
    reason: Closing
    fact: str


@dataclass(frozen=True, slots=True)
class ProxyRetired(Event):
    """A proxy is out of the fleet for good, whatever its track."""

    proxy_id: ProxyId
    fact: str


@dataclass(frozen=True, slots=True)
class UserMoved(Event):
    """Staff moved a user from one proxy to another; ``fact`` names the move."""

    user_id: UserId
    fact: str


@dataclass(frozen=True, slots=True)
class AssignmentChanged(Event):
    """A user's links, or the time, token or devices for which they hold, may have changed."""

    user_id: UserId
    fact: str
