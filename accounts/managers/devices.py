"""How the devices of an account and its token are changed: one function a script."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from accounts.keys import GRANT, NOTICES, USERS, device_keys
from accounts.managers.recovery import Notice
from accounts.managers.users import Access
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import NewJob, Work
from lantern_pro.store.keys import cell_of
from lantern_pro.store.scripts import script
from lantern_pro.types import Millis, UserId


@dataclass(frozen=True, slots=True)
class Joining:
    """A device that joins; ``place`` is the device that it replaces, or empty."""

    device_id: str
    name: str
    place: str
    limit: int
    now: Millis
    devices_version: int

    def as_json(self) -> str:
        """The device as ``accounts/join_device`` (Lua) reads it."""
        return json.dumps(
            {
                "id": self.device_id,
                "name": self.name,
                "place": self.place,
                "limit": str(self.limit),
                "now": str(self.now),
                "version": str(self.devices_version),
            }
        )


Joined = Literal["added", "already_there", "full", "no_such_place", "barred", "changed"]


def add_device(*, user_id: UserId, joining: Joining, follow: Sequence[NewJob]) -> Joined:
    """Add a device by the token alone."""
    outcome = ledger.apply(
        "accounts/add_device",
        Work(cell_of(user_id), follow=follow),
        **device_keys(user_id),
        device=joining.as_json(),
    )
    match outcome:
        case ["added"]:
            return "added"
        case ["already_there"]:
            return "already_there"
        case ["full"]:
            return "full"
        case ["no_such_place"]:
            return "no_such_place"
        case ["barred" | "no_such_user"]:
            return "barred"
        case ["changed"]:
            return "changed"
    raise AssertionError(outcome)


def give_grant(*, user_id: UserId, nonce: str, life_ms: int) -> bool:
    """Give one device the right to join; False when it was given before, or to nobody."""
    outcome = script("accounts/give_grant")(
        user=USERS.row(user_id), grant=GRANT(user_id=user_id, nonce=nonce), life_ms=life_ms
    )
    match outcome:
        case ["given"]:
            return True
        case ["known" | "no_such_user"]:
            return False
    raise AssertionError(outcome)


def join_by_grant(
    *,
    user_id: UserId,
    nonce: str,
    joining: Joining,
    follow: Sequence[NewJob],
    notice: Notice | None = None,
) -> Joined:
    """Let a device join by a grant; ``barred`` when there is none for it.

    ``notice`` is what all devices of the account are told.
    """
    outcome = ledger.apply(
        "accounts/join_by_grant",
        Work(cell_of(user_id), follow=follow),
        **device_keys(user_id),
        grant=GRANT(user_id=user_id, nonce=nonce),
        notices=NOTICES(user_id=user_id),
        device=joining.as_json(),
        notice=notice.as_json() if notice else "",
    )
    match outcome:
        case ["added"]:
            return "added"
        case ["already_there"]:
            return "already_there"
        case ["full"]:
            return "full"
        case ["no_such_place"]:
            return "no_such_place"
        case ["no_grant"]:
            return "barred"
        case ["changed"]:
            return "changed"
    raise AssertionError(outcome)


def remove_device(
    *, access: Access, device_id: str, by: str, now: Millis, follow: Sequence[NewJob]
) -> Literal["removed", "not_there", "changed"]:
    """Take a device off, as the device ``by`` asks."""
    user_id = access.credentials.user_id
    outcome = ledger.apply(
        "accounts/remove_device",
        Work(cell_of(user_id), follow=follow),
        **device_keys(user_id),
        device_id=device_id,
        by=by,
        now=now,
        version=access.devices_version,
    )
    match outcome:
        case ["removed"]:
            return "removed"
        case ["not_there"]:
            return "not_there"
        case ["changed"]:
            return "changed"
    raise AssertionError(outcome)


def move_device(
    *, access: Access, old_id: str, new_id: str, follow: Sequence[NewJob]
) -> Literal["moved", "moved_before", "no_such_device", "changed"]:
    """Let a device go on under another id."""
    user_id = access.credentials.user_id
    outcome = ledger.apply(
        "accounts/move_device",
        Work(cell_of(user_id), follow=follow),
        **device_keys(user_id),
        old_id=old_id,
        new_id=new_id,
        version=access.devices_version,
    )
    match outcome:
        case ["moved"]:
            return "moved"
        case ["moved_before"]:
            return "moved_before"
        case ["no_such_device"]:
            return "no_such_device"
        case ["changed"]:
            return "changed"
    raise AssertionError(outcome)


def reset_token(
    *,
    user_id: UserId,
    epoch: int,
    kid: str,
    good_until: Millis,
    reset_key: str,
    follow: Sequence[NewJob],
) -> bool:
    """Give an account another token; False when it was reset meanwhile."""
    outcome = ledger.apply(
        "accounts/reset_token",
        Work(cell_of(user_id), follow=follow),
        user=USERS.row(user_id),
        epoch=epoch,
        kid=kid,
        good_until=good_until,
        reset_key=reset_key,
    )
    match outcome:
        case ["reset"]:
            return True
        case ["changed"]:
            return False
    raise AssertionError(outcome)
