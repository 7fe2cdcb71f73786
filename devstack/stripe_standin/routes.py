"""Which call is which function, and which parameters it knows."""

from dataclasses import replace

from devstack.stripe_standin import charges, disputes, events, intents, methods
from devstack.stripe_standin.billing_routes import BILLING_ROUTES
from devstack.stripe_standin.errors import StripeError
from devstack.stripe_standin.route import CURSORS, METADATA, NONE, PAGE, Route, route, words

_CUSTOMER = METADATA | words(
    "address[*] description email name payment_method phone shipping[*] tax_exempt "
    "preferred_locales[] invoice_settings[default_payment_method]"
)
_CARD = words("card[number] card[exp_month] card[exp_year] card[cvc] card[name] card[*]")
_METHOD = METADATA | words(
    "type card[number] card[exp_month] card[exp_year] card[cvc] card[token] "
    "billing_details[*] allow_redisplay"
)


_PAYMENT = words(
    "payment_method payment_method_options[card][*] receipt_email return_url off_session "
    "error_on_requires_action setup_future_usage shipping[*] use_stripe_sdk capture_method"
)
_NOW = words("off_session error_on_requires_action return_url use_stripe_sdk")
_INTENT = (
    _PAYMENT
    | METADATA
    | words(
        "amount currency customer description statement_descriptor statement_descriptor_suffix "
        "transfer_group"
    )
)
_NEW_INTENT = _INTENT | words(
    "confirm confirmation_method automatic_payment_methods[enabled] "
    "automatic_payment_methods[allow_redirects]"
)
_REFUND = METADATA | words("charge payment_intent amount reason")


ROUTES = [
    route("POST", "customers", methods.create_customer, _CUSTOMER, "CustomerCreate"),
    route("GET", "customers", methods.list_customers, PAGE | {"email"}, "CustomerList"),
    route("GET", "customers/:id", methods.retrieve_customer, NONE, "CustomerRetrieve"),
    route(
        "POST",
        "customers/:id",
        methods.update_customer,
        _CUSTOMER - {"payment_method"},
        "CustomerUpdate",
    ),
    replace(
        route("DELETE", "customers/:id", methods.delete_customer, NONE, "CustomerDelete"),
        names=NONE,  # nothing can be expanded in what is gone
    ),
    route(
        "GET",
        "customers/:id/payment_methods",
        methods.list_methods,
        CURSORS | {"type"},
        "CustomerPaymentMethodList",
    ),
    route("POST", "tokens", methods.create_token, _CARD, "TokenCreate"),
    route("GET", "tokens/:id", methods.retrieve_token, NONE, "TokenRetrieve"),
    route("POST", "payment_methods", methods.create_method, _METHOD, "PaymentMethodCreate"),
    route(
        "GET",
        "payment_methods",
        methods.list_methods,
        CURSORS | {"customer", "type"},
        "PaymentMethodList",
    ),
    route("GET", "payment_methods/:id", methods.retrieve_method, NONE, "PaymentMethodRetrieve"),
    route(
        "POST",
        "payment_methods/:id/attach",
        methods.attach_method,
        words("customer"),
        "PaymentMethodAttach",
    ),
    route("POST", "payment_methods/:id/detach", methods.detach_method, NONE, "PaymentMethodDetach"),
    route("POST", "payment_intents", intents.create_intent, _NEW_INTENT, "PaymentIntentCreate"),
    route("GET", "payment_intents", intents.list_intents, PAGE | {"customer"}, "PaymentIntentList"),
    route(
        "GET",
        "payment_intents/search",
        intents.search_intents,
        words("query"),
        "PaymentIntentSearch",
    ),
    route(
        "GET",
        "payment_intents/:id",
        intents.retrieve_intent,
        words("client_secret"),
        "PaymentIntentRetrieve",
    ),
    route(
        "POST", "payment_intents/:id", intents.update_intent, _INTENT - _NOW, "PaymentIntentUpdate"
    ),
    route(
        "POST",
        "payment_intents/:id/confirm",
        intents.confirm_intent,
        _PAYMENT,
        "PaymentIntentConfirm",
    ),
    route(
        "POST",
        "payment_intents/:id/cancel",
        intents.cancel_intent,
        words("cancellation_reason"),
        "PaymentIntentCancel",
    ),
    route(
        "GET", "charges", charges.list_charges, PAGE | {"customer", "payment_intent"}, "ChargeList"
    ),
    route("GET", "charges/:id", charges.retrieve_charge, NONE, "ChargeRetrieve"),
    route("POST", "refunds", charges.create_refund, _REFUND, "RefundCreate"),
    route(
        "GET", "refunds", charges.list_refunds, PAGE | {"charge", "payment_intent"}, "RefundList"
    ),
    route("GET", "refunds/:id", charges.retrieve_refund, NONE, "RefundRetrieve"),
    route(
        "GET",
        "disputes",
        disputes.list_disputes,
        PAGE | {"charge", "payment_intent"},
        "DisputeList",
    ),
    route("GET", "disputes/:id", disputes.retrieve_dispute, NONE, "DisputeRetrieve"),
    route("POST", "disputes/:id/close", disputes.close_dispute, NONE, "DisputeClose"),
    route("GET", "balance", charges.retrieve_balance, NONE, "BalanceRetrieve"),
    route(
        "GET",
        "balance_transactions",
        charges.list_transactions,
        PAGE | {"source", "type"},
        "BalanceTransactionList",
    ),
    route(
        "GET",
        "balance_transactions/:id",
        charges.retrieve_transaction,
        NONE,
        "BalanceTransactionRetrieve",
    ),
    route("GET", "events", events.list_events, PAGE | {"type"}, "EventList"),
    route("GET", "events/:id", events.retrieve_event, NONE, "EventRetrieve"),
    *BILLING_ROUTES,
]


def route_of(method: str, path: str) -> tuple[Route, tuple[str, ...]]:
    """Find the endpoint and the ids in its path; ``StripeError`` 404 when there is none."""
    for each in ROUTES:
        if each.method == method and (match := each.pattern.fullmatch(path)):
            return each, match.groups()
    message = f"Unrecognized request URL ({method}: {path})."
    raise StripeError(message, status=404)
