"""Endpoints and acts: the billing portal, where customers see to their subscriptions."""

from devstack.standin import Object
from devstack.stripe_standin import subscriptions
from devstack.stripe_standin.call import Call, new_id
from devstack.stripe_standin.methods import attach


def create_session(call: Call) -> Object:
    """``POST /v1/billing_portal/sessions``."""
    call.params.need("customer")
    customer = call.find_named("customer", "customer") or {}
    session = call.make(
        "billing_portal.session",
        "bps",
        configuration="bpc_standin",
        customer=customer["id"],
        flow=None,
        locale=call.params.text("locale"),
        on_behalf_of=None,
        return_url=call.params.text("return_url"),
    )
    session["_secret"] = new_id("portal")
    session["url"] = f"{call.base_url}/portal/{session['_secret']}"
    call.put({"id": session["_secret"], "object": "_portal", "session": session["id"]})
    return call.put(session)


def act(call: Call, customer_id: str, what: str, method: Object | None) -> None:
    """Do what a customer does on the page: ``cancel``, ``resume``, or pay with another card."""
    customer = call.find("customer", customer_id)
    if method:
        attach(call, method, customer)
        customer = call.find("customer", customer_id)
        customer["invoice_settings"]["default_payment_method"] = method["id"]
        call.put(customer)
        call.emit("customer.updated", customer)
    for each in call.draft.all("subscription"):
        if each["customer"] != customer_id or each["status"] not in {"active", "past_due"}:
            continue
        subscription = call.find("subscription", each["id"])
        if method:
            subscription["default_payment_method"] = method["id"]
        if what in {"cancel", "resume"}:
            subscriptions.set_end(call, subscription, ends=what == "cancel")
        call.put(subscription)
        call.emit("customer.subscription.updated", subscription)
