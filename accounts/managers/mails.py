"""How mails to users are remembered: pointers to them, and what became of those to an address."""

import json
from dataclasses import asdict, dataclass
from typing import Final, Literal

from django.conf import settings

from accounts.keys import MAIL_STANDING, MAILS, USERS
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Fence, Work
from lantern_pro.store.client import text_client
from lantern_pro.store.scripts import script
from lantern_pro.types import Cell, Millis, UserId

STANDING_TTL_MS: Final = 2 * 365 * 24 * 60 * 60 * 1000

_NEVER: Final = Millis(0)

EventKind = Literal["bounced", "complained", "soft", "delivered"]


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of a letter: a sender has it, the address was refused, or we kept it back.

    ``sender`` and ``id`` are the pointer, when there is one; ``why`` says why there is none.
    """

    name: str
    at: Millis
    state: Literal["sent", "refused", "withheld"]
    sender: str = ""
    id: str = ""
    why: str = ""

    def as_json(self) -> str:
        """The entry as it is kept."""
        return json.dumps(asdict(self), separators=(",", ":"))


@dataclass(frozen=True, slots=True)
class Standing:
    """When mails to an address last came back, were complained of, or arrived; 0 is never."""

    bounced: Millis = _NEVER
    complained: Millis = _NEVER
    soft: Millis = _NEVER
    delivered: Millis = _NEVER
    why: str = ""

    @property
    def trouble(self) -> Literal["", "bounced", "complained"]:
        """Why the address is written to only when its owner asks; empty when it is well.

        A delivery after a bounce shows that the address is there again; no delivery takes back a
        complaint.
        """
        if self.complained:
            return "complained"
        return "bounced" if self.bounced > self.delivered else ""


def record_mail(*, user_id: UserId, posted: Posted, fence: Fence) -> None:
    """Keep the pointer to a mail; the job that sent it is done then."""
    outcome = ledger.apply(
        "accounts/record_mail",
        Work.of(fence),
        user=USERS.row(user_id),
        mails=MAILS(user_id=user_id),
        entry=posted.as_json(),
    )
    match outcome:
        case ["recorded"]:
            return
    raise AssertionError(outcome)


def mails_of(user_id: UserId, *, most: int) -> list[Posted]:
    """The newest mails to a user."""
    kept = text_client().lrange(MAILS(user_id=user_id), 0, most - 1)
    return [Posted(**json.loads(entry)) for entry in kept]


def note_mail_event(*, digest: str, kind: EventKind, at: Millis, why: str) -> bool:
    """Note what became of a mail to an address; False when that says nothing new."""
    outcome = script("accounts/note_mail_event")(
        standing=_standing_key(digest), kind=kind, at=at, why=why, ttl_ms=STANDING_TTL_MS
    )
    match outcome:
        case ["noted"]:
            return True
        case ["known" | "no_trouble"]:
            return False
    raise AssertionError(outcome)


def standing_of(digest: str) -> Standing:
    """What is known of an address, by its keyed hash."""
    kept = text_client().hgetall(_standing_key(digest))
    times = {kind: Millis(int(told)) for kind, told in kept.items() if kind != "why"}
    return Standing(**times, why=kept.get("why", ""))


def forget_standing(digest: str) -> bool:
    """Forget what is known of an address; False when nothing was."""
    return bool(text_client().delete(_standing_key(digest)))


def _standing_key(digest: str) -> str:
    """An address belongs to no user's cell; its hash chooses one."""
    cell = Cell(int(digest[:8], 16) % settings.CELLS)
    return MAIL_STANDING(digest=digest, cell=cell)
