"""What must hold of purchases (laws 2 and 3, as far as they are billing's)."""

from collections.abc import Iterator

from accounts.keys import TIME_LEDGER
from billing.keys import PURCHASES
from lantern_pro.jobs.keys import JOBS
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import text_id
from lantern_pro.store.laws import Law
from lantern_pro.types import Cell


def paid_is_given(cell: Cell) -> Iterator[str]:
    """Law 3: a paid purchase has its entry of time, no other has one, and an open one its job."""
    client = text_client()
    for purchase_id, _ in client.zscan_iter(PURCHASES.by("id", cell=cell), count=500):
        with client.pipeline(transaction=True) as pipe:
            pipe.hmget(PURCHASES.row(purchase_id), ["state", "user_id", "payment_intent"])
            pipe.exists(JOBS.row(text_id(cell, f"settle_purchase.{purchase_id}")))
            (state, user_id, payment_intent), has_job = pipe.execute()
        entries = client.hgetall(TIME_LEDGER(user_id=int(user_id)))
        entry = any(f'"because":"{purchase_id}"' in text for text in entries.values())
        if (state == "paid") != entry:
            yield f"purchase {purchase_id} is {state}; it has given time: {entry}"
        if state == "paid" and f"purchase.{payment_intent}" not in entries:
            yield f"purchase {purchase_id}: no entry names its payment {payment_intent}"
        if state == "begun" and not has_job:
            yield f"purchase {purchase_id} is open and no job will settle it"


LAWS = (Law(3, "what is paid is given, once, and what is open is looked after", paid_is_given),)
