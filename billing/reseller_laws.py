"""What must hold of resellers' codes (law 14)."""

from collections.abc import Iterator
from functools import partial
from typing import Final

from accounts.keys import USERS
from billing.keys import PURCHASES, RESELLER_BATCHES, RESELLER_CODES
from lantern_pro.jobs.settled import settled_faults
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.store.laws import Law
from lantern_pro.types import Cell

GIVING: Final = "give_reseller_time"


def redeemed_codes_have_given(cell: Cell) -> Iterator[str]:
    """A code that was redeemed gave its time to who redeemed it, or a job will give it."""
    client = text_client()
    redeemed = RESELLER_CODES.by("redeemed", cell=cell)
    for code_id, _ in client.zscan_iter(redeemed, count=500):
        user_id, purchase_id = client.hmget(RESELLER_CODES.row(code_id), ["user_id", "purchase_id"])
        look = partial(_given_faults, code_id, int(user_id), purchase_id)
        theirs = partial(settled_faults, cell_of(purchase_id), GIVING, look)
        yield from settled_faults(cell, GIVING, theirs)


def _given_faults(code_id: str, user_id: int, purchase_id: str) -> list[str]:
    client = text_client()
    if not client.exists(USERS.row(user_id)):
        return []
    state = client.hget(PURCHASES.row(purchase_id), "state")
    is_given = state not in {None, "begun", "declined"}
    return [] if is_given else [f"code {code_id}: redeemed by {user_id}, purchase is {state}"]


def batches_count_their_codes(cell: Cell) -> Iterator[str]:
    """A batch says how many codes it has, and how many of them were redeemed."""
    client = text_client()
    before = _told(cell)
    seen: dict[str, list[int]] = {}
    for code_id, _ in client.zscan_iter(RESELLER_CODES.by("id", cell=cell), count=500):
        batch, user_id = client.hmget(RESELLER_CODES.row(code_id), ["batch", "user_id"])
        count = seen.setdefault(batch, [0, 0])
        count[0] += 1
        count[1] += user_id is not None
    for batch, told in _told(cell).items():
        counted = seen.get(batch, [0, 0])
        if told == before.get(batch) and told != counted:  # nothing happened meanwhile
            yield f"batch {batch} says {told} codes and redeemed; there are {counted}"


def _told(cell: Cell) -> dict[str, list[int]]:
    client = text_client()
    return {
        batch: [int(n) for n in client.hmget(RESELLER_BATCHES.row(batch), ["codes", "redeemed"])]
        for batch, _ in client.zscan_iter(RESELLER_BATCHES.by("id", cell=cell), count=500)
    }


LAWS = (
    Law(14, "a redeemed code has given its time", redeemed_codes_have_given),
    Law(14, "a batch counts its codes", batches_count_their_codes),
)
