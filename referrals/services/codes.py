"""Attaching a referral code to an account, and entering who came by it."""

from accounts.models import User
from accounts.services.referral_codes import read_code
from lantern_pro import clock
from lantern_pro.errors import NotYet
from lantern_pro.jobs import ledger
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import Fence
from lantern_pro.store.keys import cell_of
from lantern_pro.types import UserId
from referrals import managers
from referrals.errors import ReferralRing, WrongReferralCode
from referrals.events import InviterErased, ReferralAttached

_TRIES = 5


def attach_referral(*, user_id: UserId, written: str) -> None:
    """Attach the code that a user wrote; each refusal is an error of ``referrals.errors``."""
    read = read_code(written)
    inviter_id = User.objects.owner_of_code(*read) if read else None
    if read is None or inviter_id is None:
        raise WrongReferralCode(field="code")
    event = ReferralAttached(cell_of(user_id), user_id, inviter_id)
    for _ in range(_TRIES):
        chain = managers.chain_above(inviter_id)
        if any(inviter == user_id for _, inviter in chain):
            raise ReferralRing(field="code")
        if managers.attach(
            user_id=user_id,
            inviter_id=inviter_id,
            code=read[0],
            now=clock.now(),
            chain=chain,
            follow=following(event),
        ):
            return
    raise NotYet


def note_invitee(*, inviter_id: UserId, invitee_id: UserId, fence: Fence) -> None:
    """Enter an invitee in their inviter's list. The job is done then.

    Either may have been erased while the job waited, in a cell of their own. So the invitee is
    looked for after they were entered: who is erased later is taken off later.
    """
    now = clock.now()
    if not managers.note_invitee(
        inviter_id=inviter_id, invitee_id=invitee_id, now=now, fence=fence
    ):
        ledger.complete(fence, *following(InviterErased(cell_of(inviter_id), invitee_id)))
    elif managers.inviter_of(invitee_id) == inviter_id:
        ledger.complete(fence)
    else:
        managers.forget_invitee(inviter_id=inviter_id, invitee_id=invitee_id, fence=fence)
