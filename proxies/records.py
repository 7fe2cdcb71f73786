"""A proxy as services and configurations read it: one row, typed."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final, Self

from lantern_pro.types import Millis, ProxyId
from proxies.areas import area_of


class Track(StrEnum):
    """Whom a proxy serves."""

    FREE = "free"
    PRO = "pro"


class State(StrEnum):
    """Where a proxy is in its life."""

    PROVISIONING = "provisioning"
    ACTIVE = "active"
    DRAINING = "draining"
    RETIRED = "retired"


COMES_FROM: Final[Mapping[State, frozenset[State]]] = {
    State.PROVISIONING: frozenset(),
    State.ACTIVE: frozenset({State.PROVISIONING, State.DRAINING}),
    State.DRAINING: frozenset({State.ACTIVE}),
    State.RETIRED: frozenset({State.PROVISIONING, State.ACTIVE, State.DRAINING}),
}
"""From which states each may be entered. There is no way back from ``retired``."""


WITHHELD_MS: Final = 30 * 24 * 60 * 60 * 1000
"""How long, at least, a retired proxy stays on the list of those that nobody may be told of."""


class Health(StrEnum):
    """What a proxy's heartbeats say of it; ``unknown`` until its first."""

    UNKNOWN = "unknown"
    OK = "ok"
    SUSPECT = "suspect"
    DOWN = "down"


class Closing(StrEnum):
    """Why a proxy's users are to get others."""

    DRAINING = "draining"
    RETIRED = "retired"
    DOWN = "down"
    BLOCKED = "blocked"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a proxy stands, as clients show it. Everything may be unknown."""

    city: str = ""
    country: str = ""
    country_code: str = ""
    latitude: float = 0.0
    longitude: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class NewProxy:
    """What is said of a proxy when it joins the fleet. ``addr`` is ``host:port``."""

    name: str
    addr: str
    track: Track
    capacity: int
    state: State = State.ACTIVE
    auth_token: str = ""
    cert: str = ""
    transport: str = ""
    transport_settings: Mapping[str, str] | None = None
    place: Place = Place()
    provider: str = ""
    labels: Sequence[str] = ()
    blocked_countries: Sequence[str] = ()

    def as_row(self) -> dict[str, str | int | float]:
        """The proxy's columns, but for those that the script adds."""
        return {
            "name": self.name,
            "addr": self.addr,
            "track": self.track.value,
            "capacity": self.capacity,
            "state": self.state.value,
            "auth_token": self.auth_token,
            "cert": self.cert,
            "transport": self.transport,
            "transport_settings": json.dumps(dict(self.transport_settings or {}), sort_keys=True),
            "city": self.place.city,
            "country": self.place.country,
            "country_code": self.place.country_code,
            "latitude": self.place.latitude,
            "longitude": self.place.longitude,
            "area": area_of(self.place.country_code, self.place.latitude, self.place.longitude),
            "provider": self.provider,
            "labels": json.dumps(list(self.labels)),
            "blocked_countries": json.dumps(sorted(self.blocked_countries)),
            "health": Health.UNKNOWN.value,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyRecord:
    """One row of the fleet. ``load`` counts its users; ``version`` is that of its token set.

    ``over`` is how many users a lowered capacity allows besides: those that it found there.
    """

    id: ProxyId
    name: str
    addr: str
    track: Track
    state: State
    capacity: int
    load: int
    version: int
    auth_token: str
    cert: str
    transport: str
    transport_settings: Mapping[str, str]
    place: Place
    provider: str = ""
    labels: tuple[str, ...] = ()
    blocked_countries: tuple[str, ...] = ()
    health: Health = Health.UNKNOWN
    site: int = 0
    over: int = 0
    created: Millis
    state_since: Millis

    @classmethod
    def from_row(cls, row: Mapping[str, str]) -> Self:
        """Read a row; ``KeyError`` when it is none."""
        return cls(
            id=ProxyId(int(row["id"])),
            name=row["name"],
            addr=row["addr"],
            track=Track(row["track"]),
            state=State(row["state"]),
            capacity=int(row["capacity"]),
            load=int(row["load"]),
            version=int(row["version"]),
            auth_token=row["auth_token"],
            cert=row["cert"],
            transport=row["transport"],
            transport_settings=json.loads(row["transport_settings"]),
            place=Place(
                city=row["city"],
                country=row["country"],
                country_code=row["country_code"],
                latitude=float(row["latitude"]),
                longitude=float(row["longitude"]),
            ),
            provider=row.get("provider", ""),
            labels=tuple(json.loads(row.get("labels", "[]"))),
            blocked_countries=tuple(json.loads(row["blocked_countries"])),
            health=Health(row.get("health", Health.UNKNOWN)),
            site=int(row.get("site", 0)),
            over=int(row.get("over", 0)),
            created=Millis(int(row["created"])),
            state_since=Millis(int(row.get("state_since", row["created"]))),
        )

    @property
    def takes_users(self) -> bool:
        """Whether new users may be sent to it, if it has room."""
        return self.state is State.ACTIVE and self.health is not Health.DOWN

    @property
    def serves(self) -> bool:
        """Whether it goes on serving the users that it has."""
        return self.state in {State.ACTIVE, State.DRAINING}

    def serves_in(self, country: str) -> bool:
        """Whether it serves a user in this country; of an empty one nothing is known."""
        return (
            self.serves
            and self.health is not Health.DOWN
            and (country not in self.blocked_countries)
        )

    def as_new(self) -> NewProxy:
        """What would have to be said to add just this proxy."""
        return NewProxy(
            name=self.name,
            addr=self.addr,
            track=self.track,
            capacity=self.capacity,
            state=self.state,
            auth_token=self.auth_token,
            cert=self.cert,
            transport=self.transport,
            transport_settings=self.transport_settings,
            place=self.place,
            provider=self.provider,
            labels=self.labels,
            blocked_countries=self.blocked_countries,
        )

    def differences(self, new: NewProxy) -> list[str]:
        """In what this is not the very proxy that ``new`` describes (its secret may go unsaid)."""
        told = {
            "addr": self.addr == new.addr,
            "track": self.track == new.track,
            "capacity": self.capacity == new.capacity,
            "cert": self.cert == new.cert,
            "transport": self.transport == new.transport,
            "transport_settings": dict(self.transport_settings)
            == dict(new.transport_settings or {}),
            "place": self.place == new.place,
            "provider": self.provider == new.provider,
            "labels": set(self.labels) == set(new.labels),
            "auth_token": new.auth_token in {"", self.auth_token},
        }
        return [name for name, same in told.items() if not same]
