"""What follows from invitations."""

from dataclasses import dataclass
from typing import ClassVar

from lantern_pro import clock
from lantern_pro.jobs.job import JobArguments, LeasedJob
from lantern_pro.jobs.registry import job
from lantern_pro.types import PurchaseId, UserId
from referrals import managers
from referrals.services import bonuses


@dataclass(frozen=True, slots=True)
class NoteInvitee(JobArguments):
    """Enter an invitee in the inviter's list."""

    kind: ClassVar[str] = "note_invitee"
    inviter_id: UserId
    invitee_id: UserId

    @property
    def about(self) -> int:
        """The inviter."""
        return self.inviter_id


@dataclass(frozen=True, slots=True)
class RewardInviter(JobArguments):
    """See whether a purchase earned the buyer's inviter a bonus."""

    kind: ClassVar[str] = "reward_inviter"
    invitee_id: UserId
    purchase_id: PurchaseId
    plan: str
    months: int

    @property
    def about(self) -> int:
        """The buyer."""
        return self.invitee_id


@dataclass(frozen=True, slots=True)
class CreditInviter(JobArguments):
    """Give an inviter the bonus for one invitee."""

    kind: ClassVar[str] = "credit_inviter"
    inviter_id: UserId
    invitee_id: UserId
    purchase_id: PurchaseId
    plan: str
    months: int

    @property
    def about(self) -> int:
        """The inviter."""
        return self.inviter_id


@job(NoteInvitee)
def note_invitee(leased: LeasedJob, arguments: NoteInvitee) -> None:
    """Enter the invitee."""
    managers.note_invitee(
        inviter_id=arguments.inviter_id,
        invitee_id=arguments.invitee_id,
        now=clock.now(),
        fence=leased.fence,
    )


@job(RewardInviter)
def reward_inviter(leased: LeasedJob, arguments: RewardInviter) -> None:
    """Let the inviter earn, if there is one and this is the purchase that counts."""
    bonuses.reward_inviter(
        invitee_id=arguments.invitee_id,
        purchase_id=arguments.purchase_id,
        plan=arguments.plan,
        months=arguments.months,
        fence=leased.fence,
    )


@job(CreditInviter)
def credit_inviter(leased: LeasedJob, arguments: CreditInviter) -> None:
    """Give the bonus."""
    bonuses.credit_inviter(
        inviter_id=arguments.inviter_id,
        invitee_id=arguments.invitee_id,
        purchase_id=arguments.purchase_id,
        plan=arguments.plan,
        months=arguments.months,
        fence=leased.fence,
    )
