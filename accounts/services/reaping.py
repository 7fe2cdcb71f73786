"""Taking accounts away that were made and never used."""

from collections.abc import Sequence
from typing import Final

from django.conf import settings

from accounts.models import User
from lantern_pro import clock
from lantern_pro.jobs.job import Fence
from lantern_pro.types import Cell, Millis, UserId

DAY_MS: Final = 24 * 60 * 60 * 1000
PAGE: Final = 200


def never_used(cell: Cell) -> Sequence[UserId]:
    """Accounts of a cell that nobody has confirmed in time, the oldest first; a page of them."""
    before = Millis(clock.now() - settings.UNCONFIRMED_DAYS * DAY_MS)
    return User.objects.unconfirmed(cell, before=before, most=PAGE)


def reap_user(user_id: UserId, fence: Fence) -> None:
    """Take an account away, unless it is in use after all. The job is done then."""
    User.objects.reap(user_id=user_id, fence=fence)
