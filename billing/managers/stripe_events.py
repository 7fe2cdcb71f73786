"""Events of Stripe's: a pointer to each, and how many came of each type."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from billing.gateways.base import EventPointer
from billing.keys import STRIPE_EVENT, STRIPE_EVENT_METER
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import NewJob, Work
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell, Millis

KEPT_MS: Final = 40 * 24 * 60 * 60 * 1000
"""How long a pointer is kept. Stripe tells of events for 30 days; then nobody can bring them."""

IGNORED: Final = "ignored"


@dataclass(frozen=True, slots=True)
class EventCounts:
    """How often events of one type were taken in, came again, or were left alone."""

    type: str
    taken: int
    repeated: int
    ignored: int


def cell_of_event(event_id: str) -> Cell:
    """The cell that keeps an event: any, as long as it is always the same."""
    return Cell(sum(event_id.encode()) % settings.CELLS)


def take(pointer: EventPointer, *, now: Millis, follow: Sequence[NewJob]) -> bool:
    """Keep the pointer to an event and stage what looks at it; False when it was known."""
    cell = cell_of_event(pointer.event_id)
    outcome = ledger.apply(
        "billing/take_stripe_event",
        Work(cell, follow=follow),
        event=STRIPE_EVENT(event_id=pointer.event_id, cell=cell),
        meter=STRIPE_EVENT_METER(cell=cell),
        type=pointer.type,
        object_id=pointer.object_id,
        created=pointer.created,
        now=now,
        ttl_ms=KEPT_MS,
    )
    match outcome:
        case ["taken"]:
            return True
        case ["known"]:
            return False
    raise AssertionError(outcome)


def is_known(event_id: str) -> bool:
    """Whether an event was taken in before."""
    cell = cell_of_event(event_id)
    return bool(text_client().exists(STRIPE_EVENT(event_id=event_id, cell=cell)))


def count_ignored(event_type: str) -> None:
    """Count an event that says nothing to us."""
    text_client().hincrby(STRIPE_EVENT_METER(cell=Cell(0)), f"{event_type}:{IGNORED}", 1)


def event_counts() -> list[EventCounts]:
    """What was counted, by type."""
    counts: Counter[str] = Counter()
    for cell in range(settings.CELLS):
        for field, count in text_client().hgetall(STRIPE_EVENT_METER(cell=Cell(cell))).items():
            counts[field] += int(count)
    return [
        EventCounts(
            each, counts[f"{each}:taken"], counts[f"{each}:repeated"], counts[f"{each}:{IGNORED}"]
        )
        for each in sorted({field.partition(":")[0] for field in counts})
    ]
