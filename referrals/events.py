"""What happens in referrals."""

from dataclasses import dataclass

from lantern_pro.jobs.events import Event
from lantern_pro.types import Millis, PurchaseId, UserId


@dataclass(frozen=True, slots=True)
class ReferralAttached(Event):
    """A user attached the code of another; ``cell`` is the invitee's."""

    invitee_id: UserId
    inviter_id: UserId


@dataclass(frozen=True, slots=True)
class InviterEarned(Event):
    """An invitee's purchase earned the inviter a bonus, ``at`` (ms); ``cell`` is the invitee's."""

    invitee_id: UserId
    inviter_id: UserId
    purchase_id: PurchaseId
    plan: str
    months: int
    at: Millis


@dataclass(frozen=True, slots=True)
class BonusTakenBack(Event):
    """Money of an invitee's purchase went back, or came again; ``cell`` is the invitee's.

    ``takings`` say so to a ledger of time (``accounts/take_back``), as JSON; ``fact`` names them.
    """

    inviter_id: UserId
    purchase_id: PurchaseId
    takings: str
    fact: str


@dataclass(frozen=True, slots=True)
class InviteeErased(Event):
    """A user who had an inviter was erased; ``cell`` is the erased user's."""

    inviter_id: UserId
    invitee_id: UserId


@dataclass(frozen=True, slots=True)
class InviterErased(Event):
    """A user who had invited another was erased; ``cell`` is the erased user's."""

    invitee_id: UserId
