"""Coupons: an amount off the first invoice of a subscription, begun by a call or on a page."""

from typing import Any

import pytest
import requests
import stripe

from devstack.stripe_standin import StripeStandin
from tests.standins.paying import Untyped
from tests.standins.test_stripe_checkout import PAYS, a_session, press_pay
from tests.standins.test_stripe_subscriptions import DAY, monthly, subscribe

__all__ = ["subscribe"]

SPRING = {"id": "spring", "amount_off": 125, "currency": "usd", "duration": "once"}


def discounted(coupon: str = "spring") -> dict[str, Any]:
    """How a call names a coupon."""
    return {"discounts": [{"coupon": coupon}]}


def test_the_first_invoice_is_for_less_and_the_next_is_not(
    subscribe: Any, stripe_client: Untyped, stripe_standin: StripeStandin
) -> None:
    stripe_client.v1.coupons.create(SPRING)

    begun = subscribe(**discounted())
    stripe_standin.put_clock_forward(stripe_standin.clock.now() + 32 * DAY)

    first = begun.latest_invoice
    renewal, _ = stripe_client.v1.invoices.list({"subscription": begun.id}).data
    assert (first.subtotal, first.total, first.amount_paid) == (500, 375, 375)
    [off] = first.total_discount_amounts
    assert (off.amount, [off.discount]) == (125, first.discounts)
    assert begun.discounts == []
    assert (renewal.total, renewal.amount_paid, renewal.discounts) == (500, 500, [])
    charged = [each["amount"] for each in stripe_standin.journal.all("charge")]
    assert charged == [375, 500]
    assert stripe_client.v1.coupons.retrieve("spring").times_redeemed == 1


def test_a_page_shows_and_takes_what_the_coupon_leaves(
    stripe_client: Untyped, http: requests.Session, stripe_standin: StripeStandin
) -> None:
    stripe_client.v1.coupons.create(SPRING)
    stripe_client.v1.products.create({"id": "pro", "name": "Pro"})
    wanted = {"mode": "subscription", "payment_intent_data": None, **discounted()}
    session = a_session(stripe_client, **wanted, line_items=[{**monthly("pro"), "quantity": 1}])

    page = http.get(session.url, timeout=20)
    press_pay(http, session.url, PAYS)

    assert "3.75 USD" in page.text
    assert (session.amount_subtotal, session.amount_total) == (500, 375)
    assert session.total_details.amount_discount == 125
    assert [each["amount"] for each in stripe_standin.journal.all("charge")] == [375]
    assert stripe_client.v1.coupons.retrieve("spring").times_redeemed == 1


@pytest.mark.parametrize(
    ("coupon", "param"),
    [
        ({"amount_off": 0}, "amount_off"),
        ({"currency": None}, "currency"),
        ({"duration": "forever"}, "duration"),
    ],
)
def test_a_coupon_that_cannot_be_is_refused(
    stripe_client: Untyped, coupon: dict[str, Any], param: str
) -> None:
    told = {name: value for name, value in {**SPRING, **coupon}.items() if value is not None}

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe_client.v1.coupons.create(told)

    assert refused.value.param == param


def test_an_id_is_given_to_one_coupon(stripe_client: Untyped) -> None:
    stripe_client.v1.coupons.create(SPRING)

    with pytest.raises(stripe.InvalidRequestError) as refused:
        stripe_client.v1.coupons.create(SPRING)

    assert refused.value.code == "resource_already_exists"
    assert [each.id for each in stripe_client.v1.coupons.list().data] == ["spring"]


@pytest.mark.parametrize(
    ("changes", "named", "code"),
    [
        ({}, "autumn", "resource_missing"),
        ({"currency": "eur"}, "spring", None),
        ({"amount_off": 500}, "spring", None),
    ],
)
def test_a_coupon_that_does_not_fit_the_price_is_refused(
    subscribe: Any, stripe_client: Untyped, changes: dict[str, Any], named: str, code: str | None
) -> None:
    stripe_client.v1.coupons.create({**SPRING, **changes})

    with pytest.raises(stripe.InvalidRequestError) as refused:
        subscribe(**discounted(named))

    assert (refused.value.code, refused.value.param) == (code, "discounts[0][coupon]")
