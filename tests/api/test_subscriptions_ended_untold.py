"""What waits for its first payment may have ended at Stripe, or be unknown there, untold."""

from collections.abc import Iterator

import pytest

from billing.managers.promotions import uses_of
from billing.models import Plan, Promotion, Subscription
from tests.api.subscribing import confirm, monthly, world
from tests.api.test_purchases import faults
from tests.api.world import World
from tests.client_app import ClientApp

__all__ = ["monthly", "world"]


@pytest.fixture(autouse=True)
def laws_hold_afterwards(client: ClientApp, monthly: Plan, world: World) -> Iterator[None]:
    """Whatever a test does, the laws hold."""
    del client, monthly
    yield
    with world.present():
        assert faults() == []


def untold(world: World, kind: str, **changes: object) -> None:
    """Let the latest of a kind change at Stripe, and nobody tell."""
    latest = world.stripe.journal.all(kind)[-1]
    with world.stripe.journal.change() as draft:
        draft.put({**latest, **changes})


def forgotten(world: World, kind: str) -> None:
    """Let Stripe know nothing of a kind any more."""
    journal = world.stripe.journal
    journal.put_back([each for each in journal.kept() if each["object"] != kind])


def states() -> list[str]:
    """How the subscriptions stand, the first first."""
    return [each.state for each in Subscription.objects.order_by("created")]


def test_whose_page_has_expired_is_not_told_that_it_is_paid(
    client: ClientApp, monthly: Plan, world: World
) -> None:
    client.get("/subscription-payment-redirect", plan=monthly.pk)
    first = client.answer["redirect"]
    untold(world, "checkout.session", status="expired", url=None)

    client.get("/subscription-payment-redirect", plan=monthly.pk)

    assert client.answer["redirect"].startswith(f"{world.stripe.url}/checkout/")
    assert client.answer["redirect"] != first
    assert states() == ["ended", "begun"]


def test_whose_first_try_has_ended_unpaid_begins_anew_by_the_same_promotion(
    client: ClientApp, monthly: Plan, world: World
) -> None:
    Promotion.objects.create(id="spring", percent=25, first_purchase=True, uses_limit=1)
    offer = f"{monthly.pk}-spring"
    client.post("/stripe-subscription", planId=offer)
    first = client.answer["subscriptionId"]
    untold(world, "subscription", status="canceled", ended_at=world.stripe.clock.now())

    client.post("/stripe-subscription", planId=offer)

    assert client.answer["status"] == "ok", client.answer
    assert client.answer["subscriptionId"] != first
    intent = client.answer["clientSecret"].partition("_secret_")[0]
    confirm(world, intent, "pm_card_visa")
    world.settle()
    assert states() == ["ended", "active"]
    assert uses_of(["spring"]) == {"spring": 1}


@pytest.mark.parametrize(
    ("path", "method", "kind"),
    [
        ("/stripe-subscription", "post", "subscription"),
        ("/subscription-payment-redirect", "get", "checkout.session"),
    ],
)
def test_what_stripe_does_not_know_keeps_nobody_from_buying(
    client: ClientApp, monthly: Plan, world: World, path: str, method: str, kind: str
) -> None:
    getattr(client, method)(path, plan=monthly.pk, planId=monthly.pk)
    assert client.answer["status"] == "ok", client.answer
    forgotten(world, kind)

    client.buy(idempotencyKey="once")

    assert client.answer["paymentStatus"] == "completed", client.answer
