"""Endpoints: subscriptions. What time does to them is in ``renewals.py``."""

import calendar
from datetime import UTC, datetime

from devstack.standin import Object
from devstack.stripe_standin import coupons, invoices
from devstack.stripe_standin.call import Call
from devstack.stripe_standin.catalogue import price_in
from devstack.stripe_standin.errors import StripeError, missing
from devstack.stripe_standin.intents import WHEN_PAID
from devstack.stripe_standin.methods import WHEN_DELETED

_OVER = frozenset({"canceled", "incomplete_expired"})


def period_end(anchor: int, start: int, recurring: Object) -> int:
    """When a period ends: the anchor's day of the month is kept where there is one."""
    count = recurring["interval_count"]
    if recurring["interval"] in {"day", "week"}:
        return start + int(count) * invoices.DAY * (7 if recurring["interval"] == "week" else 1)
    months = count * (12 if recurring["interval"] == "year" else 1)
    begun, first = (datetime.fromtimestamp(each, UTC) for each in (start, anchor))
    year, month = divmod(begun.year * 12 + begun.month - 1 + months, 12)
    day = min(first.day, calendar.monthrange(year, month + 1)[1])
    return int(begun.replace(year=year, month=month + 1, day=day).timestamp())


def create_subscription(call: Call) -> Object:
    """``POST /v1/subscriptions``."""
    call.params.need("customer")
    customer = call.find_named("customer", "customer") or {}
    price = price_in(call, "items[0]")
    if price is None:
        raise missing(param="items[0][price]")
    subscription = begin(
        call,
        customer,
        price,
        metadata=call.params.beneath("metadata"),
        coupon=coupons.coupon_in(call, price),
    )
    method = call.find_named("payment_method", "default_payment_method")
    subscription["default_payment_method"] = method["id"] if method else None
    subscription["cancel_at_period_end"] = call.params.flag("cancel_at_period_end")
    call.put(subscription)
    if call.params.text("payment_behavior") != "default_incomplete":
        invoice = call.find("invoice", subscription["latest_invoice"])
        invoices.attempt(call, invoice, method_of(call, subscription), present=True)
    return told(call, call.find("subscription", subscription["id"]))


def begin(
    call: Call,
    customer: Object,
    price: Object,
    *,
    metadata: Object,
    coupon: Object | None = None,
) -> Object:
    """Make a subscription whose first invoice waits to be paid."""
    if not price["recurring"]:
        message = f"The price {price['id']} is for one-time payments."
        raise StripeError(message, param="items[0][price]")
    subscription = _new(call, customer, price, metadata)
    if coupon:
        coupons.redeem(call, coupon, subscription)
    call.put(subscription)
    call.emit("customer.subscription.created", subscription)
    invoice = invoices.new_invoice(call, subscription, "subscription_create")
    invoices.finalize(call, invoice)
    return call.put(subscription)


def _new(call: Call, customer: Object, price: Object, metadata: Object) -> Object:
    subscription = call.make(
        "subscription",
        "sub",
        billing_cycle_anchor=call.now,
        cancel_at=None,
        cancel_at_period_end=False,
        canceled_at=None,
        collection_method="charge_automatically",
        currency=price["currency"],
        customer=customer["id"],
        default_payment_method=None,
        description=None,
        discounts=[],
        ended_at=None,
        latest_invoice=None,
        metadata=metadata,
        pending_setup_intent=None,
        start_date=call.now,
        status="incomplete",
    )
    item = call.make("subscription_item", "si", subscription=subscription["id"], quantity=1)
    subscription["items"] = {"object": "list", "data": [item], "has_more": False, "url": ""}
    start_period(subscription, price, call.now)
    return subscription


def start_period(subscription: Object, price: Object, start: int) -> None:
    """Let a period of a price begin; other items, which only a test puts in, go along."""
    subscription["items"]["data"][0]["price"] = price
    for item in subscription["items"]["data"]:
        recurring = item["price"]["recurring"]
        end = period_end(subscription["billing_cycle_anchor"], start, recurring)
        item.update(metadata={}, current_period_start=start, current_period_end=end)


def method_of(call: Call, subscription: Object) -> Object | None:
    """What a subscription is paid with: its own method, or else its customer's."""
    customer = call.find("customer", subscription["customer"])
    chosen = subscription["default_payment_method"]
    usual = customer["invoice_settings"]["default_payment_method"]
    return call.draft.get(chosen or usual or "")


def told(call: Call, subscription: Object) -> Object:
    """The subscription, with its latest invoice whole where that was asked for."""
    asked = [each for each in call.params.items("expand") if each.startswith("latest_invoice")]
    if asked and subscription["latest_invoice"]:
        invoice = call.find("invoice", subscription["latest_invoice"])
        subscription["latest_invoice"] = invoices.told(call, invoice, "latest_invoice.")
    return subscription


def retrieve_subscription(call: Call, subscription_id: str) -> Object:
    """``GET /v1/subscriptions/:id``."""
    return told(call, call.find("subscription", subscription_id))


