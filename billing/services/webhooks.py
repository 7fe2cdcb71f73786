"""What Stripe tells us without being asked.

An event is only a hint. Its signature is checked, a pointer to it is kept, and it is acknowledged;
a job then looks at Stripe for how the thing that it names is *now* (``stripe_handlers``). So events
may be lost, repeated, reordered or late.
"""

from collections.abc import Sequence
from typing import Final

from billing.events import StripeEventTaken
from billing.gateways import stripe_events
from billing.gateways.base import EventPointer
from billing.managers import stripe_events as kept
from billing.services.stripe_handlers import HANDLERS, Hint
from lantern_pro import clock
from lantern_pro.jobs.events import Event, following
from lantern_pro.jobs.job import LeasedJob
from lantern_pro.jobs.worker import enter

LOOKING: Final = "looking"
"""The phase in which Stripe may have been asked; asking again changes nothing."""


def receive_stripe_event(body: bytes, signature: str) -> bool:
    """Take an event in; ``ForgedWebhook`` when it is not Stripe's, False when it says nothing."""
    pointer = stripe_events.read_webhook(body, signature)
    if pointer.type not in HANDLERS:
        kept.count_ignored(pointer.type)
        return False
    take(pointer)
    return True


def take(pointer: EventPointer) -> bool:
    """Keep a pointer and have it looked at; False when that was done before."""
    event = StripeEventTaken(
        kept.cell_of_event(pointer.event_id), pointer.event_id, pointer.type, pointer.object_id
    )
    return kept.take(pointer, now=clock.now(), follow=following(event))


def look_at(event_type: str, hint: Hint, job: LeasedJob) -> Sequence[Event]:
    """What has happened, as Stripe tells it now, to what an event of this type names."""
    handle = HANDLERS.get(event_type)
    if handle is None:  # staged by a newer release
        return ()
    enter(job, LOOKING)
    return handle(hint)
