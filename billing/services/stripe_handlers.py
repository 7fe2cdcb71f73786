"""What each type of Stripe's events makes us look at: one table, type -> handler.

A handler gets a hint: the event's id, and that of the object that it names. It asks Stripe how the
object is now (never what the event said of it) and answers with what has happened, as events of
``billing/events.py`` in the hint's cell; ``lantern_pro/flows.py`` says what follows. Many events
may tell of one fact, so what follows is keyed by the fact; where the same thing must be looked at
again at each event, the event's id goes into the job's name. An object that Stripe does not know,
or that is none of ours, is nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from billing.events import PaymentReported
from billing.gateways import stripe
from lantern_pro.jobs.events import Event
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Cell, PurchaseId


@dataclass(frozen=True, slots=True)
class Hint:
    """What is known of an event; ``cell`` is that of the job that looks."""

    event_id: str
    object_id: str
    cell: Cell


Handler = Callable[[Hint], Sequence[Event]]


def payment_moved(hint: Hint) -> Sequence[Event]:
    """A payment succeeded or failed: its purchase is to be settled."""
    purchase_id = PurchaseId(stripe.purchase_of_intent(hint.object_id))
    try:
        cell_of(purchase_id)
    except ValueError:  # a payment of somebody else's on the same account
        return ()
    return [PaymentReported(hint.cell, purchase_id)]


HANDLERS: Final[Mapping[str, Handler]] = {
    "payment_intent.succeeded": payment_moved,
    "payment_intent.payment_failed": payment_moved,
}
"""The types that say something to us. Any other is acknowledged, counted and left alone."""
