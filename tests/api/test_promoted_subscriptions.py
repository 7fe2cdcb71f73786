"""Promotions on subscriptions: the first period costs what was shown, and the next does not."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
import requests

from billing.managers.promotions import uses_of
from billing.models import Plan, Promotion, Purchase, Subscription
from billing.services.refunds import refund
from devstack.standin.faults import Fault
from lantern_pro import clock
from lantern_pro.support.laws import check_laws
from lantern_pro.types import Millis
from tests.api.returning import days_of
from tests.api.subscribing import confirm, monthly, put, user_data, world
from tests.api.test_payment_ways import press_pay
from tests.api.test_promotions import look_at_uses, promote
from tests.api.test_reconciliation_of_subscriptions import drift, pass_minute
from tests.api.world import DAY, HOUR, World
from tests.client_app import ClientApp

__all__ = ["monthly", "world"]

NewClient = Callable[..., ClientApp]
OFFER = "1m-usd-10-spring"


@pytest.fixture(autouse=True)
def laws_hold_afterwards(client: ClientApp, monthly: Plan, world: World) -> Iterator[None]:
    """Whatever a test does, the laws hold."""
    del client, monthly
    yield
    with world.present():
        assert [fault for finding in check_laws() for fault in finding.faults] == []


def subscribes(app: ClientApp, plan: str = OFFER, **told: str) -> str:
    """Begin a subscription; ``ok``, or why not."""
    app.post("/stripe-subscription", planId=plan, **told)
    return str(app.answer.get("errorId") or app.answer["status"])


def pays(app: ClientApp, world: World) -> None:
    """Pay the first invoice, as the app does by the secret; and what follows."""
    intent = app.answer["clientSecret"].partition("_secret_")[0]
    status, told = confirm(world, intent, "pm_card_visa")
    assert status == 200, told
    world.settle()


def charged(world: World) -> list[int]:
    """What was charged at Stripe, in order."""
    return [each["amount"] for each in world.stripe.journal.all("charge") if each["paid"]]


def used() -> int:
    """How many uses of the promotion are taken."""
    return uses_of(["spring"])["spring"]


def test_the_first_period_costs_what_was_shown_and_the_next_the_plans_price(
    client: ClientApp, world: World
) -> None:
    promote(plans="1m", months=2)
    client.get("/plans")
    shown = {each["id"]: each["price"] for each in client.answer["plans"]}

    assert subscribes(client) == "ok"
    pays(client, world)
    world.pass_time(32 * DAY)

    assert shown[OFFER] == {"usd": 375}
    assert charged(world) == [375, 500]
    first, second = Purchase.objects.order_by("created")
    assert (first.promotion, first.promotion_months, first.amount_minor) == ("spring", 2, 375)
    assert (second.promotion or "", second.amount_minor) == ("", 500)
    assert 59 <= days_of(client)["promotion"] <= 62
    assert used() == 1
    assert drift() == []


def test_of_what_plans_show_on_top_a_subscription_gives_the_promotions_months_alone(
    client: ClientApp, world: World
) -> None:
    Plan.objects.create(
        id="1m-usd-30", description="A month", months=1, currency="usd", price_minor=500,
        renewal_bonus="0: 7d",
    )  # fmt: skip
    client.buy(plan="1m-usd-30")
    promote(plans="1m", months=2)
    client.get("/plans")
    [shown] = [each for each in client.answer["plans"] if each["id"] == "1m-usd-30-spring"]

    assert subscribes(client, "1m-usd-30-spring", insist="true") == "ok"
    pays(client, world)
    world.pass_time(32 * DAY)

    assert shown["renewalBonusExpected"] == {"months": 2, "days": 7}
    assert shown["promotion"]["months"] == 2
    days = days_of(client)
    assert "renewal_bonus" not in days
    assert 59 <= days["promotion"] <= 62
    with world.present():
        client.buy(plan="1m-usd-30", idempotencyKey="by itself")
    assert days_of(client)["renewal_bonus"] == 7


def test_a_code_takes_the_same_off(client: ClientApp, world: World) -> None:
    promote(code="SPRING-27", percent=50)

    assert subscribes(client, "1m-usd-10", couponCode="spring-27") == "ok"
    pays(client, world)

    assert charged(world) == [250]
    assert used() == 1


def test_a_page_asks_for_what_was_shown(
    client: ClientApp, world: World, http: requests.Session
) -> None:
    promote()

    client.get("/subscription-payment-redirect", plan=OFFER, email="reader@example.org")
    press_pay(http, client.answer["redirect"], "4242424242424242")
    world.settle()
    world.pass_time(32 * DAY)

    assert charged(world) == [375, 500]
    assert used() == 1


def test_months_alone_are_given_with_the_first_payment(client: ClientApp, world: World) -> None:
    promote(percent=0, months=1)

    subscribes(client)
    pays(client, world)
    world.pass_time(32 * DAY)

    assert charged(world) == [500, 500]
    assert 28 <= days_of(client)["promotion"] <= 31
    assert world.stripe.journal.all("coupon") == []


def test_a_use_is_held_until_it_is_paid_or_given_up(
    client: ClientApp, new_client: NewClient, world: World
) -> None:
    promote(uses_limit=1)
    second = new_client("device-2")

    begun = subscribes(client)
    look_at_uses()
    meanwhile = subscribes(second)
    world.pass_time(25 * HOUR, step=6 * HOUR)
    with world.present():
        look_at_uses()
        freed = subscribes(second)
    pays(second, world)
    with world.present():
        look_at_uses()
        at_last = subscribes(client)

    assert (begun, meanwhile, freed, at_last) == ("ok", "promotion-over", "ok", "promotion-over")
    assert charged(world) == [375]
    assert used() == 1


def test_the_same_wish_again_takes_one_use_and_goes_on_after_the_promotions_end(
    client: ClientApp, world: World
) -> None:
    spring = promote(uses_limit=1)
    world.stripe.faults.add(Fault("close_after", "/v1/subscriptions"))
    client.post("/stripe-subscription", planId=OFFER, timeout=0)

    Promotion.objects.filter(pk=spring.pk).update(on=False)
    assert subscribes(client) == "ok"
    pays(client, world)

    assert charged(world) == [375]
    assert len(world.stripe.journal.all("coupon")) == 1
    assert used() == 1


def test_another_wish_of_the_same_user_has_the_use_of_the_first(
    client: ClientApp, world: World
) -> None:
    promote(uses_limit=1, first_purchase=True)

    outcomes = [subscribes(client), subscribes(client, "1m-usd-20-spring"), subscribes(client)]
    pays(client, world)

    assert outcomes == ["ok"] * 3
    assert charged(world) == [375]
    assert used() == 1


def test_a_first_purchase_is_offered_once(client: ClientApp, world: World) -> None:
    promote(first_purchase=True)

    client.buy(plan="1y-usd-10")

    assert subscribes(client, insist="true") == "not-first-purchase"


@pytest.mark.parametrize(
    ("told", "wish", "why"),
    [
        ({"on": False}, {}, "promotion-over"),
        ({"plans": "1y"}, {}, "unknown-plan"),
        ({"code": "SPRING"}, {}, "wrong-coupon"),
        ({}, {"plan": "1m-usd-10", "couponCode": "AUTUMN"}, "wrong-coupon"),
    ],
)
def test_what_does_not_apply_is_refused_and_nobody_pays_more(
    client: ClientApp, world: World, told: dict[str, Any], wish: dict[str, str], why: str
) -> None:
    promote(**told)

    assert subscribes(client, **wish) == why
    assert Subscription.objects.count() == 0
    assert world.stripe.journal.all("subscription") == []


def test_a_first_payment_that_stripe_would_not_charge_is_refused(
    client: ClientApp, world: World
) -> None:
    promote(percent=90)
    Plan.objects.create(id="2d-usd-10", description="x", days=2, currency="usd", price_minor=100)

    assert subscribes(client, "2d-usd-10-spring") == "stripe-refused"
    assert world.stripe.journal.all("subscription") == []
    assert used() == 0


def test_a_refund_of_the_first_period_takes_what_the_promotion_gave(
    client: ClientApp, world: World
) -> None:
    promote(months=2)
    subscribes(client)
    pays(client, world)

    with world.present():
        refund(Purchase.objects.get().purchase_id, amount=None, why="asked for it", nonce="n")
    world.settle()

    assert sum(days_of(client).values()) == 0


def test_another_plan_costs_its_own_price(client: ClientApp, world: World) -> None:
    promote()
    subscribes(client)
    pays(client, world)

    with world.present():
        client.post("/subscription-update", plan="1y-usd-10")

    assert client.answer["status"] == "ok"
    assert charged(world) == [375, 4800]


def test_what_stripe_charges_otherwise_is_shown_to_staff(client: ClientApp, world: World) -> None:
    promote()
    put(world.stripe, {
        "id": "lantern_spring_usd_125", "object": "coupon", "created": 1, "currency": "usd",
        "amount_off": 25, "times_redeemed": 0,
    })  # fmt: skip
    subscribes(client)
    pays(client, world)

    pass_minute(world, 3)

    assert charged(world) == [475]
    assert drift() == [("other-amount", Purchase.objects.get().pk)]


def test_an_erased_subscriber_gives_the_use_back(client: ClientApp, world: World) -> None:
    promote(uses_limit=1)
    subscribes(client)

    client.post("/user-delete")
    client.post("/user-delete", confirmation=client.answer["confirmation"])
    world.settle()
    look_at_uses()

    assert used() == 0


def test_the_offer_is_good_for_an_hour_after_its_end(client: ClientApp, world: World) -> None:
    promote(ends=clock.as_datetime(Millis(clock.now() + HOUR * 1000)))

    world.pass_time(HOUR + 60)
    with world.present():
        within = subscribes(client)
    pays(client, world)

    assert within == "ok"
    assert user_data(client, world)["subscription"] == "active"
    assert charged(world) == [375]
