"""What happens to accounts."""

from dataclasses import dataclass

from lantern_pro.jobs.events import Event
from lantern_pro.types import UserId


@dataclass(frozen=True, slots=True)
class ProTimeGained(Event):
    """A user's Pro time grew by the entry that ``fact`` names; perhaps they just became Pro."""

    user_id: UserId
    fact: str


@dataclass(frozen=True, slots=True)
class DevicesChanged(Event):
    """A device joined, left, or has another id; ``fact`` numbers the change."""

    user_id: UserId
    fact: str


@dataclass(frozen=True, slots=True)
class TokenReset(Event):
    """An account's token is another now; ``fact`` numbers it."""

    user_id: UserId
    fact: str
