"""A client that subscribes, and what its owner and their bank do."""

from typing import Any

import pytest
import requests

from billing.models import Plan, Subscription
from devstack.standin import Object
from devstack.stripe_standin import StripeStandin
from tests.api.test_payment_ways import press_pay
from tests.api.world import World
from tests.client_app import ClientApp

FAILS = "4000000000000341"
WORKS = "4242424242424242"


@pytest.fixture
def world(stripe_standin: StripeStandin) -> World:
    """Time."""
    return World(stripe_standin)


@pytest.fixture
def monthly(client: ClientApp) -> Plan:
    """A plan for a month, and one for the same time at another price."""
    del client
    Plan.objects.create(
        id="1m-usd-20", description="One month", months=1, currency="usd", price_minor=700
    )
    made: Plan = Plan.objects.create(
        id="1m-usd-10", description="One month", months=1, currency="usd", price_minor=500
    )
    return made


@pytest.fixture
def subscribed(client: ClientApp, monthly: Plan, world: World) -> ClientApp:
    """A client whose subscription is paid."""
    client.post("/stripe-subscription", planId=monthly.pk, email="reader@example.org")
    pay_first(world, "pm_card_visa")
    world.settle()
    return client


@pytest.fixture
def by_days(client: ClientApp, world: World) -> ClientApp:
    """A client whose subscription is paid, and renews every two days."""
    Plan.objects.create(
        id="2d-usd-10", description="Two days", days=2, currency="usd", price_minor=100
    )
    client.post("/stripe-subscription", planId="2d-usd-10", email="reader@example.org")
    pay_first(world, "pm_card_visa")
    world.settle()
    return client


def put(standin: StripeStandin, item: Object, **changes: object) -> None:
    """Let something at Stripe be otherwise."""
    with standin.journal.change() as draft:
        draft.put({**item, **changes})


def pay_first(world: World, method: str) -> None:
    """What the client does with the secret: confirm the payment at Stripe."""
    [intent] = world.stripe.journal.all("payment_intent")
    status, told = confirm(world, intent["id"], method)
    assert status == 200, told


def confirm(world: World, intent: str, method: str) -> tuple[int, Any]:
    """Confirm a payment at Stripe; what it answers."""
    with requests.Session() as session:
        answer = session.post(
            f"{world.stripe.url}/v1/payment_intents/{intent}/confirm",
            data={"payment_method": method},
            auth=("sk_test_x", ""),
            timeout=20,
        )
        return answer.status_code, answer.json()


def user_data(client: ClientApp, world: World) -> dict[str, Any]:
    """What the client is told of its user now."""
    with world.present():
        client.get("/user-data")
        return client.answer


def period_end() -> int:
    """Until when the subscription is paid, Unix seconds."""
    told = Subscription.objects.get().period_end
    assert told is not None
    return int(told.timestamp())


def let_it_fail(world: World) -> None:
    """Let the bank decline the card from now on, as it may do at any time."""
    _let_the_card_be(world, FAILS)


def let_it_be_paid(world: World) -> None:
    """Let the bank accept the card again."""
    _let_the_card_be(world, WORKS)


def _let_the_card_be(world: World, number: str) -> None:
    for method in world.stripe.journal.all("payment_method"):
        with world.stripe.journal.change() as draft:
            draft.put({**method, "card": {**method["card"], "_number": number}})


def pay_open_invoice(world: World, number: str = WORKS) -> None:
    """What the owner does on the page that the mail led to."""
    open_one = [each for each in world.stripe.journal.all("invoice") if each["status"] == "open"]
    with requests.Session() as session:
        press_pay(session, open_one[-1]["hosted_invoice_url"], number)
    world.settle()