def list_subscriptions(call: Call) -> Object:
    """``GET /v1/subscriptions``; those that ended are listed only when asked for."""
    status = call.params.text("status")
    page = call.page("subscription", customer=call.params.text("customer"))
    if status in {None, "all"}:
        kept = [each for each in page["data"] if status or each["status"] not in _OVER]
    else:
        kept = [each for each in page["data"] if each["status"] == status]
    return {**page, "data": kept}


def update_subscription(call: Call, subscription_id: str) -> Object:
    """``POST /v1/subscriptions/:id``: its end, its method, its price (without proration)."""
    subscription = call.find("subscription", subscription_id)
    if subscription["status"] in _OVER:
        if not all(name.startswith("metadata[") for name, _ in call.params.pairs):
            message = f"A canceled subscription can only update its metadata: {subscription_id}"
            raise StripeError(message, executed=True)
        call.params.merge_metadata(subscription)
        return call.put(subscription)
    if call.params.text("cancel_at_period_end") is not None:
        set_end(call, subscription, ends=call.params.flag("cancel_at_period_end"))
    if method := call.find_named("payment_method", "default_payment_method"):
        subscription["default_payment_method"] = method["id"]
    call.params.merge_metadata(subscription)
    price = price_in(call, "items[0]")
    if price:
        _change_price(call, subscription, price)
    call.put(subscription)
    call.emit("customer.subscription.updated", subscription)
    return told(call, call.find("subscription", subscription_id))


def set_end(call: Call, subscription: Object, *, ends: bool) -> None:
    """Let a subscription end with its period, or go on after all."""
    item = subscription["items"]["data"][0]
    subscription.update(
        cancel_at_period_end=ends,
        cancel_at=item["current_period_end"] if ends else None,
        canceled_at=call.now if ends else None,
    )


def _change_price(call: Call, subscription: Object, price: Object) -> None:
    """Another price holds from the next period on; another length begins a period now."""
    [item] = subscription["items"]["data"]
    if call.params.text("items[0][id]") != item["id"]:
        message = "This stand-in knows subscriptions of one item: name it by items[0][id]."
        raise StripeError(message, param="items[0][id]")
    if call.params.text("proration_behavior") != "none":
        message = "This stand-in does not prorate: send proration_behavior=none."
        raise StripeError(message, param="proration_behavior")
    lengths = [(each["interval"], each["interval_count"]) for each in
               (item["price"]["recurring"], price["recurring"])]  # fmt: skip
    if lengths[0] == lengths[1]:
        item["price"] = price
        return
    subscription["billing_cycle_anchor"] = call.now
    start_period(subscription, price, call.now)
    invoice = invoices.new_invoice(call, subscription, "subscription_update")
    call.put(subscription)
    invoices.finalize(call, invoice)
    if invoices.attempt(call, invoice, method_of(call, subscription), present=False):
        subscription.update(call.find("subscription", subscription["id"]))
    elif call.params.text("payment_behavior") == "error_if_incomplete":
        message, code = "Your card was declined.", "card_declined"
        raise StripeError(message, status=402, error_type="card_error", code=code)
    else:
        subscription["status"] = "past_due"


def cancel_subscription(call: Call, subscription_id: str) -> Object:
    """``DELETE /v1/subscriptions/:id``."""
    subscription = call.find("subscription", subscription_id)
    if subscription["status"] in _OVER:
        message = f"No such subscription: '{subscription_id}'"
        raise StripeError(message, status=404, code="resource_missing", param="id")
    return end(call, subscription)


def end(call: Call, subscription: Object) -> Object:
    """End a subscription at once."""
    subscription.update(status="canceled", ended_at=call.now)
    subscription["canceled_at"] = subscription["canceled_at"] or call.now
    call.put(subscription)
    call.emit("customer.subscription.deleted", subscription)
    return subscription


def has_paid(call: Call, intent: Object) -> None:
    """Let a subscription whose invoice was paid be active, and keep what it was paid with."""
    if not intent.get("_invoice"):
        return
    invoice = call.find("invoice", intent["_invoice"])
    subscription = call.find(
        "subscription", invoice["parent"]["subscription_details"]["subscription"]
    )
    if subscription["status"] in _OVER:
        return
    method = call.find("payment_method", intent["payment_method"])
    if method["customer"] is None:
        method["customer"] = subscription["customer"]
        call.put(method)
    if subscription["default_payment_method"] is None:
        subscription["default_payment_method"] = method["id"]
    subscription["status"] = "active"
    call.put(subscription)
    call.emit("customer.subscription.updated", subscription)


WHEN_PAID.append(has_paid)


def end_all_of(call: Call, customer: Object) -> None:
    """End what is paid by a customer who is deleted."""
    for subscription in call.draft.all("subscription"):
        if subscription["customer"] == customer["id"] and subscription["status"] not in _OVER:
            end(call, call.find("subscription", subscription["id"]))


WHEN_DELETED.append(end_all_of)
