"""Endpoints: payment intents."""

import copy
import re
from collections.abc import Callable

from devstack.standin import Object
from devstack.stripe_standin.call import Call, new_id, visible
from devstack.stripe_standin.cards import Behaviour, behaviour_of
from devstack.stripe_standin.charges import charge
from devstack.stripe_standin.errors import StripeError, card_error, missing
from devstack.stripe_standin.methods import usable_method
from devstack.stripe_standin.money import needed_amount, needed_currency

_SEARCHED = re.compile(r"metadata\['(?P<name>[^'\]]+)'\]:'(?P<value>[^']*)'")
_TEXTS = (
    "description",
    "receipt_email",
    "statement_descriptor",
    "statement_descriptor_suffix",
    "transfer_group",
)
WHEN_PAID: list[Callable[[Call, Object], None]] = []
"""What else becomes of a payment: of the invoice or the checkout session that asked for it."""
_CONFIRMABLE = frozenset({"requires_payment_method", "requires_confirmation", "requires_action"})
_CANCELLABLE = _CONFIRMABLE | {"processing", "requires_capture"}
_CAPTURES = (None, "automatic", "automatic_async")
_CANCELLATION_REASONS = frozenset({"duplicate", "fraudulent", "requested_by_customer", "abandoned"})


def create_intent(call: Call) -> Object:
    """``POST /v1/payment_intents``; with ``confirm=true`` it is paid, or declined, at once."""
    currency = needed_currency(call.params)
    amount = needed_amount(call.params, currency)
    customer = call.find_named("customer", "customer")
    at_once = call.params.flag("confirm")
    automatic = _automatic_methods(call, confirm=at_once)
    intent = new_intent(call, amount, currency)
    intent["customer"] = customer["id"] if customer else None
    intent["automatic_payment_methods"] = automatic
    call.params.merge(intent, _TEXTS)
    call.params.merge_metadata(intent)
    method = _method_sent(call)
    if at_once and method is None:
        raise missing(param="payment_method")
    if method:
        intent["payment_method"] = method["id"]
        intent["status"] = "requires_confirmation"
    call.put(intent)
    call.emit("payment_intent.created", intent)
    return confirm(call, intent, method) if at_once and method else intent


def new_intent(call: Call, amount: int, currency: str, **more: object) -> Object:
    """Make an intent; it is not stored yet."""
    intent = call.make(
        "payment_intent",
        "pi",
        amount=amount,
        amount_capturable=0,
        amount_details={"tip": {}},
        amount_received=0,
        application=None,
        automatic_payment_methods=None,
        canceled_at=None,
        cancellation_reason=None,
        capture_method="automatic",
        confirmation_method="automatic",
        currency=currency,
        customer=None,
        last_payment_error=None,
        latest_charge=None,
        metadata={},
        next_action=None,
        payment_method=None,
        payment_method_options={"card": {"request_three_d_secure": "automatic"}},
        payment_method_types=["card"],
        processing=None,
        setup_future_usage=call.params.text("setup_future_usage"),
        shipping=None,
        status="requires_payment_method",
        **dict.fromkeys(_TEXTS),
    )
    intent.update(more)
    intent["client_secret"] = f"{intent['id']}_{new_id('secret')}"
    return intent


def _automatic_methods(call: Call, *, confirm: bool) -> Object | None:
    """What was asked of automatic payment methods; those that may redirect need a place to."""
    if call.params.text("capture_method") not in _CAPTURES:
        message = "This account captures automatically."
        raise StripeError(message, param="capture_method")
    if not call.params.flag("automatic_payment_methods[enabled]"):
        return None
    redirects = call.params.text("automatic_payment_methods[allow_redirects]") or "always"
    if confirm and redirects == "always" and not call.params.text("return_url"):
        message = (
            "This PaymentIntent allows payment methods that redirect, so a `return_url` is "
            "needed; or set `automatic_payment_methods[allow_redirects]` to `never`."
        )
        raise StripeError(message, param="return_url")
    return {"allow_redirects": redirects, "enabled": True}


def _method_sent(call: Call) -> Object | None:
    """The payment method that was named."""
    named = call.params.text("payment_method") is not None
    return usable_method(call, "payment_method") if named else None


def confirm_intent(call: Call, intent_id: str) -> Object:
    """``POST /v1/payment_intents/:id/confirm``."""
    intent = call.find("payment_intent", intent_id)
    _must_be(intent, _CONFIRMABLE, "confirm")
    call.params.merge(intent, ("receipt_email",))
    method = _method_sent(call) or call.draft.get(intent["payment_method"] or "")
    if method is None:
        message = (
            "You cannot confirm this PaymentIntent because it's missing a payment method. "
            "Update it with a payment method and confirm it again."
        )
        raise _unexpected_state(message, intent)
    return confirm(call, intent, method)


def confirm(call: Call, intent: Object, method: Object) -> Object:
    """Charge a method: it pays, asks for its holder, or declines (``StripeError`` 402)."""
    card = behaviour_of(method["card"])
    intent.update(payment_method=method["id"], last_payment_error=None, next_action=None)
    if card.needs_authentication and not method.get("_known_to_its_bank"):
        return _ask(call, intent, method)
    if card.code:
        raise _decline(call, intent, method, card)
    return _pay(call, intent, method)


def _pay(call: Call, intent: Object, method: Object) -> Object:
    paid = charge(call, intent, method, None)
    intent.update(
        status="succeeded",
        latest_charge=paid["id"],
        amount_received=intent["amount"],
        next_action=None,
    )
    call.put(intent)
    call.emit("payment_intent.succeeded", intent)
    for follow in WHEN_PAID:
        follow(call, intent)
    return intent


