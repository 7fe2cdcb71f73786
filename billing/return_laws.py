"""What must hold of money that went back (law 3)."""

import json
from collections.abc import Iterator
from functools import partial

from accounts.keys import TIME_LEDGER, USERS
from billing.gateways.base import DISPUTE, LOST, Stands
from billing.keys import PURCHASES, REFUNDS, RETURNS, SUBSCRIPTIONS
from billing.managers.returns import returns_of
from lantern_pro.jobs.keys import JOBS
from lantern_pro.jobs.settled import settled_faults
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import text_id
from lantern_pro.store.laws import Law
from lantern_pro.types import Cell, PurchaseId


def what_went_back_is_taken(cell: Cell) -> Iterator[str]:
    """Law 3: money that went back has its entry of time, and nothing else takes any."""
    client = text_client()
    for name, _ in client.zscan_iter(PURCHASES.by("id", cell=cell), count=500):
        purchase_id = PurchaseId(name)
        if client.exists(RETURNS(purchase_id=purchase_id)):
            yield from settled_faults(cell, "follow_returns", partial(_not_taken, purchase_id))
        for refund_id, text in client.hgetall(REFUNDS(purchase_id=purchase_id)).items():
            job = text_id(cell, f"settle_refund.{purchase_id}.{refund_id}")
            if json.loads(text)["state"] == "begun" and not client.exists(JOBS.row(job)):
                yield f"refund {refund_id} of {purchase_id} is open and no job will settle it"


def _not_taken(purchase_id: PurchaseId) -> list[str]:
    client = text_client()
    user_id, amount, returned = client.hmget(
        PURCHASES.row(purchase_id), ["user_id", "amount_minor", "returned_minor"]
    )
    known = returns_of(purchase_id)
    wanted: dict[str, int] = {
        each.fact: each.minor for each in known if each.stands >= Stands.TAKEN
    }
    wanted |= {
        f"restored.{each.fact}": -each.minor for each in known if each.stands == Stands.RESTORED
    }
    faults = []
    back = min(int(amount), sum(each.minor for each in known if each.stands == Stands.TAKEN))
    if int(returned or 0) != back:
        faults.append(f"purchase {purchase_id}: {returned} is said to be back, and {back} is")
    if client.exists(USERS.row(int(user_id))):
        entries = client.hgetall(TIME_LEDGER(user_id=int(user_id)))
        told = {fact: json.loads(text) for fact, text in entries.items()}
        taken = {
            fact: entry["back"]
            for fact, entry in told.items()
            if "back" in entry and entry["because"] == purchase_id
        }
        if taken != wanted:
            faults.append(f"purchase {purchase_id}: {wanted} went back, and {taken} was taken")
    return faults


def what_is_lost_is_not_renewed(cell: Cell) -> Iterator[str]:
    """Law 3: a subscription of which a payment was lost to a dispute has ended.

    While a dispute is open the subscription may know of its end before the purchase does.
    """
    client = text_client()
    for name, _ in client.zscan_iter(PURCHASES.by("id", cell=cell), count=500):
        purchase_id = PurchaseId(name)
        if client.exists(RETURNS(purchase_id=purchase_id)):
            yield from settled_faults(cell, "look_at_subscription", partial(_renews, purchase_id))


def _renews(purchase_id: PurchaseId) -> list[str]:
    client = text_client()
    named, user_id = client.hmget(PURCHASES.row(purchase_id), ["subscription", "user_id"])
    if not named or not client.exists(USERS.row(int(user_id))):
        return []
    state = client.hget(SUBSCRIPTIONS.row(named), "state")
    known = returns_of(purchase_id)
    if state == "ended" or all((each.kind, each.state) != (DISPUTE, LOST) for each in known):
        return []
    return [f"subscription {named} is {state}, and {purchase_id} was lost to a dispute"]


LAWS = (
    Law(3, "what went back is taken back, once", what_went_back_is_taken),
    Law(3, "what is lost to a dispute is not renewed", what_is_lost_is_not_renewed),
)
