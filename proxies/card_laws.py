"""What must hold of proxies' cards (law 5)."""

import json
from collections.abc import Iterator
from functools import partial

from lantern_pro.jobs.settled import settled_faults
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell, ProxyId
from proxies import keys, wire
from proxies.models import Proxy
from proxies.services.cards import common

PAGE = 500


def cards_are_right(cell: Cell) -> Iterator[str]:
    """Law 5: every proxy's card tells whom it serves, and the keys of passes as they are now."""
    yield from settled_faults(cell, "publish_cards", partial(_card_faults, cell))


def _card_faults(cell: Cell) -> list[str]:
    faults, after, told_to_all = [], ProxyId(0), json.loads(common())
    while page := wire.proxies_after(cell, after, PAGE):
        cards = text_client().mget([keys.CARD(proxy_id=each) for each in page])
        for record, card in zip(Proxy.objects.records(page), cards, strict=True):
            if card is None:
                faults.append(f"proxy {record.id} has no card")
            elif json.loads(card) != {**told_to_all, "track": record.track.value}:
                faults.append(f"proxy {record.id}: the card is not of its track or these settings")
        after = page[-1]
    return faults
