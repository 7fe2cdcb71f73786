"""Whom no configuration may name, whatever is written in it: pure.

Bodies are made by jobs, after the change. What the change forbids holds at once, so it is looked up
for each answer.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final, Self

from lantern_pro.types import ProxyId

EVERYWHERE: Final = "*"


@dataclass(frozen=True, slots=True)
class Withheld:
    """The proxies that are retired, and with them those that are blocked in each country."""

    everywhere: frozenset[ProxyId] = frozenset()
    countries: Mapping[str, frozenset[ProxyId]] = field(default_factory=dict)

    def where(self, country: str) -> frozenset[ProxyId]:
        """Whom a reader in this country is not told of; empty when it is not known."""
        return self.countries.get(country, self.everywhere)

    @classmethod
    def read(cls, told: Mapping[str, str]) -> Self:
        """Read what the store has: proxy -> countries by commas, or ``*``."""
        everywhere = frozenset(
            ProxyId(int(each)) for each, places in told.items() if places == EVERYWHERE
        )
        countries: dict[str, set[ProxyId]] = {}
        for each, places in told.items():
            for country in () if places == EVERYWHERE else places.split(","):
                countries.setdefault(country, set(everywhere)).add(ProxyId(int(each)))
        return cls(everywhere, {name: frozenset(each) for name, each in countries.items()})
