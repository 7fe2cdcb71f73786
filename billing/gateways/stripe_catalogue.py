"""What is sold again and again, at Stripe: products and coupons, by ids of ours, each made once."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import stripe

from billing.gateways.base import Recurring
from billing.gateways.stripe_client import client, reaching


def item_of(wanted: Recurring) -> dict[str, Any]:
    """The item of a subscription: its product, price and length."""
    return {
        "price_data": {
            "currency": wanted.currency,
            "product": _product(wanted.plan, wanted.description),
            "unit_amount": wanted.amount,
            "recurring": {"interval": wanted.interval, "interval_count": wanted.count},
        }
    }


def discount_of(wanted: Recurring) -> dict[str, Any]:
    """What takes a promotion off the first invoice of a subscription, and off no other."""
    if not wanted.off:
        return {}
    coupon_id = f"lantern_{wanted.promotion}_{wanted.currency}_{wanted.off}"
    with _made_once():
        client().v1.coupons.create(
            {
                "id": coupon_id,
                "amount_off": wanted.off,
                "currency": wanted.currency,
                "duration": "once",
                "name": wanted.promotion,
            }
        )
    return {"discounts": [{"coupon": coupon_id}]}


def product_of(plan: str) -> str:
    """The id of a plan's product."""
    return f"lantern_{plan.replace('-', '_')}"


def _product(plan: str, name: str) -> str:
    """The product of a plan."""
    product_id = product_of(plan)
    with _made_once():
        client().v1.products.create({"id": product_id, "name": name})
    return product_id


@contextmanager
def _made_once() -> Iterator[None]:
    """Take it for made when there is one with that id."""
    try:
        with reaching():
            yield
    except stripe.InvalidRequestError as error:
        if error.code != "resource_already_exists":
            raise
