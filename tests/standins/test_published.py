"""Requests are held against what Stripe publishes of its parameters."""

import pytest
import requests

from devstack.stripe_standin import StripeStandin
from devstack.stripe_standin.params import parts_of
from devstack.stripe_standin.published import Shape, shape_of
from devstack.stripe_standin.route import Route
from devstack.stripe_standin.routes import ROUTES
from tests.standins.paying import post, purchase


def shapes_named(route: Route, name: str) -> list[Shape]:
    """What is published for a parameter of a call."""
    shapes = [shape_of(route.published)]
    for part in parts_of(name):
        shapes = [below for shape in shapes for below in shape.beneath(part)]
    return shapes


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"{route.method} {route.path}")
def test_the_stand_in_takes_only_what_is_published(route: Route) -> None:
    own = {name.removesuffix("[*]") for name in route.names}

    assert [name for name in own if not shapes_named(route, name)] == []


def test_a_caller_who_sends_what_nobody_takes_is_found_out(
    http: requests.Session, stripe_standin: StripeStandin
) -> None:
    post(http, stripe_standin, "/v1/payment_intents", purchase({"colour": "red"}))
    post(http, stripe_standin, "/v1/payment_intents", purchase())

    assert stripe_standin.api.unknown_parameters == ["/v1/payment_intents: colour"]


@pytest.mark.parametrize(
    ("call", "name", "good", "bad"),
    [
        ("PaymentIntentCreate", "amount", "4800", "48.00"),
        ("PaymentIntentCreate", "confirm", "true", "1"),
        ("RefundCreate", "reason", "duplicate", "because"),
        ("checkout.SessionCreate", "mode", "subscription", "gift"),
        ("SubscriptionUpdate", "cancel_at", "", "soon"),
    ],
)
def test_types_are_published_too(call: str, name: str, good: str, bad: str) -> None:
    [shape] = shape_of(call).beneath(name)

    assert shape.takes(good)
    assert not shape.takes(bad)
