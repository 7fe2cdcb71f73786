"""Stripe's search by what a payment says of itself."""

from collections.abc import Iterable
from typing import Any

import stripe

from billing.errors import StripeUnreachable
from billing.gateways.stripe_client import client, reaching, readable
from billing.gateways.stripe_lists import Listed, read_payment


def payment_found(purchase: str) -> str | None:
    """A payment that says it is for a purchase; empty when there is none.

    None where Stripe does not search: not everywhere it does. What it finds may be behind by a
    minute, and in its troubles by an hour (https://docs.stripe.com/search#data-freshness).
    """
    try:
        with reaching(unknown=StripeUnreachable):
            told: Any = client().v1.payment_intents.search(
                {"query": f"metadata['purchase']:'{purchase}'"}
            )
    except stripe.InvalidRequestError:
        return None
    found = [readable(lambda one: read_payment(one.to_dict()), each) for each in told.data]
    return best_of(filter(None, found), purchase)


def best_of(payments: Iterable[Listed], purchase: str) -> str:
    """Of those that say they are for a purchase one, rather one that is paid; perhaps none."""
    found = [each for each in payments if each.purchase == purchase]
    return max(found, key=lambda each: each.is_kept).object_id if found else ""
