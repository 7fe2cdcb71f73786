"""What recovery keeps: whose words are whose, and what the account's devices are told."""

import json
from dataclasses import asdict, dataclass
from typing import Literal

from accounts.keys import NOTICES, RECOVERY_WORDS, USERS
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.store.scripts import script
from lantern_pro.types import Cell, Millis, UserId


@dataclass(frozen=True, slots=True)
class Notice:
    """Something that all devices of an account are told.

    ``recovered``: a device joined by a way other than another device's consent; ``words``: the
    account has new recovery words. ``device_id`` is the device that did it.
    """

    kind: Literal["recovered", "words"]
    at: Millis
    way: str
    device_id: str
    name: str

    def as_json(self) -> str:
        """The notice as it is kept."""
        return json.dumps(asdict(self), separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> "Notice":
        """Read a notice back."""
        return cls(**json.loads(text))


def set_words(*, user_id: UserId, digest: str, now: Millis, notice: Notice | None) -> bool:
    """Give an account new words; False when it got others at the same moment."""
    old = text_client().hget(USERS.row(user_id), "words") or ""
    cell = cell_of(user_id)
    outcome = script("accounts/set_recovery_words")(
        user=USERS.row(user_id),
        words=RECOVERY_WORDS(digest=digest, cell=cell),
        old_words=RECOVERY_WORDS(digest=old or "none", cell=cell),
        notices=NOTICES(user_id=user_id),
        user_id=user_id,
        digest=digest,
        old_digest=old,
        now=now,
        notice=notice.as_json() if notice else "",
    )
    match outcome:
        case ["set"]:
            return True
        case ["changed" | "no_such_user"]:
            return False
    raise AssertionError(outcome)


def owner_of_words(digest: str, cell: Cell) -> UserId | None:
    """Whose words they are, by their slow hash: one look, whether or not they are somebody's."""
    found = text_client().get(RECOVERY_WORDS(digest=digest, cell=cell))
    return UserId(int(found)) if found else None
