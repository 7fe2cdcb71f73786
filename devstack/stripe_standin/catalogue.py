"""Endpoints: products and prices."""

from collections.abc import Callable

from devstack.standin import Object
from devstack.stripe_standin.call import Call
from devstack.stripe_standin.errors import StripeError, missing
from devstack.stripe_standin.money import currency_of, whole_amount
from devstack.stripe_standin.params import Params

_DAYS_AT_MOST = {"day": 1095, "week": 156, "month": 36, "year": 3}


def create_product(call: Call) -> Object:
    """``POST /v1/products``; an ``id`` may be chosen, once."""
    product = call.make(
        "product",
        "prod",
        active=True,
        default_price=None,
        description=call.params.text("description"),
        images=[],
        metadata={},
        name=call.params.need("name"),
        type="service",
        updated=call.now,
        url=None,
    )
    call.take_chosen_id(product)
    call.params.merge_metadata(product)
    call.put(product)
    call.emit("product.created", product)
    return product


def retrieve_product(call: Call, product_id: str) -> Object:
    """``GET /v1/products/:id``."""
    return call.find("product", product_id)


def list_products(call: Call) -> Object:
    """``GET /v1/products``."""
    return call.page("product")


def create_price(call: Call) -> Object:
    """``POST /v1/prices``."""
    price = _new_price(call, call.params, "")
    price["lookup_key"] = call.params.text("lookup_key")
    call.params.merge_metadata(price)
    call.put(price)
    call.emit("price.created", price)
    return price


def retrieve_price(call: Call, price_id: str) -> Object:
    """``GET /v1/prices/:id``."""
    return call.find("price", price_id)


def list_prices(call: Call) -> Object:
    """``GET /v1/prices``."""
    return call.page("price", product=call.params.text("product"))


def price_in(call: Call, prefix: str) -> Object | None:
    """The price of an item: named, or made for it alone by ``price_data``; None when neither."""
    if named := call.find_named("price", f"{prefix}[price]"):
        return named
    data = f"{prefix}[price_data]"
    if not any(name.startswith(data) for name, _ in call.params.pairs):
        return None
    return call.put(_new_price(call, call.params, data))


def _new_price(call: Call, params: Params, prefix: str) -> Object:
    def name(part: str) -> str:
        first, bracket, rest = part.partition("[")
        return f"{prefix}[{first}]{bracket}{rest}" if prefix else part

    currency = currency_of(params, name("currency"))
    interval = params.text(name("recurring[interval]"))
    recurring = None
    if interval:
        count = params.number(name("recurring[interval_count]")) or 1
        if not 1 <= count <= _DAYS_AT_MOST[interval]:
            message = "Recurring prices can be billed every three years at most."
            raise StripeError(message, param=name("recurring[interval_count]"))
        recurring = {"interval": interval, "interval_count": count, "usage_type": "licensed"}
    return call.make(
        "price",
        "price",
        active=True,
        billing_scheme="per_unit",
        currency=currency,
        lookup_key=None,
        metadata={},
        nickname=None,
        product=_product(call, params, name),
        recurring=recurring,
        type="recurring" if recurring else "one_time",
        unit_amount=whole_amount(params, name("unit_amount"), currency),
    )


def _product(call: Call, params: Params, name: Callable[[str], str]) -> str:
    if named := call.find_named("product", name("product")):
        return str(named["id"])
    words = params.text(name("product_data[name]"))
    if not words:
        raise missing(param=name("product"))
    made = call.make(
        "product", "prod", active=True, metadata={}, name=words, type="service", updated=call.now
    )
    return str(call.put(made)["id"])
