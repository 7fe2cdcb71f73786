"""Data caps as a free proxy reads them: which one a device meets, and when its period ends."""

import json
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from devstack.reference_proxy.messages import Head
from devstack.reference_proxy.murmur import murmur3_64

log = logging.getLogger(__name__)

_SCALE: Final = 1_000_000
_DEFAULT: Final = "default"


@dataclass(frozen=True, slots=True)
class Asker:
    """A device as a cap sees it. ``country`` is two lower-case letters, or empty."""

    device_id: str
    country: str = ""
    platform: str = ""
    app: str = ""
    supported: tuple[str, ...] = ()
    time_zone: str = ""

    @classmethod
    def of(cls, head: Head) -> "Asker":
        """Read what a client says of itself. A real proxy finds the country by the address."""
        supported = [
            word.strip()
            for told in head.all("X-Lantern-Supported-Data-Caps")
            for word in told.split(",")
        ]
        country = head.get("X-Lantern-Client-Country").lower()
        return cls(
            device_id=head.get("X-Lantern-Device-Id"),
            country=country if len(country) == len("xx") and country.isalpha() else "",
            platform=head.get("X-Lantern-Platform").lower(),
            app=head.get("X-Lantern-App"),
            supported=tuple(word for word in supported if word),
            time_zone=head.get("X-Lantern-Time-Zone"),
        )

    @property
    def cohort(self) -> float:
        """Where the device lies among all, from 0 to below 1."""
        return murmur3_64(self.device_id.encode()) % _SCALE / _SCALE


@dataclass(frozen=True, slots=True)
class Cap:
    """One cap: over so many bytes, so many bytes a second."""

    threshold: int
    rate: int
    resets: str
    app: str
    floor: float
    ceil: float

    @classmethod
    def read(cls, told: Mapping[str, Any]) -> "Cap":
        """Read one; raises ``KeyError``, ``TypeError`` or ``ValueError``."""
        return cls(
            threshold=int(told["threshold"]),
            rate=int(told["rate"]),
            resets=str(told["capResets"]),
            app=str(told.get("appName", "")),
            floor=float(told.get("deviceFloor", 0)),
            ceil=float(told.get("deviceCeil", 0)),
        )

    def fits(self, asker: Asker) -> bool:
        """Whether the client can be told of such a cap."""
        if not asker.supported:
            return self.resets == "legacy"
        return self.resets in asker.supported


class Caps:
    """The last good caps."""

    def __init__(self) -> None:
        """Know none."""
        self._caps: Mapping[str, Mapping[str, Sequence[Cap]]] = {}

    def take_over(self, text: str | None) -> bool:
        """Take over what was read; False, and the last good ones stay, when it is broken."""
        if text is None:
            return False
        try:
            self._caps = {
                country: {
                    platform: [Cap.read(each) for each in caps]
                    for platform, caps in platforms.items()
                }
                for country, platforms in json.loads(text).items()
            }
        except (ValueError, KeyError, TypeError, AttributeError):
            log.warning("the data caps cannot be read")
            return False
        return True

    def cap_for(self, asker: Asker) -> Cap | None:
        """The cap that a device meets, if any."""
        platforms = self._caps.get(asker.country) or self._caps.get(_DEFAULT) or {}
        caps = platforms.get(asker.platform) or platforms.get(_DEFAULT) or ()
        fitting = [cap for cap in caps if cap.fits(asker)]
        cohort = asker.cohort
        for app in dict.fromkeys((asker.app, "")):
            of_app = [cap for cap in fitting if cap.app == app]
            for cap in of_app:
                if cap.floor <= cohort < cap.ceil:
                    return cap
            if of_app:
                return of_app[0]
        return None


def end_of_period(now: float, resets: str, time_zone: str) -> int:
    """When the day, week or month ends in which it is now (Unix seconds), there or else in UTC."""
    try:
        zone: Any = ZoneInfo(time_zone) if time_zone else UTC
    except (ValueError, OSError, KeyError):  # no such zone
        zone = UTC
    here = datetime.fromtimestamp(now, tz=zone)
    midnight = here.replace(hour=0, minute=0, second=0, microsecond=0)
    days = {"daily": 1, "weekly": 7 - here.weekday()}.get(resets)
    if days is not None:
        ends = midnight + timedelta(days=days)
    else:
        ends = (midnight.replace(day=1) + timedelta(days=32)).replace(day=1)
    return int(ends.timestamp()) - 1
