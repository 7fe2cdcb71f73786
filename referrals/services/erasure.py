"""Undoing the invitations of a user who was erased."""

from typing import Final

from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import Fence, NewJob
from lantern_pro.store.keys import cell_of
from lantern_pro.types import UserId
from referrals import managers
from referrals.events import InviteeErased, InviterErased

PAGE: Final = 100


def forget_invitations(
    *, user_id: UserId, inviter_id: UserId, fence: Fence, next_page: NewJob
) -> None:
    """Stage what takes the erased user off other accounts; ``inviter_id`` is 0 for none."""
    cell, page = cell_of(user_id), managers.invitees_of(user_id, most=PAGE)
    follow = [job for each in page for job in following(InviterErased(cell, each))]
    if inviter_id:
        follow += following(InviteeErased(cell, inviter_id, user_id))
    if len(page) == PAGE:
        follow.append(next_page)
    managers.forget_invitees(user_id=user_id, invitees=page, fence=fence, follow=follow)
