"""Which call is which function, and which parameters it knows."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from devstack.standin import Object
from devstack.stripe_standin import charges, disputes, events, intents, methods
from devstack.stripe_standin.errors import StripeError


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint. ``run`` takes the ``Call`` and the ids of the path."""

    method: str
    path: str
    pattern: re.Pattern[str]
    run: Callable[..., Object]
    names: frozenset[str]
    published: str


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_EXPAND = _words("expand[]")
_METADATA = _words("metadata metadata[*]")
_CURSORS = _words("limit starting_after ending_before")
_PAGE = _CURSORS | _words("created created[*]")
_CUSTOMER = _METADATA | _words(
    "address[*] description email name payment_method phone shipping[*] tax_exempt "
    "preferred_locales[] invoice_settings[default_payment_method]"
)
_CARD = _words("card[number] card[exp_month] card[exp_year] card[cvc] card[name] card[*]")
_METHOD = _METADATA | _words(
    "type card[number] card[exp_month] card[exp_year] card[cvc] card[token] "
    "billing_details[*] allow_redisplay"
)


_PAYMENT = _words(
    "payment_method payment_method_options[card][*] receipt_email return_url off_session "
    "error_on_requires_action setup_future_usage shipping[*] use_stripe_sdk capture_method"
)
_NOW = _words("off_session error_on_requires_action return_url use_stripe_sdk")
_INTENT = (
    _PAYMENT
    | _METADATA
    | _words(
        "amount currency customer description statement_descriptor statement_descriptor_suffix "
        "transfer_group"
    )
)
_NEW_INTENT = _INTENT | _words(
    "confirm confirmation_method automatic_payment_methods[enabled] "
    "automatic_payment_methods[allow_redirects]"
)
_REFUND = _METADATA | _words("charge payment_intent amount reason")


def _route(
    method: str, path: str, run: Callable[..., Object], names: frozenset[str], published: str
) -> Route:
    pattern = re.compile("/v1/" + path.replace(":id", r"([A-Za-z0-9_]+)"))
    return Route(method, path, pattern, run, names | _EXPAND, published)


_NONE: frozenset[str] = frozenset()
ROUTES = [
    _route("POST", "customers", methods.create_customer, _CUSTOMER, "CustomerCreate"),
    _route("GET", "customers", methods.list_customers, _PAGE | {"email"}, "CustomerList"),
    _route("GET", "customers/:id", methods.retrieve_customer, _NONE, "CustomerRetrieve"),
    _route(
        "POST",
        "customers/:id",
        methods.update_customer,
        _CUSTOMER - {"payment_method"},
        "CustomerUpdate",
    ),
    _route(
        "GET",
        "customers/:id/payment_methods",
        methods.list_methods,
        _CURSORS | {"type"},
        "CustomerPaymentMethodList",
    ),
    _route("POST", "tokens", methods.create_token, _CARD, "TokenCreate"),
    _route("GET", "tokens/:id", methods.retrieve_token, _NONE, "TokenRetrieve"),
    _route("POST", "payment_methods", methods.create_method, _METHOD, "PaymentMethodCreate"),
    _route(
        "GET",
        "payment_methods",
        methods.list_methods,
        _CURSORS | {"customer", "type"},
        "PaymentMethodList",
    ),
    _route("GET", "payment_methods/:id", methods.retrieve_method, _NONE, "PaymentMethodRetrieve"),
    _route(
        "POST",
        "payment_methods/:id/attach",
        methods.attach_method,
        _words("customer"),
        "PaymentMethodAttach",
    ),
    _route(
        "POST", "payment_methods/:id/detach", methods.detach_method, _NONE, "PaymentMethodDetach"
    ),
    _route("POST", "payment_intents", intents.create_intent, _NEW_INTENT, "PaymentIntentCreate"),
    _route(
        "GET", "payment_intents", intents.list_intents, _PAGE | {"customer"}, "PaymentIntentList"
    ),
    _route(
        "GET",
        "payment_intents/:id",
        intents.retrieve_intent,
        _words("client_secret"),
        "PaymentIntentRetrieve",
    ),
    _route(
        "POST", "payment_intents/:id", intents.update_intent, _INTENT - _NOW, "PaymentIntentUpdate"
    ),
    _route(
        "POST",
        "payment_intents/:id/confirm",
        intents.confirm_intent,
        _PAYMENT,
        "PaymentIntentConfirm",
    ),
    _route(
        "POST",
        "payment_intents/:id/cancel",
        intents.cancel_intent,
        _words("cancellation_reason"),
        "PaymentIntentCancel",
    ),
    _route(
        "GET", "charges", charges.list_charges, _PAGE | {"customer", "payment_intent"}, "ChargeList"
    ),
    _route("GET", "charges/:id", charges.retrieve_charge, _NONE, "ChargeRetrieve"),
    _route("POST", "refunds", charges.create_refund, _REFUND, "RefundCreate"),
    _route(
        "GET", "refunds", charges.list_refunds, _PAGE | {"charge", "payment_intent"}, "RefundList"
    ),
    _route("GET", "refunds/:id", charges.retrieve_refund, _NONE, "RefundRetrieve"),
    _route(
        "GET",
        "disputes",
        disputes.list_disputes,
        _PAGE | {"charge", "payment_intent"},
        "DisputeList",
    ),
    _route("GET", "disputes/:id", disputes.retrieve_dispute, _NONE, "DisputeRetrieve"),
    _route("POST", "disputes/:id/close", disputes.close_dispute, _NONE, "DisputeClose"),
    _route("GET", "balance", charges.retrieve_balance, _NONE, "BalanceRetrieve"),
    _route(
        "GET",
        "balance_transactions",
        charges.list_transactions,
        _PAGE | {"source", "type"},
        "BalanceTransactionList",
    ),
    _route(
        "GET",
        "balance_transactions/:id",
        charges.retrieve_transaction,
        _NONE,
        "BalanceTransactionRetrieve",
    ),
    _route("GET", "events", events.list_events, _PAGE | {"type"}, "EventList"),
    _route("GET", "events/:id", events.retrieve_event, _NONE, "EventRetrieve"),
]


def route_of(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    """Find the endpoint and the ids in its path; ``StripeError`` 404 when there is none."""
    for route in ROUTES:
        if route.method == method and (match := route.pattern.fullmatch(path)):
            return route, match.groups()
    message = f"Unrecognized request URL ({method}: {path})."
    raise StripeError(message, status=404)
