"""What follows from invitations."""

from dataclasses import dataclass
from typing import ClassVar

from lantern_pro.jobs.job import JobArguments, LeasedJob, NewJob
from lantern_pro.jobs.registry import job
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Millis, PurchaseId, UserId
from referrals import managers
from referrals.services import bonuses, codes, erasure


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
    at: Millis

    @property
    def about(self) -> int:
        """The inviter."""
        return self.inviter_id


@dataclass(frozen=True, slots=True)
class TakeBackBonus(JobArguments):
    """Take from an inviter what a purchase had earned them, as far as its money went back."""

    kind: ClassVar[str] = "take_back_bonus"
    inviter_id: UserId
    purchase_id: PurchaseId
    takings: str
    fact: str

    @property
    def about(self) -> int:
        """The inviter."""
        return self.inviter_id


@dataclass(frozen=True, slots=True)
class ForgetInvitations(JobArguments):
    """A user was erased: tell those whom they invited, a page of them at a time, and who did."""

    kind: ClassVar[str] = "forget_invitations"
    user_id: UserId
    inviter_id: UserId
    fact: str
    page: int

    @classmethod
    def of(cls, user_id: UserId, inviter_id: UserId, fact: str, page: int = 0) -> NewJob:
        """The job for a page; the inviter is told with the first."""
        arguments = cls(user_id, inviter_id, fact, page)
        return NewJob(cell_of(user_id), arguments, f"{fact}.{page}")


@dataclass(frozen=True, slots=True)
class ForgetInvitee(JobArguments):
    """Take an erased user off their inviter's list."""

    kind: ClassVar[str] = "forget_invitee"
    inviter_id: UserId
    invitee_id: UserId

    @property
    def about(self) -> int:
        """The inviter."""
        return self.inviter_id


@dataclass(frozen=True, slots=True)
class ForgetInviter(JobArguments):
    """Take the code of an erased user off an account that came by it."""

    kind: ClassVar[str] = "forget_inviter"
    invitee_id: UserId

    @property
    def about(self) -> int:
        """The invitee."""
        return self.invitee_id


@job(NoteInvitee)
def note_invitee(leased: LeasedJob, arguments: NoteInvitee) -> None:
    """Enter the invitee."""
    codes.note_invitee(
        inviter_id=arguments.inviter_id, invitee_id=arguments.invitee_id, fence=leased.fence
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
        at=arguments.at,
        fence=leased.fence,
    )


@job(TakeBackBonus)
def take_back_bonus(leased: LeasedJob, arguments: TakeBackBonus) -> None:
    """Take it back."""
    bonuses.take_back_bonus(
        inviter_id=arguments.inviter_id,
        takings=arguments.takings,
        fact=arguments.fact,
        fence=leased.fence,
    )


@job(ForgetInvitations)
def forget_invitations(leased: LeasedJob, arguments: ForgetInvitations) -> None:
    """Stage what undoes a page of invitations."""
    next_page = ForgetInvitations.of(
        arguments.user_id, UserId(0), arguments.fact, arguments.page + 1
    )
    erasure.forget_invitations(
        user_id=arguments.user_id,
        inviter_id=arguments.inviter_id,
        fence=leased.fence,
        next_page=next_page,
    )


@job(ForgetInvitee)
def forget_invitee(leased: LeasedJob, arguments: ForgetInvitee) -> None:
    """Take the erased user off the list."""
    managers.forget_invitee(
        inviter_id=arguments.inviter_id, invitee_id=arguments.invitee_id, fence=leased.fence
    )


@job(ForgetInviter)
def forget_inviter(leased: LeasedJob, arguments: ForgetInviter) -> None:
    """Take the code off."""
    managers.forget_inviter(invitee_id=arguments.invitee_id, fence=leased.fence)
