"""The world of a drill: the fleet, its users, and what time it is."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from itertools import count
from typing import Final, TypeVar

from devstack.drill_fleet.ground import HERE, Ground
from lantern_pro.types import ProxyId, UserId
from proxies.models import Proxy
from proxies.records import ProxyRecord

DAY_MS: Final = 86_400_000
MOST_PROXIES: Final = 1_000

T = TypeVar("T")


@dataclass(slots=True)
class World:
    """What actors point at by number: any number means somebody, as long as there is anybody.

    ``retired`` and ``erased`` were so when somebody was told it: they must be so for ever.
    """

    ground: Ground
    shift_ms: int = 0
    jobs: int = 0
    users: list[UserId] = field(default_factory=list)
    retired: set[ProxyId] = field(default_factory=set)
    erased: set[UserId] = field(default_factory=set)
    numbers: "count[int]" = field(default_factory=lambda: count(1))
    _fleet: list[ProxyId] = field(default_factory=list)

    def look(self) -> None:
        """See which proxies there are, in the order of their names."""
        found = records()
        self._fleet = [each.id for each in sorted(found, key=lambda each: each.name)]

    def proxy(self, number: int) -> ProxyId:
        """Somebody's proxy; ``LookupError`` when there is none."""
        return _nth(self._fleet, number)

    def user(self, number: int) -> UserId:
        """Somebody; ``LookupError`` when there is nobody."""
        return _nth(self.users, number)


def records() -> list[ProxyRecord]:
    """The whole fleet."""
    return Proxy.objects.records(Proxy.objects.ids_after(HERE, ProxyId(0), most=MOST_PROXIES))


def _nth(things: Sequence[T], number: int) -> T:
    if not things:
        raise LookupError
    return things[number % len(things)]
