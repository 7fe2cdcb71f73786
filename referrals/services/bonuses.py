"""What an invitation earns: both sides get the same, by the length of the plan bought."""

from typing import Final

from accounts.events import ProTimeGained
from accounts.models import User
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import Fence
from lantern_pro.store.keys import cell_of
from lantern_pro.types import PurchaseId, UserId
from referrals import managers
from referrals.events import InviterEarned

BONUS_MONTHS: Final = {12: 1, 24: 3}
"""Months of the plan -> months of bonus, as the service promised its users in public."""

INVITED_FACT: Final = "invited"
"""Names the invitee's own bonus in their ledger of time: one in a lifetime."""


def bonus_months(plan_months: int) -> int:
    """The bonus of each side for a plan of so many months."""
    return BONUS_MONTHS.get(plan_months, 0)


def reward_inviter(
    *, invitee_id: UserId, purchase_id: PurchaseId, plan: str, months: int, fence: Fence
) -> None:
    """Let the inviter earn, if this purchase is the one that gave the invitee a bonus."""
    account = User.objects.get_account(invitee_id)
    entries = account.time_ledger if account else []
    inviter_id = managers.inviter_of(invitee_id)
    earned = any(entry.fact == INVITED_FACT and entry.because == purchase_id for entry in entries)
    if not earned or inviter_id is None:
        ledger.complete(fence)
        return
    bonus = bonus_months(months)
    event = InviterEarned(cell_of(invitee_id), invitee_id, inviter_id, purchase_id, plan, bonus)
    ledger.complete(fence, *following(event))


def credit_inviter(
    *,
    inviter_id: UserId,
    invitee_id: UserId,
    purchase_id: PurchaseId,
    plan: str,
    months: int,
    fence: Fence,
) -> None:
    """Give the inviter their bonus."""
    gained = ProTimeGained(cell_of(inviter_id), inviter_id, f"referral.{invitee_id}")
    managers.credit_inviter(
        inviter_id=inviter_id,
        invitee_id=invitee_id,
        purchase_id=purchase_id,
        plan=plan,
        months=months,
        now=clock.now(),
        fence=fence,
        follow=following(gained),
    )
