"""The proxy's card: what it must know besides whom it admits, read anew with every beat."""

import base64
import binascii
import json
import logging
from typing import Any

from devstack.reference_proxy.clock import Clock
from devstack.reference_proxy.knowledge import Knowledge
from lantern_pro.types import ProxyId
from proxies import keys

log = logging.getLogger(__name__)


class CardReader:
    """Reads each proxy's card when it begins, and then every so many seconds."""

    def __init__(self, clock: Clock, *, every: float) -> None:
        """Have read none."""
        self._clock = clock
        self._every = every
        self._next: dict[ProxyId, float] = {}

    def run(self, client: Any, proxies: dict[ProxyId, Knowledge]) -> None:
        """Read those that are due."""
        now = self._clock.now()
        for proxy_id, known in proxies.items():
            if now < self._next.get(proxy_id, 0.0):
                continue
            text = client.get(keys.CARD(proxy_id=proxy_id))
            known.forget_expelled()
            if text is not None and take_over(known, text):
                self._next[proxy_id] = now + self._every


def read_pass_keys(text: str) -> dict[str, bytes]:
    """Read ``kid:base64`` by commas, as a proxy is installed with them."""
    entries = [entry.partition(":") for entry in text.split(",") if entry]
    return {kid: base64.b64decode(key, validate=True) for kid, _, key in entries}


def take_over(known: Knowledge, text: str) -> bool:
    """Take over what a card says; False, and the last good one stays, when it is broken."""
    try:
        card = json.loads(text)
        read = {
            str(kid): base64.b64decode(key, validate=True) for kid, key in card["pass_keys"].items()
        }
        track, trust_seconds = str(card["track"]), float(card["trust_seconds"])
        usage_script = str(card.get("usage_script", ""))
    except (ValueError, KeyError, TypeError, AttributeError, binascii.Error):
        log.warning("%s: the card cannot be read", known.proxy_id)
        return False
    known.pass_keys, known.track, known.trust_seconds = read, track, trust_seconds
    known.usage_script = usage_script
    return True
