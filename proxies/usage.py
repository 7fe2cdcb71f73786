"""How data caps and what free devices have used are stored, as proxies read and write it."""

import re
from dataclasses import dataclass
from typing import Final

from lantern_pro.store.client import text_client
from lantern_pro.store.scripts import Script, script
from lantern_pro.types import Cell
from proxies.keys import CAPS, CLIENT, THROTTLE

_BYTES: Final = re.compile(r"[0-9]{1,18}")
_COUNTRY: Final = re.compile(r"[A-Za-z]{2}")
HERE = Cell(0)
"""The cell that keeps the caps of all."""


@dataclass(frozen=True, slots=True)
class DeviceUsage:
    """What a device has used in its present period. ``seconds_left`` is None without an end."""

    bytes_in: int
    bytes_out: int
    country: str
    seconds_left: int | None


def usage_of(device_id: str) -> DeviceUsage | None:
    """What proxies have counted of a device; None when nothing is.

    Any free proxy may write what it likes there: what is no count is taken as not counted.
    """
    name = CLIENT(device_id=device_id)
    with text_client().pipeline(transaction=True) as pipe:
        pipe.hmget(name, ["bytesIn", "bytesOut", "countryCode"])
        pipe.ttl(name)
        (bytes_in, bytes_out, country), ttl = pipe.execute()
    if bytes_in is None and bytes_out is None:
        return None
    return DeviceUsage(
        bytes_in=_count(bytes_in),
        bytes_out=_count(bytes_out),
        country=country if country and _COUNTRY.fullmatch(country) else "",
        seconds_left=ttl if ttl >= 0 else None,
    )


def _count(text: str | None) -> int:
    return int(text) if text and _BYTES.fullmatch(text) else 0


def set_caps(text: str) -> None:
    """Keep the caps, and let proxies read them."""
    text_client().set(CAPS(cell=HERE), text)
    restore_caps()


def caps() -> str | None:
    """The caps as they were set last; None when they never were."""
    found: str | None = text_client().get(CAPS(cell=HERE))
    return found


def restore_caps() -> bool:
    """Let what proxies read be what was set, whatever they made of it; whether it was not."""
    told = caps()
    # unlike GET, MGET takes a key of another type for none
    if told is None or text_client().mget([THROTTLE()]) == [told]:
        return False
    text_client().set(THROTTLE(), told)
    return True


def counting_script() -> Script:
    """The script by which proxies count. They run it by its hash, and bring none of their own."""
    return script("proxies/count_usage")


def keep_counting_script() -> bool:
    """Make it known to Redis, which forgets it when it restarts; whether it was not."""
    counting = counting_script()
    if text_client().script_exists(counting.sha)[0]:
        return False
    counting.load()
    return True
