"""What staff do with proxies, and what proxies say of themselves. Each act is one operation."""

import json
from dataclasses import dataclass
from typing import Final, Protocol

from devstack.drill_fleet.ground import HERE
from devstack.drill_fleet.world import World
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import NewJob
from lantern_pro.store.client import text_client
from proxies import keys
from proxies.jobs import ASKED, MoveStragglers, MoveUsersOff, RotateLinks
from proxies.listings import Format
from proxies.records import NewProxy, Place, Track
from proxies.services import bridge, states
from proxies.services.fleet import add_proxy
from proxies.services.health import watch_proxies
from proxies.services.importing import Differing, import_list
from proxies.services.moving import move_user

CITIES: Final = (("Oslo", "NO"), ("Riga", "LV"), ("Lund", "SE"))
PROVIDERS: Final = ("", "one", "two")
COUNTRIES: Final = ("NL", "IR", "CN")
STATES: Final = ("activate", "drain", "retire")
SILENCES: Final = (0, 60_000, 600_000)


class Act(Protocol):
    """Something that somebody does, in a world."""

    def __call__(self, world: World, /) -> None:
        """Do it; a ``LanternError`` is a refusal, a ``LookupError`` means that nobody is there."""


@dataclass(frozen=True, slots=True)
class AddProxy:
    """Add a proxy; the same number again is the same proxy, or another of its name."""

    number: int
    capacity: int
    site: int
    is_free: bool = False

    def described(self) -> NewProxy:
        """What is said of it."""
        city, code = CITIES[self.site % len(CITIES)]
        return NewProxy(
            name=f"proxy-{self.number:03}",
            addr=f"203.0.113.{self.number % 256}:443",
            track=Track.FREE if self.is_free else Track.PRO,
            capacity=self.capacity,
            place=Place(city=city, country_code=code),
            provider=PROVIDERS[self.site // len(CITIES) % len(PROVIDERS)],
        )

    def __call__(self, _world: World) -> None:
        """Do it."""
        add_proxy(HERE, self.described())


@dataclass(frozen=True, slots=True)
class ImportList:
    """Import a list of proxies; some may be there already, and differ: these may be changed."""

    proxies: tuple[AddProxy, ...]
    differing: Differing = Differing.REFUSED

    def __call__(self, _world: World) -> None:
        """Do it."""
        told = [each.described() for each in self.proxies]
        listed = [
            {
                "name": each.name,
                "addr": each.addr,
                "track": each.track.value,
                "capacity": each.capacity,
                "city": each.place.city,
                "country_code": each.place.country_code,
                "provider": each.provider,
            }
            for each in told
        ]
        import_list(HERE, json.dumps(listed), Format.JSON, self.differing)


@dataclass(frozen=True, slots=True)
class ChangeState:
    """Activate, drain or retire a proxy."""

    proxy: int
    to: str

    def __call__(self, world: World) -> None:
        """Do it."""
        proxy_id = world.proxy(self.proxy)
        if self.to == "activate":
            states.activate_proxy(proxy_id)
        elif self.to == "drain":
            states.drain_proxy(proxy_id)
        else:
            states.retire_proxy(proxy_id)
            world.retired.add(proxy_id)


@dataclass(frozen=True, slots=True)
class Block:
    """Note that a proxy is blocked in a country."""

    proxy: int
    country: str

    def __call__(self, world: World) -> None:
        """Do it."""
        states.block_proxy(world.proxy(self.proxy), [self.country])


@dataclass(frozen=True, slots=True)
class Unblock:
    """Note that a proxy is blocked nowhere any more."""

    proxy: int

    def __call__(self, world: World) -> None:
        """Do it."""
        states.unblock_proxy(world.proxy(self.proxy))


@dataclass(frozen=True, slots=True)
class Beat:
    """A proxy sends a heartbeat; or is silent, and has been watched in vain for so long."""

    proxy: int
    silence_ms: int = 0

    def __call__(self, world: World) -> None:
        """Do it."""
        proxy_id = world.proxy(self.proxy)
        if self.silence_ms:
            text_client().hset(keys.WATCH(proxy_id=proxy_id), "silence", self.silence_ms)
        else:
            told = {"at": next(world.numbers), "connections": 1, "software": "drill/1"}
            text_client().hset(keys.HEARTBEAT(proxy_id=proxy_id), mapping=told)


@dataclass(frozen=True, slots=True)
class Watch:
    """Look at all heartbeats, whoever looked a moment ago."""

    def __call__(self, _world: World) -> None:
        """Do it."""
        text_client().delete(keys.WATCHED(cell=HERE))
        watch_proxies(HERE)


@dataclass(frozen=True, slots=True)
class MoveAllOff:
    """Move all users off a proxy, whatever its state."""

    proxy: int

    def __call__(self, world: World) -> None:
        """Do it."""
        proxy_id = world.proxy(self.proxy)
        fact = f"{proxy_id}.asked.{next(world.numbers)}"
        ledger.stage(MoveUsersOff.of(proxy_id, ASKED, fact))


@dataclass(frozen=True, slots=True)
class MoveOne:
    """Move a user from one proxy to another, by hand."""

    user: int
    leave: int
    gain: int

    def __call__(self, world: World) -> None:
        """Do it."""
        leave, gain = world.proxy(self.leave), world.proxy(self.gain)
        move_user(world.user(self.user), leave=leave, gain=gain)


@dataclass(frozen=True, slots=True)
class Clockwork:
    """What the clock stages each hour: the rotation, or the moving of who was left behind."""

    is_rotation: bool

    def __call__(self, world: World) -> None:
        """Do it."""
        kind = RotateLinks if self.is_rotation else MoveStragglers
        ledger.stage(NewJob(HERE, kind(HERE), f"drill{clock.now()}.{next(world.numbers)}"))


@dataclass(frozen=True, slots=True)
class Bridge:
    """Keep the keys of a proxy of 2016 from now on, or no longer."""

    proxy: int
    is_on: bool

    def __call__(self, world: World) -> None:
        """Do it."""
        proxy_id = world.proxy(self.proxy)
        if self.is_on:
            bridge.connect_proxy(proxy_id)
        else:
            bridge.disconnect_proxy(proxy_id)
