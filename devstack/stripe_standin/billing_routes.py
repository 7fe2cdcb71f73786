"""The endpoints of subscriptions, invoices, checkout and the portal."""

from devstack.stripe_standin import catalogue, checkout, coupons, invoices, portal, subscriptions
from devstack.stripe_standin.route import CURSORS, METADATA, NONE, PAGE, route, words


def _price(prefix: str) -> frozenset[str]:
    data = "currency product unit_amount recurring[interval] recurring[interval_count]"
    inner = {f"[{a}]{b}{c}" for a, b, c in (name.partition("[") for name in data.split())}
    return frozenset(f"{prefix}[price_data]{each}" for each in inner) | {f"{prefix}[price]"}


_ITEM = _price("items[]") | words("items[][id] items[][quantity]")
_LINE = _price("line_items[]") | words(
    "line_items[][quantity] line_items[][price_data][product_data][name]"
)
_SUBSCRIPTION = (
    METADATA
    | _ITEM
    | words("cancel_at_period_end default_payment_method proration_behavior payment_behavior")
)
_NEW_SUBSCRIPTION = _SUBSCRIPTION - {"items[][id]"} | words(
    "customer discounts[][coupon] off_session payment_settings[save_default_payment_method]"
)
_SESSION = (
    METADATA
    | _LINE
    | words(
        "mode success_url cancel_url client_reference_id customer customer_email "
        "discounts[][coupon] expires_at "
        "locale payment_intent_data[metadata][*] payment_intent_data[description] "
        "subscription_data[metadata][*] subscription_data[description]"
    )
)

BILLING_ROUTES = [
    route(
        "POST",
        "products",
        catalogue.create_product,
        METADATA | words("id name description"),
        "ProductCreate",
    ),
    route("GET", "products", catalogue.list_products, PAGE, "ProductList"),
    route("GET", "products/:id", catalogue.retrieve_product, NONE, "ProductRetrieve"),
    route(
        "POST",
        "prices",
        catalogue.create_price,
        METADATA
        | words(
            "currency product unit_amount lookup_key recurring[interval] "
            "recurring[interval_count] product_data[name]"
        ),
        "PriceCreate",
    ),
    route("GET", "prices", catalogue.list_prices, PAGE | {"product"}, "PriceList"),
    route("GET", "prices/:id", catalogue.retrieve_price, NONE, "PriceRetrieve"),
    route(
        "POST",
        "coupons",
        coupons.create_coupon,
        METADATA | words("id amount_off currency duration name"),
        "CouponCreate",
    ),
    route("GET", "coupons", coupons.list_coupons, PAGE, "CouponList"),
    route("GET", "coupons/:id", coupons.retrieve_coupon, NONE, "CouponRetrieve"),
    route(
        "POST",
        "subscriptions",
        subscriptions.create_subscription,
        _NEW_SUBSCRIPTION,
        "SubscriptionCreate",
    ),
    route(
        "GET",
        "subscriptions",
        subscriptions.list_subscriptions,
        PAGE | {"customer", "status"},
        "SubscriptionList",
    ),
    route(
        "GET",
        "subscriptions/:id",
        subscriptions.retrieve_subscription,
        NONE,
        "SubscriptionRetrieve",
    ),
    route(
        "POST",
        "subscriptions/:id",
        subscriptions.update_subscription,
        _SUBSCRIPTION,
        "SubscriptionUpdate",
    ),
    route(
        "DELETE",
        "subscriptions/:id",
        subscriptions.cancel_subscription,
        NONE,
        "SubscriptionCancel",
    ),
    route(
        "GET",
        "invoices",
        invoices.list_invoices,
        PAGE | {"customer", "status", "subscription"},
        "InvoiceList",
    ),
    route(
        "GET",
        "invoice_payments",
        invoices.list_payments,
        CURSORS | words("invoice payment[type] payment[payment_intent]"),
        "InvoicePaymentList",
    ),
    route("GET", "invoices/:id", invoices.retrieve_invoice, NONE, "InvoiceRetrieve"),
    route(
        "POST",
        "invoices/:id",
        invoices.update_invoice,
        METADATA | words("auto_advance"),
        "InvoiceUpdate",
    ),
    route("POST", "invoices/:id/void", invoices.void_invoice, NONE, "InvoiceVoidInvoice"),
    route("POST", "checkout/sessions", checkout.create_session, _SESSION, "checkout.SessionCreate"),
    route(
        "GET",
        "checkout/sessions",
        checkout.list_sessions,
        PAGE | words("customer payment_intent status"),
        "checkout.SessionList",
    ),
    route(
        "GET",
        "checkout/sessions/:id",
        checkout.retrieve_session,
        NONE,
        "checkout.SessionRetrieve",
    ),
    route(
        "POST",
        "checkout/sessions/:id/expire",
        checkout.expire_session,
        NONE,
        "checkout.SessionExpire",
    ),
    route(
        "POST",
        "billing_portal/sessions",
        portal.create_session,
        words("customer return_url locale"),
        "billing_portal.SessionCreate",
    ),
]
