"""What must hold of invitations (law 6)."""

from collections.abc import Iterator

from accounts.keys import INVITEES, TIME_LEDGER, USERS
from lantern_pro.store.client import text_client
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


LAWS = (Law(6, "invitations mirror, and bonuses are for paid invitees", pairs_mirror),)
