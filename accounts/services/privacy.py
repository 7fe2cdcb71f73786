"""What a user may ask about the data on them: to have it told, and to have it erased."""

import hmac
from dataclasses import dataclass
from typing import Any, Final

from accounts.errors import WrongConfirmation
from accounts.events import UserErased
from accounts.managers import erasure
from accounts.models import User
from accounts.services.personal import lookup_hash, seal
from lantern_pro import clock
from lantern_pro.errors import NotYet
from lantern_pro.jobs.events import following
from lantern_pro.store.keys import cell_of
from lantern_pro.store.privacy import all_holdings, end_before_erasure, look_before_erasure
from lantern_pro.types import Millis, UserId

CONFIRM_WITHIN_MS: Final = 10 * 60 * 1000
_TRIES: Final = 20


@dataclass(frozen=True, slots=True)
class Confirmation:
    """What makes an erasure certain: shown to the owner of the account, who sends it back."""

    text: str
    until: Millis


def export_user(user_id: UserId) -> dict[str, Any]:
    """All that is held on a user, by name."""
    return {holding.name: holding.tell(user_id) for holding in all_holdings()}


def ask_to_erase(user_id: UserId, token: str) -> Confirmation:
    """Begin an erasure, by whoever has been authenticated: nothing is erased yet."""
    look_before_erasure(user_id)
    until = Millis(clock.now() + CONFIRM_WITHIN_MS)
    return Confirmation(_confirmation(user_id, token, until), until)


def erase_user(user_id: UserId, token: str, confirmation: str) -> None:
    """Erase a user at once, for whoever shows the confirmation and the token that it was for.

    The confirmation is proof of both, so that the same call repeated is answered alike although
    the user is gone.
    """
    _check(user_id, token, confirmation)
    for _ in range(_TRIES):
        account = User.objects.get_account(user_id)
        if account is None:
            return
        end_before_erasure(user_id)
        look_before_erasure(user_id)
        event = UserErased(
            cell=cell_of(user_id),
            user_id=user_id,
            inviter_id=UserId(int(account.row.get("inviter_id", 0))),
            address=seal(account.row["email_hash"]) if "email_hash" in account.row else "",
        )
        outcome = erasure.erase(user_id=user_id, row=account.row, follow=following(event))
        if outcome != "changed":
            return
    raise NotYet


def _check(user_id: UserId, token: str, confirmation: str) -> None:
    told, _, _ = confirmation.partition(".")
    until = Millis(int(told)) if told.isdecimal() and len(told) < len("1" + 15 * "0") else Millis(0)
    expected = _confirmation(user_id, token, until)
    if not hmac.compare_digest(expected.encode(), confirmation.encode()) or clock.now() > until:
        raise WrongConfirmation(field="confirmation")


def _confirmation(user_id: UserId, token: str, until: Millis) -> str:
    return f"{until}.{lookup_hash('erase', f'{user_id}|{token}|{until}')}"
