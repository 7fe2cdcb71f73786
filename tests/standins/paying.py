"""The calls that most of these tests begin with."""

from collections.abc import Mapping
from typing import Any

import requests

from devstack.stripe_standin import StripeStandin

# What the vendors' packages answer: nearly every field may be None to their types, and a test
# says which must not be.
Untyped = Any


def purchase(
    more: Mapping[str, str] | None = None, *, paid_with: str = "pm_card_visa", amount: int = 4800
) -> dict[str, str]:
    """The form of a purchase by card, as a raw client sends it."""
    return {
        "amount": str(amount),
        "currency": "usd",
        "confirm": "true",
        "payment_method": paid_with,
        "metadata[user_id]": "7",
        **(more or {}),
    }


def card(number: str, **more: str) -> dict[str, str]:
    """A card as it is typed in."""
    return {"number": number, "exp_month": "12", "exp_year": "2040", "cvc": "123", **more}


def post(
    http: requests.Session,
    standin: StripeStandin,
    path: str,
    form: dict[str, str],
    *,
    key: str | None = None,
) -> requests.Response:
    """Call the API as curl does."""
    headers = {"Idempotency-Key": key} if key else {}
    url = standin.url + path
    return http.post(url, data=form, headers=headers, auth=("sk_test_x", ""), timeout=40)
