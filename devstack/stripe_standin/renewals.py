"""What time does: subscriptions renew or end, invoices are tried again, sessions expire."""

from collections.abc import Callable, Iterator

from devstack.standin import Draft, Object
from devstack.stripe_standin import checkout, invoices, subscriptions
from devstack.stripe_standin.call import Call
from devstack.stripe_standin.clock import Due

INCOMPLETE_SECONDS = 23 * 3_600
MakeCall = Callable[[Draft, int], Call]


def due(draft: Draft, make: MakeCall) -> Iterator[Due]:
    """All that time will bring, in no order; ``make`` makes the call by which it is done."""
    for subscription in draft.all("subscription"):
        item = subscription["items"]["data"][0]
        if subscription["status"] in {"active", "past_due"}:
            yield item["current_period_end"], _by(make, _renew, subscription)
        elif subscription["status"] == "incomplete":
            yield subscription["created"] + INCOMPLETE_SECONDS, _by(make, _give_up, subscription)
    for invoice in draft.all("invoice"):
        if not invoice["auto_advance"]:
            continue
        if invoice["status"] == "draft":
            yield invoice["_finalize_at"], _by(make, _finalize, invoice)
        elif invoice["status"] == "open" and invoice["next_payment_attempt"]:
            yield invoice["next_payment_attempt"], _by(make, _try_again, invoice)
    for session in draft.all("checkout.session"):
        if session["status"] == "open":
            yield session["expires_at"], _by(make, checkout.expire, session)


def _by(
    make: MakeCall, act: Callable[[Call, Object], object], item: Object
) -> Callable[[Draft, int], None]:
    def happen(draft: Draft, moment: int) -> None:
        call = make(draft, moment)
        act(call, draft.get(item["id"]) or item)

    return happen


def _renew(call: Call, subscription: Object) -> None:
    if subscription["cancel_at_period_end"]:
        subscriptions.end(call, subscription)
        return
    item = subscription["items"]["data"][0]
    subscriptions.start_period(subscription, item["price"], item["current_period_end"])
    call.put(subscription)
    invoices.new_invoice(call, subscription, "subscription_cycle")
    call.put(subscription)
    call.emit("customer.subscription.updated", subscription)


def _give_up(call: Call, subscription: Object) -> None:
    invoices.void(call, call.find("invoice", subscription["latest_invoice"]))
    subscription.update(status="incomplete_expired", ended_at=call.now)
    call.put(subscription)
    call.emit("customer.subscription.updated", subscription)


def _finalize(call: Call, invoice: Object) -> None:
    subscription = _subscription_of(call, invoice)
    if subscription["status"] == "canceled":
        invoices.void(call, invoice)
        return
    invoices.finalize(call, invoice)
    _attempt(call, invoice, subscription)


def _try_again(call: Call, invoice: Object) -> None:
    _attempt(call, invoice, _subscription_of(call, invoice))


def _attempt(call: Call, invoice: Object, subscription: Object) -> None:
    if subscription["status"] == "canceled":
        call.put({**invoice, "next_payment_attempt": None})
        return
    method = subscriptions.method_of(call, subscription)
    if invoices.attempt(call, invoice, method, present=False):
        return
    if invoice["next_payment_attempt"] is None:
        subscriptions.end(call, subscription)
    elif subscription["status"] != "past_due":
        subscription["status"] = "past_due"
        call.put(subscription)
        call.emit("customer.subscription.updated", subscription)


def _subscription_of(call: Call, invoice: Object) -> Object:
    return call.find("subscription", invoice["parent"]["subscription_details"]["subscription"])
