"""A whole account, as one round trip reads it."""

import json
from dataclasses import dataclass
from typing import Any

from accounts.keys import DEVICE_NAMES, DEVICES, INVITEES, NOTICES, TIME_LEDGER, USERS
from accounts.managers.recovery import Notice
from lantern_pro.store.client import TextClient
from lantern_pro.types import Millis, UserId


@dataclass(frozen=True, slots=True)
class Device:
    """A device of an account."""

    device_id: str
    name: str
    first_seen: Millis


@dataclass(frozen=True, slots=True)
class TimeEntry:
    """An entry of the ledger of Pro time.

    ``span_ms`` is what it added, or took away; ``because`` names what it was given for: a
    purchase's id. A gift of time is of so many ``months`` and ``days``; a taking says how much
    money went ``back`` (less than nothing: came again) ``of`` what was paid, in the smallest unit.
    ``device_limit`` is for how many devices a purchase is; 0 where it does not say.
    """

    fact: str
    seq: int
    kind: str
    at: Millis
    span_ms: int
    plan: str
    because: str
    months: int = 0
    days: int = 0
    back: int = 0
    of: int = 0
    device_limit: int = 0

    @property
    def is_taking(self) -> bool:
        """Whether it takes time back, or restores what was taken, rather than giving some."""
        return self.of > 0


@dataclass(frozen=True, slots=True)
class Account:
    """All that one user is told of themself, read in one round trip."""

    row: dict[str, str]
    devices: list[Device]
    time_ledger: list[TimeEntry]
    invitees: list[UserId]
    notices: list[Notice]


_ALWAYS = ("seq", "kind", "at", "span_ms", "plan", "because")
_SOMETIMES = ("months", "days", "back", "of", "device_limit")


def read_time_ledger(entries: dict[str, str]) -> list[TimeEntry]:
    """Read the ledger of Pro time in its order."""
    read = [TimeEntry(fact=fact, **_entry(text)) for fact, text in entries.items()]
    return sorted(read, key=lambda entry: entry.seq)


def _entry(text: str) -> dict[str, Any]:
    told = json.loads(text)
    return {name: told[name] for name in _ALWAYS} | {name: told.get(name, 0) for name in _SOMETIMES}


def ask_for_account(pipe: TextClient, user_id: UserId) -> None:
    """Let a pipeline ask for all that ``account_in`` reads."""
    pipe.hgetall(USERS.row(user_id))
    pipe.zrange(DEVICES(user_id=user_id), 0, -1, withscores=True)
    pipe.hgetall(DEVICE_NAMES(user_id=user_id))
    pipe.hgetall(TIME_LEDGER(user_id=user_id))
    pipe.zrange(INVITEES(user_id=user_id), 0, -1)
    pipe.lrange(NOTICES(user_id=user_id), 0, -1)


def account_in(read: list[Any]) -> Account | None:
    """The account that the answers tell; None when there is none."""
    row, devices, names, ledger, invitees, notices = read
    if not row:
        return None
    return Account(
        row=row,
        devices=[
            Device(device_id, names.get(device_id, ""), Millis(int(first_seen)))
            for device_id, first_seen in devices
        ],
        time_ledger=read_time_ledger(ledger),
        invitees=[UserId(int(invitee)) for invitee in invitees],
        notices=[Notice.from_json(text) for text in notices],
    )
