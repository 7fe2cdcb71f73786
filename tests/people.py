"""Users as scripts' tests need them, made by the script that makes them."""

from itertools import count

from accounts.models import User
from accounts.services.referral_codes import new_code
from accounts.services.tokens import current_kid
from lantern_pro import clock
from lantern_pro.api.spending import Spending
from lantern_pro.store.keys import new_id
from lantern_pro.types import Cell, UserId

HERE = Cell(0)
_numbers = count(1)


def a_user(*, cell: Cell = HERE, device_id: str = "device-1") -> UserId:
    """Make a user."""
    made = User.objects.create(
        user_id=UserId(new_id(cell)),
        device_id=device_id,
        now=clock.now(),
        signup_digest=f"digest-{next(_numbers)}",
        signup_ttl_ms=60_000,
        referral=new_code(cell),
        kid=current_kid(),
        locale="",
        spending=Spending.nothing(cell),
    )
    assert made is not None
    return made
