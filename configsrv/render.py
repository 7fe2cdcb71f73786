"""Proxies -> YAML -> gzip: pure, and the same bytes for the same proxies.

The fields are those that clients read (``docs/protocol.md``, "Client to config-server"), all in
lower case. A body is itself a gzip file. A gzip file may have several members, which unpack to
their texts joined; and two YAML maps written one behind the other are one map. So the
configuration of a Pro user is two finished bodies joined, and nothing is made for each pair; and
each proxy is a member of its own, so that one may be left out of a finished body.
"""

import gzip
import hashlib
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

import yaml

from lantern_pro.types import ProxyId
from proxies.records import ProxyRecord

WEIGHT: Final = 1_000_000
QUALITY_OF_SERVICE: Final = 10
MAX_PRECONNECT: Final = 10
TAG_LENGTH: Final = 20


@dataclass(frozen=True, slots=True)
class Part:
    """What a body says of one proxy: a gzip file of so many bytes."""

    proxy_id: ProxyId
    size: int


@dataclass(frozen=True, slots=True)
class Body:
    """A finished configuration, or a part of one. Empty when there are no proxies."""

    content: bytes
    tag: str
    parts: tuple[Part, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.content)

    def __add__(self, other: "Body") -> "Body":
        """Join two parts that name different proxies; either may be empty."""
        if not (self and other):
            return self or other
        return Body(
            self.content + other.content, f"{self.tag}-{other.tag}", self.parts + other.parts
        )

    def names_any(self, proxies: AbstractSet[ProxyId]) -> bool:
        """Whether one of these proxies is named."""
        return any(part.proxy_id in proxies for part in self.parts)

    def without(self, proxies: AbstractSet[ProxyId]) -> "Body":
        """Leave some proxies out. The tag tells which by their places, so that it is another."""
        if not self.names_any(proxies):
            return self
        kept, places, start = [], [], 0
        for place, part in enumerate(self.parts):
            if part.proxy_id in proxies:
                places.append(str(place))
            else:
                kept.append((part, self.content[start : start + part.size]))
            start += part.size
        if not kept:
            return NOTHING
        return Body(
            b"".join(content for _, content in kept),
            f"{self.tag}.without.{'.'.join(places)}",
            tuple(part for part, _ in kept),
        )


NO_PASSES: Final[Mapping[ProxyId, str]] = MappingProxyType({})
NOTHING: Final = Body(b"", "")


def render(proxies: Sequence[ProxyRecord], passes: Mapping[ProxyId, str] = NO_PASSES) -> Body:
    """Write the configuration that names these proxies, in this order, with the passes to some.

    A pass has a key of its own in its proxy's map: clients that do not know it do not read it, and
    to them the configuration is the same when only passes are new.
    The tag is of the text, not of its compressed form: servers with another zlib agree on it.
    """
    if not proxies:
        return NOTHING
    texts = [_as_text(proxy, passes.get(proxy.id)) for proxy in proxies]
    members = [gzip.compress(text, mtime=0) for text in texts]
    return Body(
        b"".join(members),
        hashlib.sha256(b"".join(texts)).hexdigest()[:TAG_LENGTH],
        tuple(Part(each.id, len(part)) for each, part in zip(proxies, members, strict=True)),
    )


def _as_text(proxy: ProxyRecord, its_pass: str | None) -> bytes:
    told = _as_map(proxy)
    if its_pass is not None:
        told["pass"] = its_pass
    return yaml.safe_dump(
        {proxy.name: told}, default_flow_style=False, sort_keys=False, width=1 << 20
    ).encode()


def _as_map(proxy: ProxyRecord) -> dict[str, object]:
    place = proxy.place
    return {
        "addr": proxy.addr,
        "cert": proxy.cert,
        "authtoken": proxy.auth_token,
        "trusted": True,
        "pluggabletransport": proxy.transport,
        "pluggabletransportsettings": dict(sorted(proxy.transport_settings.items())),
        "weight": WEIGHT,
        "qos": QUALITY_OF_SERVICE,
        "maxpreconnect": MAX_PRECONNECT,
        "location": {
            "city": place.city,
            "country": place.country,
            "countrycode": place.country_code,
            "latitude": place.latitude,
            "longitude": place.longitude,
        },
    }
