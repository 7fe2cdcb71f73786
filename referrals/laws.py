"""What must hold of invitations (law 6)."""

import json
from collections.abc import Iterator

from accounts.keys import INVITEES, TIME_LEDGER, USERS
from lantern_pro.jobs.settled import settled_faults
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.store.laws import Law
from lantern_pro.types import Cell, UserId


def pairs_mirror(cell: Cell) -> Iterator[str]:
    """Law 6: who is in somebody's list came by their code; every bonus is for such an invitee."""
    client = text_client()
    for member, _ in client.zscan_iter(USERS.by("id", cell=cell), count=500):
        user_id = UserId(int(member))
        for invitee in client.zrange(INVITEES(user_id=user_id), 0, -1):
            inviter = client.hget(USERS.row(int(invitee)), "inviter_id")
            if inviter != str(user_id):
                yield f"user {user_id} lists invitee {invitee}, whose inviter is {inviter}"
        for fact in client.hkeys(TIME_LEDGER(user_id=user_id)):
            if fact.startswith("referral."):
                yield from _bonus_faults(user_id, UserId(int(fact.removeprefix("referral."))))


def _bonus_faults(inviter_id: UserId, invitee_id: UserId) -> Iterator[str]:
    client = text_client()
    if not client.exists(USERS.row(invitee_id)):
        return  # erased since; the bonus stays
    if client.hget(USERS.row(invitee_id), "inviter_id") != str(inviter_id):
        yield f"user {inviter_id} had a bonus for {invitee_id}, whom they did not invite"
    if not client.hexists(TIME_LEDGER(user_id=invitee_id), "invited"):
        yield f"user {inviter_id} had a bonus for {invitee_id}, who had none themself"
    yield from _takings_faults(inviter_id, invitee_id)


def _takings_faults(inviter_id: UserId, invitee_id: UserId) -> list[str]:
    """What went back of the purchase that earned a bonus is taken from both alike."""
    fact = f"referral.{invitee_id}"
    bonus = json.loads(text_client().hget(TIME_LEDGER(user_id=inviter_id), fact))
    because = str(bonus["because"])

    def look() -> list[str]:
        theirs, own = _takings(invitee_id, because), _takings(inviter_id, because)
        words = f"user {inviter_id}: of {because} the invitee lost {theirs}, and they {own}"
        return [words] if theirs != own else []

    if not settled_faults(cell_of(invitee_id), "take_back_bonus", look):
        return []
    return settled_faults(cell_of(inviter_id), "take_back_bonus", look)


def _takings(user_id: UserId, because: str) -> dict[str, int]:
    entries = text_client().hgetall(TIME_LEDGER(user_id=user_id))
    told = {fact: json.loads(text) for fact, text in entries.items()}
    return {
        fact: entry["back"]
        for fact, entry in told.items()
        if "back" in entry and entry["because"] == because
    }


LAWS = (Law(6, "invitations mirror, and bonuses are for paid invitees", pairs_mirror),)
