"""What must hold of promotions (law 13)."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from billing.keys import PROMOTION_USES, PURCHASES
from billing.managers.promotions import CATALOGUE_CELL
from billing.models import Promotion
from lantern_pro.jobs.settled import settled_faults
from lantern_pro.store.client import text_client
from lantern_pro.store.laws import Law
from lantern_pro.types import Cell

KEEPING: Final = "keep_promotion_use"
COUNTS: Final = frozenset({"begun", "waiting", "paid"})
"""States of a purchase that takes a use."""


def uses_are_purchases(cell: Cell) -> Iterator[str]:
    """Each use of a promotion is a purchase that has not come to nothing, or a job will look."""
    if cell != CATALOGUE_CELL:
        return
    client = text_client()
    for promotion in Promotion.objects.all():
        uses = PROMOTION_USES(promotion=promotion.pk, cell=cell)
        for purchase_id, _ in client.hscan_iter(uses, count=500):

            def look(purchase_id: str = purchase_id, promotion: str = promotion.pk) -> list[str]:
                kept = client.hmget(PURCHASES.row(purchase_id), ["promotion", "state"])
                stands = kept[0] == promotion and kept[1] not in {None, "declined"}
                told = f"promotion {promotion}: a use by {purchase_id}, which came to nothing"
                return [told] * int(not stands)

            yield from settled_faults(cell, "settle_promotion_use", look)


def purchases_are_uses(cell: Cell) -> Iterator[str]:
    """Each purchase by a promotion, open or paid, is one of its uses."""
    client = text_client()
    for purchase_id, _ in client.zscan_iter(PURCHASES.by("id", cell=cell), count=500):
        row = PURCHASES.row(purchase_id)
        promotion, state = client.hmget(row, ["promotion", "state"])
        if not promotion or state not in COUNTS:
            continue
        uses = PROMOTION_USES(promotion=promotion, cell=CATALOGUE_CELL)

        def look(purchase_id: str = purchase_id, uses: str = uses) -> list[str]:
            fault = f"purchase {purchase_id} is by a promotion, and no use of it"
            return [] if client.hexists(uses, purchase_id) else [fault]

        yield from settled_faults(
            cell, KEEPING, partial(settled_faults, CATALOGUE_CELL, KEEPING, look)
        )


LAWS = (
    Law(13, "each use of a promotion is a purchase", uses_are_purchases),
    Law(13, "each purchase by a promotion is a use of it", purchases_are_uses),
)
