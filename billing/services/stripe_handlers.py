"""What each type of Stripe's events makes us look at: one table, type -> handler.

A handler gets the id of the object that the event names, and the cell of the job that looks. It
asks Stripe how that object is now (never what the event said of it) and answers with what has
happened, as events of ``billing/events.py`` in that cell; ``lantern_pro/flows.py`` says what
follows. It may run many times for one fact, because many events may tell of it, so what follows is
keyed by the fact. An object that Stripe does not know, or that is none of ours, is nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Final

from billing.events import PaymentReported
from billing.gateways import stripe
from lantern_pro.jobs.events import Event
from lantern_pro.store.keys import cell_of
from lantern_pro.types import Cell, PurchaseId

Handler = Callable[[str, Cell], Sequence[Event]]


def payment_moved(payment_intent: str, cell: Cell) -> Sequence[Event]:
    """A payment succeeded or failed: its purchase is to be settled."""
    purchase_id = PurchaseId(stripe.purchase_of_intent(payment_intent))
    try:
        cell_of(purchase_id)
    except ValueError:  # a payment of somebody else's on the same account
        return ()
    return [PaymentReported(cell, purchase_id)]


HANDLERS: Final[Mapping[str, Handler]] = {
    "payment_intent.succeeded": payment_moved,
    "payment_intent.payment_failed": payment_moved,
}
"""The types that say something to us. Any other is acknowledged, counted and left alone."""
