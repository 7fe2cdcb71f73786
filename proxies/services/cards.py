"""Cards: what a proxy must know besides whom it admits, on one key of its own.

All cards of a cell say the same but for the track, which the script reads from the proxy's row.
"""

import base64
import hashlib
import json
from collections.abc import Callable
from typing import Final

from django.conf import settings

from lantern_pro.jobs.job import Fence, NewJob, Work
from lantern_pro.types import Cell, ProxyId
from proxies import usage, wire
from proxies.models import Proxy
from proxies.services.passes import HOUR_MS, public_keys

PAGE: Final = 256


def publish_cards(
    cell: Cell, after: ProxyId, fence: Fence, next_page: Callable[[ProxyId], NewJob]
) -> None:
    """Write the cards of a page of proxies behind ``after``. The job is done then."""
    shape = shape_of(cell)  # first: what is read after it is no older
    page = wire.proxies_after(cell, after, PAGE)
    is_last = len(page) < PAGE
    wire.publish_cards(
        proxies=page,
        common=common(),
        shape=shape if is_last else "",
        work=Work(cell, fence, () if is_last else (next_page(page[-1]),)),
    )


def stale_shape(cell: Cell) -> str | None:
    """The shape that the cards should have, if they have another.

    Jobs follow every change of the fleet; this finds a change of the settings.
    """
    shape = shape_of(cell)
    return None if wire.shape_of_cards(cell) == shape else shape


def shape_of(cell: Cell) -> str:
    """The fleet's version, and a mark of what all cards say."""
    told = hashlib.sha256(common().encode()).hexdigest()
    return f"{Proxy.objects.fleet_version(cell)}.{told[:12]}"


def common() -> str:
    """What all cards say, JSON."""
    told = {
        "pass_keys": {
            kid: base64.b64encode(key).decode() for kid, key in sorted(public_keys().items())
        },
        "trust_seconds": int(settings.PASS_HOURS) * HOUR_MS // 1000,
        "usage_script": usage.counting_script().sha,
    }
    return json.dumps(told)
