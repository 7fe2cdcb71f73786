"""How an account is erased: its row, its indexes and every key that is its own."""

import json
from collections.abc import Mapping, Sequence
from typing import Final, Literal

from accounts.keys import (
    INVITEES,
    RECOVERY_WORDS,
    REFERRAL_CODE,
    REMOVED_DEVICES,
    SIGNUP,
    UNCONFIRMED,
    USERS,
)
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import NewJob, Work
from lantern_pro.store.backend.shape import shape_of_table
from lantern_pro.store.backend.store import Changes
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of, declared_keys
from lantern_pro.types import Millis, UserId

_LEFT_TO_JOBS: Final = (INVITEES,)
"""Keys from which a job reads what it must undo elsewhere, before it deletes them."""


def erase(
    *, user_id: UserId, row: Mapping[str, str], follow: Sequence[NewJob]
) -> Literal["erased", "changed", "no_such_user"]:
    """Erase an account whose row is still as it was read, and stage what follows."""
    shape = shape_of_table(USERS.name)
    indexes = Changes(shape, before=row, after=None)
    outcome = ledger.apply(
        "accounts/erase_user",
        Work(cell_of(user_id), follow=follow),
        more=[*indexes.keys, *_own_keys(user_id, row)],
        user=USERS.row(user_id),
        unconfirmed=UNCONFIRMED(cell=cell_of(user_id)),
        user_id=user_id,
        seen=json.dumps(dict(row)),
        indexes=len(indexes.keys),
        changes=indexes.changes,
    )
    match outcome:
        case ["erased"]:
            return "erased"
        case ["changed"]:
            return "changed"
        case ["no_such_user"]:
            return "no_such_user"
    raise AssertionError(outcome)


def _own_keys(user_id: UserId, row: Mapping[str, str]) -> list[str]:
    """Every key of the account's own: those that accounts declare by the user's id alone."""
    cell = cell_of(user_id)
    named = [
        key(user_id=user_id)
        for key in declared_keys()
        if key.app == USERS.app and key.parts == ["user_id"] and key not in _LEFT_TO_JOBS
    ]
    named.append(REFERRAL_CODE(code=row["referral"], cell=cell))
    if "signup" in row:
        named.append(SIGNUP(digest=row["signup"], cell=cell))
    if "words" in row:
        named.append(RECOVERY_WORDS(digest=row["words"], cell=cell))
    return named


def removed_devices(user_id: UserId) -> list[tuple[str, Millis]]:
    """Devices that were taken off, and when."""
    found = text_client().zrange(REMOVED_DEVICES(user_id=user_id), 0, -1, withscores=True)
    return [(device_id, Millis(int(when))) for device_id, when in found]
