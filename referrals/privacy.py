"""What referrals must finish before a user is erased; they hold nothing on one themselves."""

from typing import Final

from accounts.models import User
from lantern_pro.store.keys import cell_of, text_id
from lantern_pro.types import JobId, UserId
from referrals import managers
from referrals.errors import BonusUnderWay
from referrals.jobs import RewardInviter
from referrals.services.bonuses import INVITED_FACT


def refuse_while_rewarding(user_id: UserId) -> None:
    """Whoever invited them earns by what this user's ledger says, which goes with the user."""
    account = User.objects.get_account(user_id)
    for entry in account.time_ledger if account else ():
        rewarding = JobId(text_id(cell_of(user_id), f"{RewardInviter.kind}.{entry.because}"))
        if entry.fact == INVITED_FACT and managers.is_on_its_way(rewarding):
            raise BonusUnderWay(waits_for=rewarding)


LOOK_BEFORE_ERASURE: Final = (refuse_while_rewarding,)
