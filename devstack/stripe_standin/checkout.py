"""Endpoints and acts: hosted checkout."""

from devstack.standin import Object
from devstack.stripe_standin import subscriptions
from devstack.stripe_standin.call import Call
from devstack.stripe_standin.catalogue import price_in
from devstack.stripe_standin.coupons import coupon_in
from devstack.stripe_standin.errors import StripeError, missing
from devstack.stripe_standin.intents import WHEN_PAID, confirm, new_intent

_DAY, _HALF_HOUR = 86_400, 1_800


def create_session(call: Call) -> Object:
    """``POST /v1/checkout/sessions``: one item, for one payment or a subscription."""
    mode = call.params.text("mode") or "payment"
    call.params.need("success_url")
    price = _price(call, mode)
    coupon = coupon_in(call, price)
    off = coupon["amount_off"] if coupon else 0
    customer = call.find_named("customer", "customer")
    session = call.make(
        "checkout.session",
        "cs_test",
        amount_subtotal=price["unit_amount"],
        amount_total=price["unit_amount"] - off,
        cancel_url=call.params.text("cancel_url"),
        client_reference_id=call.params.text("client_reference_id"),
        currency=price["currency"],
        customer=customer["id"] if customer else None,
        customer_email=call.params.text("customer_email"),
        discounts=[{"coupon": coupon["id"], "promotion_code": None}] if coupon else [],
        expires_at=_expiry(call),
        invoice=None,
        locale=call.params.text("locale"),
        metadata=call.params.beneath("metadata"),
        mode=mode,
        payment_intent=None,
        payment_status="unpaid",
        status="open",
        subscription=None,
        success_url=call.params.text("success_url"),
        total_details={"amount_discount": off, "amount_shipping": 0, "amount_tax": 0},
        ui_mode="hosted_page",
    )
    session["url"] = f"{call.base_url}/checkout/{session['id']}"
    for name in ("payment_intent_data", "subscription_data"):
        session[f"_{name}"] = {
            "metadata": call.params.beneath(f"{name}[metadata]"),
            "description": call.params.text(f"{name}[description]"),
        }
    session["_price"], session["_coupon"] = price["id"], coupon["id"] if coupon else ""
    return call.put(session)


def _price(call: Call, mode: str) -> Object:
    price = price_in(call, "line_items[0]")
    if price is None:
        raise missing(param="line_items")
    if bool(price["recurring"]) != (mode == "subscription"):
        message = "A subscription takes a recurring price, and a payment one that is not."
        raise StripeError(message, param="line_items[0][price]")
    return price


def _expiry(call: Call) -> int:
    wanted = call.params.number("expires_at")
    if wanted is None:
        return call.now + _DAY
    if not call.now + _HALF_HOUR <= wanted + 60 <= call.now + _DAY + 60:
        message = "expires_at must be between 30 minutes and 24 hours from now."
        raise StripeError(message, param="expires_at")
    return wanted


def retrieve_session(call: Call, session_id: str) -> Object:
    """``GET /v1/checkout/sessions/:id``."""
    return call.find("checkout.session", session_id)


def list_sessions(call: Call) -> Object:
    """``GET /v1/checkout/sessions``."""
    wanted = {name: call.params.text(name) for name in ("customer", "payment_intent", "status")}
    return call.page("checkout.session", **wanted)


def expire_session(call: Call, session_id: str) -> Object:
    """``POST /v1/checkout/sessions/:id/expire``."""
    session = call.find("checkout.session", session_id)
    if session["status"] != "open":
        message = f"Only sessions that are open can be expired; this one is {session['status']}."
        raise StripeError(message, executed=True)
    return expire(call, session)


def expire(call: Call, session: Object) -> Object:
    """Close a session that nobody paid."""
    session.update(status="expired", url=None)
    call.put(session)
    call.emit("checkout.session.expired", session)
    return session


def pay(call: Call, session_id: str, method: Object) -> Object:
    """Do what the customer does on the page: pay, be sent to the bank, or be declined."""
    session = call.find("checkout.session", session_id)
    if session["status"] != "open":
        message = "This checkout is over."
        raise StripeError(message, executed=True)
    intent = _intent_of(call, session)
    return confirm(call, intent, method)


def _intent_of(call: Call, session: Object) -> Object:
    """The payment that the session is about; made when somebody pays first."""
    if known := session.get("_intent"):
        return call.find("payment_intent", known)
    if session["mode"] == "subscription":
        intent = _begin_subscription(call, session)
    else:
        told = session["_payment_intent_data"]
        intent = new_intent(
            call,
            session["amount_total"],
            session["currency"],
            customer=session["customer"],
            description=told["description"],
            metadata=told["metadata"],
        )
        call.emit("payment_intent.created", intent)
    intent["_session"] = session["id"]
    session["_intent"] = intent["id"]
    call.put(session)
    return call.put(intent)


def _begin_subscription(call: Call, session: Object) -> Object:
    customer = call.draft.get(session["customer"] or "")
    if customer is None:
        customer = call.put(
            call.make(
                "customer",
                "cus",
                email=session["customer_email"],
                invoice_settings={"default_payment_method": None},
                metadata={},
            )
        )
    subscription = subscriptions.begin(
        call,
        customer,
        call.find("price", session["_price"]),
        metadata=session["_subscription_data"]["metadata"],
        coupon=call.draft.get(session["_coupon"]),
    )
    session["_subscription"], session["_customer"] = subscription["id"], customer["id"]
    invoice = call.find("invoice", subscription["latest_invoice"])
    return call.find("payment_intent", invoice["_intent"])


def is_complete(call: Call, intent: Object) -> None:
    """Close the session that a payment was for."""
    if not intent.get("_session"):
        return
    session = call.find("checkout.session", intent["_session"])
    session.update(status="complete", payment_status="paid", url=None)
    if session["mode"] == "subscription":
        session.update(subscription=session["_subscription"], customer=session["_customer"])
        found = call.find("subscription", session["subscription"])
        session["invoice"] = found["latest_invoice"]
    else:
        session["payment_intent"] = intent["id"]
    call.put(session)
    call.emit("checkout.session.completed", session)


WHEN_PAID.append(is_complete)
