"""Which free proxies a network sees: pure functions of addresses, secrets and the fleet.

A network hashes with a secret into a bucket, and a bucket draws its proxies by rendezvous
hashing: each (bucket, proxy) pair has a rank that nobody outside can compute, and the highest
ranks win. So one network learns one bucket's proxies, however many accounts it makes, and a
proxy that comes or goes moves only the buckets that it wins or held.
"""

import heapq
import hmac
from collections.abc import Container, Sequence
from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from lantern_pro.types import ProxyId

UNKNOWN_NETWORK: Final = "unknown"


@dataclass(frozen=True, slots=True)
class Prefixes:
    """How many leading bits of an address make its network."""

    ipv4: int
    ipv6: int


def network_of(address: str, prefixes: Prefixes) -> str:
    """Name the network of an address; what is no address belongs to ``UNKNOWN_NETWORK``.

    An IPv4 address written as IPv6 (``::ffff:192.0.2.1``) is IPv4, or a client could choose
    between two buckets.
    """
    try:
        parsed = ip_address(address.strip())
    except ValueError:
        return UNKNOWN_NETWORK
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped is None:
            return str(ip_network((int(parsed), prefixes.ipv6), strict=False))
        parsed = parsed.ipv4_mapped
    return str(ip_network((int(parsed), prefixes.ipv4), strict=False))


def bucket_of(network: str, secret: bytes, buckets: int) -> int:
    """Hash a network into one of ``buckets`` buckets, from 0."""
    return _rank(secret, f"network|{network}") % buckets


def proxies_of_bucket(
    bucket: int,
    fleet: Sequence[ProxyId],
    secret: bytes,
    count: int,
    *,
    spare: Container[ProxyId] = (),
) -> list[ProxyId]:
    """Draw up to ``count`` of the fleet's proxies for a bucket, the highest rank first.

    Those in ``spare`` are drawn only where the others are too few.
    """
    return heapq.nlargest(
        count,
        fleet,
        key=lambda each: (each not in spare, _rank(secret, f"draw|{bucket}|{each}")),
    )


def _rank(secret: bytes, text: str) -> int:
    return int.from_bytes(hmac.digest(secret, text.encode(), "sha256")[:8], "big")
