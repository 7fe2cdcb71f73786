"""What happens to configurations."""

from dataclasses import dataclass

from lantern_pro.jobs.events import Event
from lantern_pro.types import Millis, UserId


@dataclass(frozen=True, slots=True)
class ConfigAskedFor(Event):
    """A Pro user asked for their configuration by mail; ``at`` tells one asking from the next."""

    user_id: UserId
    at: Millis
