"""What must hold of purchases (laws 3, 7 and 12, as far as they are billing's)."""

from collections.abc import Iterator

from accounts.events import UserErased
from accounts.keys import TIME_LEDGER, USERS
from billing.keys import PURCHASES, SUBSCRIPTIONS, USER_PURCHASES, USER_SUBSCRIPTION
from billing.managers import PERSONAL_COLUMNS
from lantern_pro.jobs.keys import JOBS
from lantern_pro.jobs.settled import settled_faults
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import text_id
from lantern_pro.store.laws import Law
from lantern_pro.types import Cell, UserId


def paid_is_given(cell: Cell) -> Iterator[str]:
    """Law 3: a paid purchase has its entry of time, no other has one, and an open one its job."""
    client = text_client()
    for purchase_id, _ in client.zscan_iter(PURCHASES.by("id", cell=cell), count=500):
        with client.pipeline(transaction=True) as pipe:
            pipe.hmget(PURCHASES.row(purchase_id), ["state", "user_id", "payment_intent"])
            pipe.exists(JOBS.row(text_id(cell, f"settle_purchase.{purchase_id}")))
            (state, user_id, payment_intent), has_job = pipe.execute()
        if not client.exists(USERS.row(int(user_id))):
            continue  # erased, and the ledger of time with them
        entries = client.hgetall(TIME_LEDGER(user_id=int(user_id)))
        entry = any(f'"because":"{purchase_id}"' in text for text in entries.values())
        if (state == "paid") != entry:
            yield f"purchase {purchase_id} is {state}; it has given time: {entry}"
        if state == "paid" and f"purchase.{payment_intent}" not in entries:
            yield f"purchase {purchase_id}: no entry names its payment {payment_intent}"
        if state in {"begun", "waiting"} and not has_job:
            yield f"purchase {purchase_id} is open and no job will settle it"


def proxies_are_bought(cell: Cell) -> Iterator[str]:
    """Law 12: how many proxies a user is to have is what a purchase that they paid is for."""
    client = text_client()
    for user_id, _ in client.zscan_iter(USERS.by("id", cell=cell), count=500):
        wanted = client.hget(USERS.row(int(user_id)), "proxies_wanted")
        if wanted is None:
            continue
        ids = client.zrange(USER_PURCHASES(user_id=int(user_id)), 0, -1)
        with client.pipeline(transaction=False) as pipe:
            for purchase_id in ids:
                pipe.hmget(PURCHASES.row(purchase_id), ["proxies", "payment_intent"])
            bought = [proxies for proxies, paid_by in pipe.execute() if paid_by]
        if wanted not in bought:
            yield f"user {UserId(int(user_id))}: {wanted} proxies, and none bought for as many"


def the_erased_are_in_the_books_only(cell: Cell) -> Iterator[str]:
    """Law 7: of a purchase whose buyer is gone, nothing is kept that tells of a person."""
    client = text_client()
    for purchase_id, _ in client.zscan_iter(PURCHASES.by("id", cell=cell), count=500):
        user_id = UserId(int(client.hget(PURCHASES.row(purchase_id), "user_id")))
        if client.exists(USERS.row(user_id)):
            continue

        def look(purchase_id: str = purchase_id) -> list[str]:
            kept = client.hmget(PURCHASES.row(purchase_id), PERSONAL_COLUMNS)
            names = [name for name, value in zip(PERSONAL_COLUMNS, kept, strict=True) if value]
            return [f"purchase {purchase_id}: its buyer is gone, and it has {names}"] * bool(names)

        erased = UserErased(cell, user_id, UserId(0))
        yield from settled_faults(cell, erased.fact, look)


def subscriptions_are_looked_after(cell: Cell) -> Iterator[str]:
    """Law 3: a subscription that has not ended is looked at again, and is its user's only one."""
    client = text_client()
    for name, _ in client.zscan_iter(SUBSCRIPTIONS.by("id", cell=cell), count=500):
        state, user_id, check_at = client.hmget(
            SUBSCRIPTIONS.row(name), ["state", "user_id", "check_at"]
        )
        if not client.exists(USERS.row(int(user_id))):
            continue
        open_one = client.get(USER_SUBSCRIPTION(user_id=int(user_id)))
        if (state == "ended") != (check_at is None):
            yield f"subscription {name} is {state}, and looked at again: {check_at}"
        if (state != "ended") != (open_one == name):
            yield f"subscription {name} is {state}, and its user's open one is {open_one}"


def changes_are_looked_after(cell: Cell) -> Iterator[str]:
    """Law 3: a subscription that is to be another plan has a job that sees to it."""
    client = text_client()
    for name, _ in client.zscan_iter(SUBSCRIPTIONS.by("id", cell=cell), count=500):
        plan, key = client.hmget(SUBSCRIPTIONS.row(name), ["change_to", "change_key"])
        if key and not client.exists(JOBS.row(text_id(cell, f"look_at_subscription.{name}.{key}"))):
            yield f"subscription {name} is to be {plan}, and no job will see to it"


def loans_are_few(cell: Cell) -> Iterator[str]:
    """Law 3: at most one loan of a subscription is open, and none once it has ended."""
    client = text_client()
    for name, _ in client.zscan_iter(SUBSCRIPTIONS.by("id", cell=cell), count=500):
        state, user_id = client.hmget(SUBSCRIPTIONS.row(name), ["state", "user_id"])
        facts = client.hkeys(TIME_LEDGER(user_id=int(user_id)))
        own = {fact for fact in facts if fact.startswith(f"grace.{name}.")}
        given = {fact for fact in own if not fact.endswith(".back")}
        loans = sum(f"{fact}.back" not in own for fact in given)
        if loans > (state != "ended"):
            yield f"subscription {name} is {state}, and {loans} loans are open"


LAWS = (
    Law(3, "every subscription that is open is looked after", subscriptions_are_looked_after),
    Law(3, "every change of a subscription is looked after", changes_are_looked_after),
    Law(3, "what is lent for a subscription is lent once", loans_are_few),
    Law(3, "what is paid is given, once, and what is open is looked after", paid_is_given),
    Law(12, "the proxies that a user is to have were bought", proxies_are_bought),
    Law(7, "of the erased only the books' record is kept", the_erased_are_in_the_books_only),
)
