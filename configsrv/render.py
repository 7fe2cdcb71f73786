"""Proxies -> YAML -> gzip: pure, and the same bytes for the same proxies.

The fields are those that clients read (``docs/protocol.md``, "Client to config-server"), all in
lower case. A body is itself a gzip file. A gzip file may have several members, which unpack to
their texts joined; and two YAML maps written one behind the other are one map. So the
configuration of a Pro user is two finished bodies joined, and nothing is made for each pair.
"""

import gzip
import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import yaml

from proxies.records import ProxyRecord

WEIGHT: Final = 1_000_000
QUALITY_OF_SERVICE: Final = 10
MAX_PRECONNECT: Final = 10
TAG_LENGTH: Final = 20


@dataclass(frozen=True, slots=True)
class Body:
    """A finished configuration, or a part of one. Empty when there are no proxies."""

    content: bytes
    tag: str

    def __bool__(self) -> bool:
        return bool(self.content)

    def __add__(self, other: "Body") -> "Body":
        """Join two parts that name different proxies; either may be empty."""
        if not (self and other):
            return self or other
        return Body(self.content + other.content, f"{self.tag}-{other.tag}")


NOTHING: Final = Body(b"", "")


def render(proxies: Sequence[ProxyRecord]) -> Body:
    """Write the configuration that names these proxies, in this order.

    The tag is of the text, not of its compressed form: servers with another zlib agree on it.
    """
    if not proxies:
        return NOTHING
    text = yaml.safe_dump(
        {proxy.name: _as_map(proxy) for proxy in proxies},
        default_flow_style=False,
        sort_keys=False,
        width=1 << 20,
    ).encode()
    tag = hashlib.sha256(text).hexdigest()[:TAG_LENGTH]
    return Body(gzip.compress(text, mtime=0), tag)


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
