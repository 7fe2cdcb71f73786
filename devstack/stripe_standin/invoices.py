"""Invoices of subscriptions: made, finalized, paid or not."""

from dataclasses import replace

from devstack.standin import Object
from devstack.stripe_standin.call import Call
from devstack.stripe_standin.coupons import take_off
from devstack.stripe_standin.errors import StripeError
from devstack.stripe_standin.intents import WHEN_PAID, confirm, new_intent
from devstack.stripe_standin.params import Params

DAY = 86_400
FINALIZED_AFTER = 3_600
"""A renewal's invoice stays a draft for an hour."""
_TRANSITIONS = ("finalized_at", "marked_uncollectible_at", "paid_at", "voided_at")
RETRIES = (3 * DAY, 5 * DAY, 7 * DAY)
"""When a payment that failed is tried again; then the subscription ends."""


def new_invoice(call: Call, subscription: Object, reason: str) -> Object:
    """Make the invoice of a subscription's present period, as a draft."""
    items = subscription["items"]["data"]
    price, period = items[0]["price"], _period_of(items[0])
    amount = sum(each["price"]["unit_amount"] for each in items)
    invoice = call.make(
        "invoice",
        "in",
        **_amounts(amount, take_off(call, subscription)),
        attempt_count=0,
        attempted=False,
        auto_advance=True,
        billing_reason=reason,
        collection_method="charge_automatically",
        confirmation_secret=None,
        currency=price["currency"],
        customer=subscription["customer"],
        hosted_invoice_url=None,
        metadata={},
        next_payment_attempt=None,
        number=None,
        parent=_parent(subscription),
        period_start=period["start"],
        period_end=period["end"],
        status="draft",
        status_transitions=dict.fromkeys(_TRANSITIONS),
    )
    invoice["lines"] = _list([_line(call, subscription, each) for each in items])
    invoice["payments"] = _list([])
    invoice["_finalize_at"] = call.now + FINALIZED_AFTER
    subscription["latest_invoice"] = invoice["id"]
    call.put(invoice)
    call.emit("invoice.created", invoice)
    return invoice


def _amounts(amount: int, off: list[Object]) -> Object:
    """What is due, by the price and what discounts take off it."""
    due = amount - sum(each["amount"] for each in off)
    return {
        "amount_due": due,
        "amount_paid": 0,
        "amount_remaining": due,
        "discounts": [each["discount"] for each in off],
        "subtotal": amount,
        "total": due,
        "total_discount_amounts": off,
    }


def _parent(subscription: Object) -> Object:
    details = {"metadata": subscription["metadata"], "subscription": subscription["id"]}
    kind = "subscription_details"
    return {"type": kind, "quote_details": None, kind: details}


def _period_of(item: Object) -> Object:
    return {"start": item["current_period_start"], "end": item["current_period_end"]}


def _line(call: Call, subscription: Object, item: Object) -> Object:
    price, kind = item["price"], "subscription_item_details"
    line = call.make(
        "line_item",
        "il",
        amount=price["unit_amount"],
        currency=subscription["currency"],
        period=_period_of(item),
    )
    details = {
        "proration": False,
        "subscription": subscription["id"],
        "subscription_item": item["id"],
    }
    prices = {"price": price["id"], "product": price["product"]}
    return {
        **line,
        "metadata": subscription["metadata"],
        "parent": {"type": kind, kind: details},
        "pricing": {"type": "price_details", "price_details": prices},
        "quantity": 1,
    }


def _list(items: list[Object]) -> Object:
    return {"object": "list", "data": items, "has_more": False, "url": ""}


def finalize(call: Call, invoice: Object) -> None:
    """Close a draft; from now on it can be paid."""
    intent = new_intent(
        call,
        invoice["amount_due"],
        invoice["currency"],
        customer=invoice["customer"],
        description="Subscription",
        setup_future_usage="off_session",
        _invoice=invoice["id"],
    )
    call.put(intent)
    call.emit("payment_intent.created", intent)
    payment = call.make(
        "invoice_payment",
        "inpay",
        amount_paid=None,
        amount_requested=invoice["amount_due"],
        currency=invoice["currency"],
        invoice=invoice["id"],
        is_default=True,
        payment={"type": "payment_intent", "payment_intent": intent["id"]},
        status="open",
    )
    secret = {"client_secret": intent["client_secret"], "type": "payment_intent"}
    invoice.update(
        status="open",
        number=f"{invoice['id'][-8:].upper()}-0001",
        hosted_invoice_url=f"{call.base_url}/invoices/{invoice['id']}",
        confirmation_secret=secret,
        payments=_list([payment]),
        _finalize_at=None,
        _intent=intent["id"],
    )
    invoice["status_transitions"]["finalized_at"] = call.now
    call.put(invoice)
    call.emit("invoice.finalized", invoice)


