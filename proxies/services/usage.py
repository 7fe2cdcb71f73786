"""What a free device has used, beside the caps that it may meet."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from proxies import usage
from proxies.usage import DeviceUsage

DEFAULT: Final = "default"


@dataclass(frozen=True, slots=True)
class Cap:
    """A cap as set: over ``threshold`` bytes in its period, ``rate`` bytes a second."""

    platform: str
    label: str
    threshold: int
    rate: int
    period: str

    def share(self, used: DeviceUsage) -> int:
        """How much of it is used, in percent; above 100 the device is slowed down."""
        return (used.bytes_in + used.bytes_out) * 100 // self.threshold


@dataclass(frozen=True, slots=True)
class UsedByDevice:
    """What is counted of a device, and the caps of where it is.

    Which of these it meets only its proxy knows: that goes by the platform and the app, which
    nobody tells the service.
    """

    device_id: str
    used: DeviceUsage
    caps: Sequence[Cap]


def used_by(devices: Sequence[str]) -> list[UsedByDevice]:
    """What is counted of these devices; those of whom nothing is are left out."""
    counted = [(each, usage.usage_of(each)) for each in devices]
    caps = json.loads(usage.caps() or "{}")
    return [
        UsedByDevice(device_id, used, caps_in(caps, used.country))
        for device_id, used in counted
        if used is not None
    ]


def caps_in(caps: Mapping[str, Any], country: str) -> list[Cap]:
    """The caps of a country, or of those that have none of their own."""
    platforms = caps.get(country.lower()) or caps.get(DEFAULT) or {}
    return [
        Cap(platform, cap["label"], cap["threshold"], cap["rate"], cap["capResets"])
        for platform, listed in platforms.items()
        for cap in listed
    ]
