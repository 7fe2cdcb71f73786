"""Which free proxies each bucket names, and what differs for countries where some are blocked.

Where a reader is, is mostly unknown: few clients say it. So a bucket names proxies that are blocked
nowhere, as long as there are enough of them. Only where there are not, it names some that are
blocked somewhere; and for those countries it has a variant without them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final, Self

from django.conf import settings

from configsrv.placement import proxies_of_bucket
from configsrv.render import Body, render
from lantern_pro.types import Cell, ProxyId
from proxies.models import Proxy
from proxies.records import ProxyRecord

MOST_WRITTEN: Final = 256
"""How many configurations one script writes; a larger table is written by one job after another."""


@dataclass(frozen=True)
class FreeFleet:
    """The free proxies that buckets draw from, as of a version of the fleet."""

    version: int
    records: Mapping[ProxyId, ProxyRecord]

    @classmethod
    def read(cls, cell: Cell) -> Self:
        """Read the version first: what is read after it is no older."""
        version = Proxy.objects.fleet_version(cell)
        records = Proxy.objects.records(Proxy.objects.active_free(cell))
        return cls(version, {each.id: each for each in records})

    @cached_property
    def blocked(self) -> Mapping[str, frozenset[ProxyId]]:
        """The proxies that are blocked in each country where any is."""
        countries = {code for each in self.records.values() for code in each.blocked_countries}
        return {
            country: frozenset(
                each.id for each in self.records.values() if country in each.blocked_countries
            )
            for country in sorted(countries)
        }

    @property
    def page(self) -> int:
        """How many buckets one script can write, each with a variant for every country."""
        return max(1, MOST_WRITTEN // (1 + len(self.blocked)))

    def drawn(self, bucket: int) -> dict[str, list[ProxyId]]:
        """The proxies of a bucket by country; empty stands for all that are not named."""
        usual = self._draw(bucket, list(self.records))
        found = {"": usual}
        for country, blocked in self.blocked.items():
            if not blocked.isdisjoint(usual):
                rest = [each for each in self.records if each not in blocked]
                found[country] = self._draw(bucket, rest)
        return found

    def variants(self, bucket: int) -> dict[str, Body]:
        """The bodies of a bucket by country."""
        return {
            country: render([self.records[each] for each in drawn])
            for country, drawn in self.drawn(bucket).items()
        }

    def _draw(self, bucket: int, fleet: Sequence[ProxyId]) -> list[ProxyId]:
        return proxies_of_bucket(
            bucket,
            fleet,
            settings.PLACEMENT_SECRET,
            settings.FREE_PROXIES_PER_BUCKET,
            spare=self._blocked_somewhere,
        )

    @cached_property
    def _blocked_somewhere(self) -> frozenset[ProxyId]:
        return frozenset(each.id for each in self.records.values() if each.blocked_countries)