def _decline(call: Call, intent: Object, method: Object, card: Behaviour) -> StripeError:
    failed = charge(call, intent, method, card)
    error = card_error(
        card.message,
        card.code or "card_declined",
        card.decline_code,
        charge=failed["id"],
        payment_method=visible(method),
    )
    intent["latest_charge"] = failed["id"]
    return _fail(call, intent, error)


def _fail(call: Call, intent: Object, error: StripeError) -> StripeError:
    """Let the intent wait for another card, and make the refusal tell of it."""
    intent["status"] = "requires_payment_method"
    intent.update(payment_method=None, next_action=None, last_payment_error=dict(error.error))
    call.put(intent)
    call.emit("payment_intent.payment_failed", intent)
    error.error["payment_intent"] = visible(intent)
    return error


def _ask(call: Call, intent: Object, method: Object) -> Object:
    """Wait for the customer to authenticate; who has no customer at hand is declined."""
    if call.params.flag("off_session") or call.params.flag("error_on_requires_action"):
        message = "Your card was declined. This transaction requires authentication."
        code = "authentication_required"
        error = card_error(message, code, code, payment_method=visible(method))
        raise _fail(call, intent, error)
    intent["status"] = "requires_action"
    page = f"{call.base_url}/authenticate/{intent['id']}"
    if return_url := call.params.text("return_url"):
        redirect = {"return_url": return_url, "url": page}
        intent["next_action"] = {"redirect_to_url": redirect, "type": "redirect_to_url"}
    else:
        sdk = {"type": "three_d_secure_redirect", "stripe_js": page}
        intent["next_action"] = {"type": "use_stripe_sdk", "use_stripe_sdk": sdk}
    call.put(intent)
    call.emit("payment_intent.requires_action", intent)
    return intent


def authenticate(call: Call, intent_id: str, *, succeed: bool) -> Object:
    """Do what the customer does on the page of the bank: the intent is paid, or fails."""
    intent = call.find("payment_intent", intent_id)
    _must_be(intent, frozenset({"requires_action"}), "authenticate")
    method = call.draft.get(intent["payment_method"]) or {}
    if succeed:
        if intent["setup_future_usage"] == "off_session":
            call.put({**method, "_known_to_its_bank": True})
        return _pay(call, intent, method)
    message = "We are unable to authenticate your payment method."
    code = "payment_intent_authentication_failure"
    _fail(call, intent, StripeError(message, code=code, payment_method=visible(method)))
    return intent


def retrieve_intent(call: Call, intent_id: str) -> Object:
    """``GET /v1/payment_intents/:id``."""
    return call.find("payment_intent", intent_id)


def list_intents(call: Call) -> Object:
    """``GET /v1/payment_intents``."""
    return call.page("payment_intent", customer=call.params.text("customer"))


def search_intents(call: Call) -> Object:
    """``GET /v1/payment_intents/search``: by one thing that metadata say, without a lag."""
    query = call.params.need("query")
    asked = _SEARCHED.fullmatch(query)
    if asked is None:
        message = f"This stand-in searches by metadata['name']:'value' alone, not by {query}."
        raise StripeError(message, param="query")
    name, value = asked.groups()
    every = reversed(call.draft.all("payment_intent"))
    found = [each for each in every if each["metadata"].get(name) == value]
    told = {"object": "search_result", "url": call.path, "has_more": False, "next_page": None}
    return {**told, "data": copy.deepcopy(found)}


def update_intent(call: Call, intent_id: str) -> Object:
    """``POST /v1/payment_intents/:id``; texts and metadata always, the rest while unpaid."""
    intent = call.find("payment_intent", intent_id)
    if call.params.text("amount") is not None:
        _must_be(intent, _CONFIRMABLE, "change the amount of")
        intent["amount"] = needed_amount(call.params, intent["currency"])
    if customer := call.find_named("customer", "customer"):
        intent["customer"] = customer["id"]
    if method := _method_sent(call):
        _must_be(intent, _CONFIRMABLE, "change the payment method of")
        intent.update(payment_method=method["id"], status="requires_confirmation")
    call.params.merge(intent, _TEXTS)
    call.params.merge_metadata(intent)
    return call.put(intent)


def cancel_intent(call: Call, intent_id: str) -> Object:
    """``POST /v1/payment_intents/:id/cancel``."""
    intent = call.find("payment_intent", intent_id)
    reason = call.params.text("cancellation_reason")
    if reason and reason not in _CANCELLATION_REASONS:
        message = f"Invalid cancellation_reason: {reason}"
        raise StripeError(message, param="cancellation_reason")
    _must_be(intent, _CANCELLABLE, "cancel")
    intent.update(
        status="canceled", canceled_at=call.now, cancellation_reason=reason, next_action=None
    )
    call.put(intent)
    call.emit("payment_intent.canceled", intent)
    return intent


def _must_be(intent: Object, states: frozenset[str], verb: str) -> None:
    if intent["status"] not in states:
        message = (
            f"You cannot {verb} this PaymentIntent because it has a status of {intent['status']}."
        )
        raise _unexpected_state(message, intent)


def _unexpected_state(message: str, intent: Object) -> StripeError:
    return StripeError(
        message,
        code="payment_intent_unexpected_state",
        payment_intent=visible(intent),
        executed=True,
    )