def attempt(call: Call, invoice: Object, method: Object | None, *, present: bool) -> bool:
    """Try to pay an open invoice; ``present`` says whether the customer can be asked."""
    intent = call.find("payment_intent", invoice["_intent"])
    words = [] if present else [("off_session", "true")]
    asking = replace(call, params=Params(words))
    invoice.update(attempted=True, attempt_count=invoice["attempt_count"] + 1)
    call.put(invoice)
    if method is None:
        _failed(call, invoice)
        return False
    try:
        return bool(confirm(asking, intent, method)["status"] == "succeeded")
    except StripeError:
        _failed(call, invoice)
        return False


def _failed(call: Call, invoice: Object) -> None:
    tried = invoice["attempt_count"]
    more = invoice["billing_reason"] == "subscription_cycle" and tried <= len(RETRIES)
    invoice["next_payment_attempt"] = call.now + RETRIES[tried - 1] if more else None
    call.put(invoice)
    call.emit("invoice.payment_failed", invoice)


def is_paid(call: Call, intent: Object) -> None:
    """Close the invoice that a payment was for."""
    if not intent.get("_invoice"):
        return
    invoice = call.find("invoice", intent["_invoice"])
    invoice.update(
        status="paid",
        amount_paid=invoice["amount_due"],
        amount_remaining=0,
        auto_advance=False,
        next_payment_attempt=None,
        attempted=True,
    )
    invoice["status_transitions"]["paid_at"] = call.now
    [payment] = invoice["payments"]["data"]
    payment.update(status="paid", amount_paid=invoice["amount_due"])
    call.put(invoice)
    call.emit("invoice.paid", invoice)
    call.emit("invoice.payment_succeeded", invoice)


WHEN_PAID.append(is_paid)


def update_invoice(call: Call, invoice_id: str) -> Object:
    """``POST /v1/invoices/:id``: whether it goes on by itself, and what it says of itself."""
    invoice = call.find("invoice", invoice_id)
    if call.params.text("auto_advance") is not None:
        advances = call.params.flag("auto_advance")
        if advances and invoice["status"] not in {"draft", "open"}:
            message = f"This invoice is {invoice['status']}, and advances no more."
            raise StripeError(message, param="auto_advance", executed=True)
        invoice["auto_advance"] = advances
    call.params.merge_metadata(invoice)
    call.put(invoice)
    call.emit("invoice.updated", invoice)
    return told(call, call.find("invoice", invoice_id), "")


def void_invoice(call: Call, invoice_id: str) -> Object:
    """``POST /v1/invoices/:id/void``; what is paid cannot be taken back."""
    invoice = call.find("invoice", invoice_id)
    if invoice["status"] not in {"open", "uncollectible"}:
        message = f"Only open invoices can be voided; this one is {invoice['status']}."
        raise StripeError(message, executed=True)
    void(call, invoice)
    return told(call, call.find("invoice", invoice_id), "")


def void(call: Call, invoice: Object) -> None:
    """Take an invoice back; nobody can pay it any more."""
    if invoice.get("_intent"):
        intent = call.find("payment_intent", invoice["_intent"])
        intent.update(status="canceled", canceled_at=call.now, next_action=None)
        call.put(intent)
        call.emit("payment_intent.canceled", intent)
    invoice.update(status="void", auto_advance=False, next_payment_attempt=None)
    invoice["status_transitions"]["voided_at"] = call.now
    call.put(invoice)
    call.emit("invoice.voided", invoice)


def retrieve_invoice(call: Call, invoice_id: str) -> Object:
    """``GET /v1/invoices/:id``; its payments and its secret are told only when asked for."""
    return told(call, call.find("invoice", invoice_id), "")


def list_invoices(call: Call) -> Object:
    """``GET /v1/invoices``."""
    wanted = {name: call.params.text(name) for name in ("customer", "status")}
    page = call.page("invoice", **wanted)
    subscription = call.params.text("subscription")
    page["data"] = [
        told(call, each, "data.")
        for each in page["data"]
        if subscription in {None, each["parent"]["subscription_details"]["subscription"]}
    ]
    return page


def list_payments(call: Call) -> Object:
    """``GET /v1/invoice_payments``: those that a payment intent is for, or an invoice has."""
    intent = call.params.text("payment[payment_intent]")
    wanted = {"id": call.params.text("invoice"), "_intent": intent}
    page = call.page("invoice", **wanted)
    payments = [each["payments"]["data"] for each in page["data"]]
    return {**page, "data": [each for some in payments for each in some]}


def told(call: Call, invoice: Object, path: str) -> Object:
    """The invoice without what is told only to those who ask by ``expand[]``."""
    asked = call.params.items("expand")
    for name in ("payments", "confirmation_secret"):
        if not any(each.startswith(f"{path}{name}") for each in asked):
            invoice.pop(name, None)
    return invoice
