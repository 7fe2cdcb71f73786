"""Stripe's books, as the stand-in has them: what was charged, for which subscription, and when."""

from collections.abc import Sequence
from typing import Final

from devstack.drill_billing.facts import BANK, DAY
from devstack.standin import Object
from devstack.stripe_standin import StripeStandin

FIRST: Final = "subscription_create"
"""Why the first invoice of a subscription is made."""


def charges(standin: StripeStandin) -> Sequence[Object]:
    """All that was paid, the first first."""
    return [each for each in standin.journal.all("charge") if each["paid"]]


def invoice_of(standin: StripeStandin, charge: Object) -> Object | None:
    """The invoice that a charge has paid; None for a single purchase."""
    intent = standin.journal.get(charge["payment_intent"]) or {}
    return standin.journal.get(intent.get("_invoice") or "")


def is_past(standin: StripeStandin, charge: Object) -> bool:
    """Whether a charge was made by now in each way of telling.

    What was held for a dispute is charged when we have heard that it is decided: somewhat later in
    one way than in another.
    """
    invoice = invoice_of(standin, charge)
    is_renewal = invoice is not None and invoice["billing_reason"] != FIRST
    return not is_renewal or charge["created"] <= standin.clock.now() - DAY


def subscription_of(invoice: Object) -> str:
    """The subscription at Stripe that an invoice is of."""
    return str(invoice["parent"]["subscription_details"]["subscription"])


def charges_of(standin: StripeStandin, subscription: str) -> Sequence[tuple[Object, Object]]:
    """What was paid for a subscription, with the invoices, the first first."""
    found = ((each, invoice_of(standin, each)) for each in charges(standin))
    return [
        (charge, invoice)
        for charge, invoice in found
        if invoice and subscription_of(invoice) == subscription
    ]


def disputes_of(standin: StripeStandin, subscription: str) -> Sequence[Object]:
    """The disputes of what was paid for a subscription, the first first."""
    own = {charge["id"] for charge, _ in charges_of(standin, subscription)}
    return [each for each in standin.journal.all("dispute") if each["charge"] in own]


def decided_at(standin: StripeStandin, dispute: Object) -> int | None:
    """When a bank decided about a dispute, Unix seconds; None while it has not."""
    for event in standin.journal.all("event"):
        told = event["data"]["object"]
        if event["type"] == "charge.dispute.closed" and told["id"] == dispute["id"]:
            return int(event["created"])
    return None


def waiting_for(standin: StripeStandin, purchase: str, at: str) -> Object | None:
    """The page, or the payment at the bank, of a purchase of ours; None when it never began."""
    kind = "payment_intent" if at == BANK else "checkout.session"
    named = (
        each for each in standin.journal.all(kind) if each["metadata"].get("purchase") == purchase
    )
    return next(named, None)
