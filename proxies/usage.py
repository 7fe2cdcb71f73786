"""How data caps and what free devices have used are stored, as proxies read and write it."""

from dataclasses import dataclass

from lantern_pro.store.client import text_client
from lantern_pro.store.scripts import Script, script
from lantern_pro.types import Cell
from proxies.keys import CAPS, CLIENT, THROTTLE

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
    """What proxies have counted of a device; None when nothing is."""
    name = CLIENT(device_id=device_id)
    with text_client().pipeline(transaction=True) as pipe:
        pipe.hgetall(name)
        pipe.ttl(name)
        row, ttl = pipe.execute()
    if not row:
        return None
    return DeviceUsage(
        bytes_in=int(row.get("bytesIn", 0)),
        bytes_out=int(row.get("bytesOut", 0)),
        country=row.get("countryCode", ""),
        seconds_left=ttl if ttl >= 0 else None,
    )


def set_caps(text: str) -> None:
    """Keep the caps, and let proxies read them."""
    text_client().set(CAPS(cell=HERE), text)
    restore_caps()


def caps() -> str | None:
    """The caps as they were set last; None when they never were."""
    found: str | None = text_client().get(CAPS(cell=HERE))
    return found


def restore_caps() -> bool:
    """Let what proxies read be what was set; whether it was not."""
    told = caps()
    if told is None or text_client().get(THROTTLE()) == told:
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
