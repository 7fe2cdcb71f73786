"""Endpoints: customers, tokens, payment methods."""

from collections.abc import Callable

from devstack.standin import Object
from devstack.stripe_standin.call import Call
from devstack.stripe_standin.cards import (
    BY_PAYMENT_METHOD,
    BY_TOKEN,
    behaviour_of,
    card_from,
    card_of,
)
from devstack.stripe_standin.errors import StripeError, card_error, missing, no_such

_CUSTOMER_TEXTS = ("description", "email", "name", "phone")
_BILLING_TEXTS = ("email", "name", "phone")
WHEN_DELETED: list[Callable[[Call, Object], None]] = []
"""What else ends with a customer."""


def create_customer(call: Call) -> Object:
    """``POST /v1/customers``."""
    customer = call.make(
        "customer",
        "cus",
        address=None,
        balance=0,
        currency=None,
        default_source=None,
        delinquent=False,
        invoice_settings={"default_payment_method": None},
        metadata={},
        shipping=None,
        **dict.fromkeys(_CUSTOMER_TEXTS),
    )
    _fill_customer(call, customer)
    call.put(customer)
    if call.params.text("payment_method"):
        attach(call, usable_method(call, "payment_method"), customer)
    call.emit("customer.created", customer)
    return customer


def update_customer(call: Call, customer_id: str) -> Object:
    """``POST /v1/customers/:id``."""
    customer = call.find("customer", customer_id)
    _fill_customer(call, customer)
    call.put(customer)
    call.emit("customer.updated", customer)
    return customer


def _fill_customer(call: Call, customer: Object) -> None:
    call.params.merge(customer, _CUSTOMER_TEXTS)
    call.params.merge_metadata(customer)
    name = "invoice_settings[default_payment_method]"
    if default := call.find_named("payment_method", name):
        customer["invoice_settings"]["default_payment_method"] = default["id"]


def retrieve_customer(call: Call, customer_id: str) -> Object:
    """``GET /v1/customers/:id``."""
    return call.find("customer", customer_id)


def delete_customer(call: Call, customer_id: str) -> Object:
    """``DELETE /v1/customers/:id``: what it was is gone, and its subscriptions end."""
    customer = call.find("customer", customer_id)
    if customer.get("deleted"):
        raise no_such("customer", customer_id, param="id")
    for end in WHEN_DELETED:
        end(call, customer)
    call.emit("customer.deleted", customer)
    gone = {name: customer[name] for name in ("id", "object", "created", "livemode")}
    return call.put({**gone, "deleted": True})


def list_customers(call: Call) -> Object:
    """``GET /v1/customers``."""
    return call.page("customer", email=call.params.text("email"))


def create_token(call: Call) -> Object:
    """``POST /v1/tokens``: what a client's browser does with a card's number."""
    if not call.params.beneath("card"):
        raise missing(param="card")
    card = card_from(call.params.beneath("card"), param="card")
    name = call.params.text("card[name]")
    holder = {**call.make("card", "card"), "name": name, **card}
    return call.put(call.make("token", "tok", card=holder, client_ip=None, type="card", used=False))


def retrieve_token(call: Call, token_id: str) -> Object:
    """``GET /v1/tokens/:id``."""
    if token_id in BY_TOKEN:
        card = {**call.make("card", "card"), "name": None, **card_of(BY_TOKEN[token_id])}
        return {**call.make("token", "tok", card=card, type="card", used=False), "id": token_id}
    return call.find("token", token_id)


def create_method(call: Call) -> Object:
    """``POST /v1/payment_methods``."""
    kind = call.params.need("type")
    if kind != "card":
        message = f'The payment method type "{kind}" is invalid: this account takes cards only.'
        raise StripeError(message, code="payment_method_unactivated", param="type")
    if call.params.text("card[token]"):
        card = _card_of_token(call, "card[token]")
    else:
        card = card_from(call.params.beneath("card"), param="card")
    billing = {text: call.params.text(f"billing_details[{text}]") for text in _BILLING_TEXTS}
    method = new_method(call, card, billing=billing)
    call.params.merge_metadata(method)
    return call.put(method)


def new_method(call: Call, card: Object, *, billing: Object | None = None) -> Object:
    """Make a payment method of a card; it is not stored yet."""
    address = dict.fromkeys(("city", "country", "line1", "line2", "postal_code", "state"))
    details = {"address": address, **dict.fromkeys(_BILLING_TEXTS), **(billing or {})}
    return call.make(
        "payment_method",
        "pm",
        allow_redisplay="unspecified",
        billing_details=details,
        card=card,
        customer=None,
        metadata={},
        type="card",
    )


def _card_of_token(call: Call, param: str) -> Object:
    token_id = call.params.need(param)
    if token_id in BY_TOKEN:
        return card_of(BY_TOKEN[token_id])
    token = call.find("token", token_id, param=param)
    if token["used"]:
        message = f"You cannot use a Stripe token more than once: {token_id}."
        raise StripeError(message, code="token_already_used", param=param, executed=True)
    call.put({**token, "used": True})
    card = dict(token["card"])
    for name in ("id", "object", "created", "livemode", "name"):
        card.pop(name)
    return card


def usable_method(call: Call, param: str) -> Object:
    """Return the payment method that a parameter names; a published one is made anew."""
    return _named_method(call, call.params.need(param), param=param)


def _named_method(call: Call, method_id: str, *, param: str | None) -> Object:
    if method_id in BY_PAYMENT_METHOD:
        return call.put(new_method(call, card_of(BY_PAYMENT_METHOD[method_id])))
    found = call.draft.get(method_id)
    if found is None or found["object"] != "payment_method":
        raise no_such(kind="PaymentMethod", object_id=method_id, param=param)
    return found


def retrieve_method(call: Call, method_id: str) -> Object:
    """``GET /v1/payment_methods/:id``."""
    return _named_method(call, method_id, param=None)


def attach_method(call: Call, method_id: str) -> Object:
    """``POST /v1/payment_methods/:id/attach``; a card that its bank declines is refused."""
    customer_id = call.params.need("customer")
    customer = call.find("customer", customer_id, param="customer")
    return attach(call, _named_method(call, method_id, param=None), customer)


def attach(call: Call, method: Object, customer: Object) -> Object:
    """Keep a method for a customer; a card that its bank declines is refused."""
    card = behaviour_of(method["card"])
    if card.code and not card.can_be_kept:
        raise card_error(card.message, card.code, card.decline_code)
    method["customer"] = customer["id"]
    call.put(method)
    call.emit("payment_method.attached", method)
    return method


def detach_method(call: Call, method_id: str) -> Object:
    """``POST /v1/payment_methods/:id/detach``."""
    method = call.find("payment_method", method_id)
    method["customer"] = None
    call.put(method)
    call.emit("payment_method.detached", method)
    return method


def list_methods(call: Call, customer_id: str = "") -> Object:
    """``GET /v1/payment_methods`` and ``GET /v1/customers/:id/payment_methods``."""
    customer_id = customer_id or call.params.need("customer")
    call.find("customer", customer_id)
    return call.page("payment_method", customer=customer_id, type=call.params.text("type"))
