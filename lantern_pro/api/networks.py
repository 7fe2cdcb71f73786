"""The networks that an address lies in, from narrow to wide. Pure."""

from dataclasses import dataclass
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

_IPV4_BITS: Final = (32, 24, 16)
_IPV6_BITS: Final = (64, 48, 32)


@dataclass(frozen=True, slots=True)
class Networks:
    """An address by what its holder has at will.

    ``host`` is one IPv4 address, or one IPv6 /64 (a home or a server chooses freely within it);
    ``network`` a /24 or /48 (a customer's); ``wide`` a /16 or /32 (a provider's).
    """

    host: str
    network: str
    wide: str


def networks_of(address: str) -> Networks | None:
    """The networks of a public address; None for any other.

    An address that is not public (loopback, private) is that of a proxy in front of us which
    does not tell whom it speaks for: counting by it would count everybody as one.
    """
    try:
        parsed = ip_address(address.strip())
    except ValueError:
        return None
    if isinstance(parsed, IPv6Address) and parsed.ipv4_mapped is not None:
        parsed = parsed.ipv4_mapped
    if not parsed.is_global:
        return None
    widths = _IPV6_BITS if isinstance(parsed, IPv6Address) else _IPV4_BITS
    return Networks(*(str(ip_network((int(parsed), bits), strict=False)) for bits in widths))
