"""What an invitation earns: both sides get the same, by the length of the plan bought."""

from typing import Final

from accounts.events import ProTimeGained, ProTimeTakenBack
from accounts.models import User
from lantern_pro.jobs import ledger
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import Fence
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Millis, PurchaseId, UserId
from referrals import managers
from referrals.events import InviterEarned

BONUS_MONTHS: Final = {12: 1, 24: 3}
"""Months of the plan -> months of bonus, as the service promised its users in public."""

INVITED_FACT: Final = "invited"
"""Names the invitee's own bonus in their ledger of time: one in a lifetime."""


def bonus_months(plan_months: int) -> int:
    """The bonus of each side for a plan of so many months."""
    return BONUS_MONTHS.get(plan_months, 0)


def inviter_of(user_id: UserId) -> UserId | None:
    """Who invited a user."""
    return managers.inviter_of(user_id)


def reward_inviter(
    *, invitee_id: UserId, purchase_id: PurchaseId, plan: str, months: int, fence: Fence
) -> None:
    """Let the inviter earn, if this purchase is the one that gave the invitee a bonus."""
    account = User.objects.get_account(invitee_id)
    entries = account.time_ledger if account else []
    inviter_id = managers.inviter_of(invitee_id)
    bonus = [entry for entry in entries if entry.fact == INVITED_FACT]
    earned = [entry for entry in bonus if entry.because == purchase_id]
    if not earned or inviter_id is None:
        ledger.complete(fence)
        return
    event = InviterEarned(
        cell=cell_of(invitee_id),
        invitee_id=invitee_id,
        inviter_id=inviter_id,
        purchase_id=purchase_id,
        plan=plan,
        months=bonus_months(months),
        at=earned[0].at,
    )
    ledger.complete(fence, *following(event))


def credit_inviter(  # noqa: PLR0913 - the script's arguments
    *,
    inviter_id: UserId,
    invitee_id: UserId,
    purchase_id: PurchaseId,
    plan: str,
    months: int,
    at: Millis,
    fence: Fence,
) -> None:
    """Give the inviter their bonus; ``at`` is when the invitee paid."""
    gained = ProTimeGained(cell_of(inviter_id), inviter_id, f"referral.{purchase_id}")
    managers.credit_inviter(
        inviter_id=inviter_id,
        invitee_id=invitee_id,
        purchase_id=purchase_id,
        plan=plan,
        months=months,
        at=at,
        fence=fence,
        follow=following(gained),
    )


def take_back_bonus(*, inviter_id: UserId, takings: str, fact: str, fence: Fence) -> None:
    """Take what a purchase had earned an inviter, in the part in which its money went back.

    It may be told before the bonus was given, which then comes shortened; and of a purchase that
    earned them nothing, nothing is taken.
    """
    taken = ProTimeTakenBack(cell_of(inviter_id), inviter_id, fact)
    managers.take_back_bonus(
        inviter_id=inviter_id, takings=takings, fence=fence, follow=following(taken)
    )
