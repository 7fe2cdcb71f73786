"""What must hold of promotions (law 13)."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from accounts.keys import USERS
from billing.keys import PROMOTION_USES, PURCHASES, SUBSCRIPTIONS
from billing.managers.promotions import CATALOGUE_CELL
from billing.models import Promotion, Subscription
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
            look = partial(_came_to_nothing, promotion.pk, purchase_id)
            yield from settled_faults(cell, "settle_promotion_use", look)


def _came_to_nothing(promotion: str, name: str) -> list[str]:
    client = text_client()
    of, state = client.hmget(PURCHASES.row(name), ["promotion", "state"])
    if state is None:
        of, state = client.hmget(SUBSCRIPTIONS.row(name), ["promotion", "state"])
        is_paid = client.hget(PROMOTION_USES(promotion=promotion, cell=CATALOGUE_CELL), name)
        state = None if state == "ended" and is_paid != "paid" else state
    stands = of == promotion and state not in {None, "declined"}
    return [] if stands else [f"promotion {promotion}: a use by {name}, which came to nothing"]


def purchases_are_uses(cell: Cell) -> Iterator[str]:
    """Each purchase by a promotion, open or paid, is one of its uses."""
    client = text_client()
    for purchase_id, _ in client.zscan_iter(PURCHASES.by("id", cell=cell), count=500):
        row = PURCHASES.row(purchase_id)
        promotion, state, renews = client.hmget(row, ["promotion", "state", "subscription"])
        if not promotion or state not in COUNTS:
            continue
        uses = PROMOTION_USES(promotion=promotion, cell=CATALOGUE_CELL)

        def look(
            purchase_id: str = purchase_id, uses: str = uses, name: str = renews or purchase_id
        ) -> list[str]:
            fault = f"purchase {purchase_id} is by a promotion, and no use of it"
            return [] if client.hexists(uses, name) else [fault]

        yield from settled_faults(
            cell, KEEPING, partial(settled_faults, CATALOGUE_CELL, KEEPING, look)
        )


def subscriptions_are_uses(cell: Cell) -> Iterator[str]:
    """Each subscription by a promotion that waits for its first payment is one of its uses."""
    client = text_client()
    for name, _ in client.zscan_iter(SUBSCRIPTIONS.by("id", cell=cell), count=500):
        fields = ["promotion", "state", "user_id"]
        promotion, state, user_id = client.hmget(SUBSCRIPTIONS.row(name), fields)
        if (
            not promotion
            or state not in Subscription.UNPAID_YET
            or not client.exists(USERS.row(int(user_id)))
        ):
            continue
        uses = PROMOTION_USES(promotion=promotion, cell=CATALOGUE_CELL)
        if not client.hexists(uses, name):
            yield f"subscription {name} is by a promotion, and no use of it"


LAWS = (
    Law(13, "each use of a promotion is a purchase", uses_are_purchases),
    Law(13, "each purchase by a promotion is a use of it", purchases_are_uses),
    Law(13, "each subscription begun by a promotion is a use of it", subscriptions_are_uses),
)
