"""What happens to accounts."""

from dataclasses import dataclass

from lantern_pro.jobs.events import Event
from lantern_pro.types import UserId


@dataclass(frozen=True, slots=True)
class ProTimeGained(Event):
    """A user's Pro time grew by the entry that ``fact`` names; perhaps they just became Pro."""

    user_id: UserId
    fact: str
