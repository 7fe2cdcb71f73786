"""Taking in anew what Stripe has told in a span of time: its own list of events is walked."""

from collections.abc import Callable
from dataclasses import dataclass

from billing.gateways import stripe_events
from billing.gateways.base import EventPointer
from billing.managers import stripe_events as kept
from billing.services.stripe_handlers import HANDLERS
from billing.services.webhooks import take
from lantern_pro.types import Millis


@dataclass(slots=True)
class Replayed:
    """What came of it: how many events there were, and how many of them were what."""

    seen: int = 0
    taken: int = 0
    known: int = 0
    ignored: int = 0

    def __str__(self) -> str:
        return (
            f"{self.seen} events: {self.taken} taken in, {self.known} known before, "
            f"{self.ignored} of other types"
        )


def is_new(pointer: EventPointer) -> bool:
    """Whether an event would be taken in; nothing is changed."""
    return not kept.is_known(pointer.event_id)


def replay(
    *,
    since: Millis,
    until: Millis,
    taking: Callable[[EventPointer], bool] = take,
    tell: Callable[[EventPointer, Replayed], None],
) -> Replayed:
    """Take in every event of a span of time that was not, the newest first; twice is as once.

    ``tell`` hears of each event. Events that nobody handles are left alone, and not counted as
    having come.
    """
    count = Replayed()
    for pointer in stripe_events.events(since=since, until=until):
        count.seen += 1
        if pointer.type not in HANDLERS:
            count.ignored += 1
        elif taking(pointer):
            count.taken += 1
        else:
            count.known += 1
        tell(pointer, count)
    return count
