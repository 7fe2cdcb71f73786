"""Invoices of subscriptions at Stripe."""

from collections.abc import Iterator
from contextlib import suppress
from typing import Any, Final

import stripe

from billing.errors import PaymentPending, StripeUnreachable
from billing.gateways.base import Invoice, Paid
from billing.gateways.stripe_catalogue import product_of
from billing.gateways.stripe_client import client, reaching, readable, said
from lantern_pro.types import Millis, Minor

PAGE: Final = 100
HELD_BY: Final = "held_by"
"""Says in an invoice's metadata why we keep it from being charged."""
_PAYMENTS: Final = "payments.data.payment.payment_intent"
_ITEM: Final = ("parent", "subscription_item_details", "subscription_item")
_PRODUCT: Final = ("pricing", "price_details", "product")


def plan_in(metadata: Any) -> str:
    """The plan that metadata of ours name; empty when they name none."""
    return str(metadata.to_dict().get("plan", "")) if metadata else ""


def read_invoice(told: Any) -> Invoice:
    """An invoice as Stripe tells it, for the time of the line that is for the longest.

    Of one for several items of a subscription only the lines of our plan count; ``LookupError``
    when there are none.
    """
    details = told.parent.subscription_details
    plan = plan_in(details.metadata)
    line = max(_lines_of(told, plan), key=lambda each: each.period.end - each.period.start)
    return Invoice(
        invoice=str(told.id),
        status=str(told.status),
        is_renewal=told.billing_reason != "subscription_create",
        attempts=int(told.attempt_count),
        plan=plan,
        amount=Minor(int(told.amount_paid)),
        currency=str(told.currency),
        start=Millis(int(line.period.start) * 1000),
        end=Millis(int(line.period.end) * 1000),
        page=str(told.hosted_invoice_url or ""),
        is_held=bool(said(told.to_dict(), HELD_BY)),
    )


def _lines_of(told: Any, plan: str) -> list[Any]:
    lines: list[Any] = told.lines.data
    if len({_named(each, *_ITEM) for each in lines} - {""}) <= 1:
        return lines
    ours = [each for each in lines if _named(each, *_PRODUCT) == product_of(plan)]
    if not ours:
        message = f"no line of {told.id} is for {plan}"
        raise LookupError(message)
    return ours


def _named(line: Any, *path: str) -> str:
    """What a line names somewhere; empty when it does not."""
    found = line.to_dict()
    for each in path:
        found = (found or {}).get(each)
    return str(found or "")


def paid_invoices(subscription: str) -> Iterator[Invoice]:
    """The invoices of a subscription that are paid, the newest first; none that is unreadable."""
    asked: dict[str, Any] = {
        "subscription": subscription,
        "status": "paid",
        "limit": PAGE,
    }
    while True:
        with reaching(unknown=StripeUnreachable):
            page: Any = client().v1.invoices.list(asked)  # type: ignore[arg-type]
        yield from filter(None, (readable(read_invoice, each) for each in page.data))
        if not page.has_more:
            return
        asked["starting_after"] = page.data[-1].id


def payment_of(invoice: str) -> Paid:
    """What paid an invoice; ``PaymentPending`` while nothing has.

    What was paid otherwise than by a payment of Stripe's own (a payment that was recorded, a charge
    of old) is paid without a charge, as is what nothing was due on.
    """
    with reaching(unknown=StripeUnreachable):
        told: Any = client().v1.invoices.retrieve(invoice, {"expand": [_PAYMENTS]})
    if told.status != "paid":
        raise PaymentPending
    for each in told.payments.data:
        intent = each.payment.to_dict().get("payment_intent")
        if each.status == "paid" and intent:
            return Paid(str(intent["id"]), str(intent["latest_charge"]))
    return Paid(invoice, "")


def hold_due(subscription: str, why: str) -> bool:
    """Keep what is due from being charged by itself, and note why; whether there was anything.

    A draft is not finalized then, and an open one not tried again, until it is let go.
    """
    due = [each for each in _due(subscription) if each.auto_advance]
    for invoice in due:
        _update(invoice.id, {"auto_advance": False, "metadata": {HELD_BY: why}})
    return bool(due)


def let_go(subscription: str) -> bool:
    """Let what we have held go on by itself; whether there was anything. All else stays."""
    held = [each for each in _due(subscription) if said(each.to_dict(), HELD_BY)]
    for invoice in held:
        _update(invoice.id, {"auto_advance": True, "metadata": {HELD_BY: ""}})
    return bool(held)


def _update(invoice: str, changes: dict[str, Any]) -> None:
    with suppress(stripe.InvalidRequestError), reaching(unknown=StripeUnreachable):
        client().v1.invoices.update(invoice, changes)  # type: ignore[arg-type]


def void_open(subscription: str) -> None:
    """Void what a subscription leaves unpaid, so that nobody pays for what has ended."""
    for invoice in _in_state(subscription, "open"):
        with suppress(stripe.InvalidRequestError), reaching(unknown=StripeUnreachable):
            client().v1.invoices.void_invoice(invoice.id)  # refused: it was paid meanwhile


def _due(subscription: str) -> list[Any]:
    return [*_in_state(subscription, "draft"), *_in_state(subscription, "open")]


def _in_state(subscription: str, status: str) -> list[Any]:
    asked: dict[str, Any] = {"subscription": subscription, "status": status, "limit": PAGE}
    with reaching(unknown=StripeUnreachable):
        page: Any = client().v1.invoices.list(asked)  # type: ignore[arg-type]
    return list(page.data)
