"""What free devices use: counted here, reported now and then, and slowed down over their cap."""

import asyncio
import logging
import secrets
import threading
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final

from redis.exceptions import NoScriptError, ResponseError

from devstack.reference_proxy.caps import Asker, Cap, Caps, end_of_period
from devstack.reference_proxy.clock import Clock
from devstack.reference_proxy.knowledge import Knowledge
from lantern_pro.types import ProxyId
from proxies.keys import CLIENT, THROTTLE

EPOCH: Final = datetime(2016, 1, 1, tzinfo=UTC).timestamp()
MIB: Final = 1 << 20
MOST_DEVICES: Final = 100_000


log = logging.getLogger(__name__)


class Limiter:
    """Lets so many bytes a second through, for all connections of a device together."""

    def __init__(self) -> None:
        """Nothing has gone through yet."""
        self._free_at = 0.0

    async def spend(self, count: int, rate: int) -> None:
        """Wait until this many bytes have had their time."""
        now = time.monotonic()
        self._free_at = max(now, self._free_at) + count / rate
        await asyncio.sleep(self._free_at - now)


@dataclass(slots=True)
class Device:
    """A free device. ``used`` is all of its period as last told, None when it never was."""

    asker: Asker
    cap: Cap
    came: int = 0
    went: int = 0
    used: int | None = None
    as_of: float = 0.0
    ends: float = 0.0
    limiter: Limiter = field(default_factory=Limiter)

    async def passed(self, came: int, went: int) -> None:
        """Bytes went through; wait as the cap says."""
        self.came += came
        self.went += went
        if self.is_over:
            await self.limiter.spend(came + went, self.cap.rate)

    @property
    def is_over(self) -> bool:
        """Whether the device is slowed down: over its cap, or without a name."""
        if not self.asker.device_id:
            return True
        return (self.used or 0) + self.came + self.went > self.cap.threshold

    def headers(self) -> list[tuple[str, str]]:
        """What the client is told of its cap."""
        if self.used is None:
            return []
        told = f"{self.used // MIB}/{self.cap.threshold // MIB}/{int(self.as_of - EPOCH)}"
        return [("XBQ", told), ("XBQv2", f"{told}/{max(0, int(self.ends - self.as_of))}")]


class Usage:
    """The free devices of this process."""

    def __init__(self, clock: Clock, *, every: float) -> None:
        """Report every so many seconds, or a half to one and a half of it."""
        self.caps = Caps()
        self._clock = clock
        self._every = every
        self._next = self._next_caps = 0.0
        self._devices: dict[str, Device] = {}
        self._lock = threading.Lock()

    def device(self, asker: Asker) -> Device | None:
        """The device that asks, if there is a cap for it."""
        cap = self.caps.cap_for(asker)
        if cap is None:
            return None
        with self._lock:
            known = self._devices.setdefault(asker.device_id, Device(asker, cap))
            known.asker, known.cap = asker, cap
            if known.ends and self._clock.now() > known.ends:
                known.used, known.ends = 0, 0.0
            if len(self._devices) > MOST_DEVICES:
                self._devices.pop(next(iter(self._devices)))
            return known

    def run(self, client: Any, proxies: dict[ProxyId, Knowledge]) -> None:
        """Read the caps and report what came up, when that is due."""
        free = [known for known in proxies.values() if known.track == "free"]
        now = self._clock.now()
        if not free:
            return
        if now >= self._next_caps:
            self.caps.take_over(_caps(client))
            self._next_caps = now + self._every
        scripts = {known.usage_script for known in free} - {""}
        if scripts and (now >= self._next or self._somebody_is_new()):
            self._report(client, scripts.pop())
            self._next = now + self._every * (500 + secrets.randbelow(1000)) / 1000

    def _somebody_is_new(self) -> bool:
        with self._lock:
            return any(each.used is None for each in self._devices.values())

    def _report(self, client: Any, script: str) -> None:
        with self._lock:
            devices = list(self._devices.items())
        for device_id, device in devices:
            if not device_id or (device.used is not None and not device.came + device.went):
                continue
            came, went, now = device.came, device.went, self._clock.now()
            ends = end_of_period(now, device.cap.resets, device.asker.time_zone)
            name, country = CLIENT(device_id=device_id), device.asker.country
            try:
                told = client.evalsha(script, 1, name, came, went, country, ends)
            except NoScriptError:
                return  # the service makes it known again; what came up is kept
            except ResponseError as error:
                log.warning("what a device used is not counted: %s", type(error).__name__)
                continue  # another proxy spoilt it; what came up is kept
            device.came -= came
            device.went -= went
            device.used, device.as_of = int(told[1]) + int(told[2]), now
            device.ends = now + int(told[4])


def _caps(client: Any) -> str | None:
    """The caps; None, too, where another proxy made something else of them."""
    try:
        text: str | None = client.get(THROTTLE())
    except ResponseError as error:
        log.warning("the data caps cannot be read: %s", type(error).__name__)
        return None
    return text
