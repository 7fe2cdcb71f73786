"""Subscriptions of which somebody has made several items at Stripe, where we make one."""

import pytest

from billing.models import Purchase, Subscription
from devstack.standin import Object
from tests.api.subscribing import by_days, monthly, period_end, put, subscribed, user_data, world
from tests.api.test_purchases import faults
from tests.api.test_reconciliation_of_subscriptions import drift, pass_minute
from tests.api.test_reconciliation_of_the_subscribed import at_stripe
from tests.api.world import DAY, HOUR, World
from tests.client_app import ClientApp

__all__ = ["by_days", "monthly", "subscribed", "world"]

pytestmark = pytest.mark.usefixtures("laws_hold")

NINE_DAYS: Object = {
    "id": "price_mug",
    "object": "price",
    "currency": "usd",
    "product": "prod_mug",
    "recurring": {"interval": "day", "interval_count": 9},
    "unit_amount": 9_900,
}


def price_of_ours(world: World) -> Object:
    """The price of the one item that we have made."""
    [item] = at_stripe(world)["items"]["data"]
    price: Object = item["price"]
    return price


def make_of(world: World, *prices: Object) -> None:
    """Let somebody make it of items with these prices."""
    mine = at_stripe(world)
    [item] = mine["items"]["data"]
    made = [{**item, "id": f"si_{at}", "price": price} for at, price in enumerate(prices)]
    put(world.stripe, mine, items={**mine["items"], "data": made})


def test_a_renewal_gives_the_time_of_our_plan_and_staff_are_told(
    by_days: ClientApp, world: World
) -> None:
    before, expiration = period_end(), user_data(by_days, world)["expiration"]
    make_of(world, price_of_ours(world), NINE_DAYS)

    world.pass_time(2 * DAY + 2 * HOUR, step=HOUR)
    pass_minute(world, 6)

    ours = Subscription.objects.get()
    assert user_data(by_days, world)["expiration"] == expiration + 2 * DAY
    assert period_end() == before + 2 * DAY
    assert (ours.state, ours.amount_minor) == ("active", 100)
    assert sorted(each.amount_minor for each in Purchase.objects.all()) == [100, 10_000]
    assert drift() == [("several-items", ours.pk)]
    assert faults() == []


def test_one_of_which_no_item_is_our_plan_keeps_the_terms_that_are_known(
    by_days: ClientApp, world: World
) -> None:
    before, expiration = period_end(), user_data(by_days, world)["expiration"]
    make_of(world, NINE_DAYS, {**NINE_DAYS, "id": "price_cup", "product": "prod_cup"})

    world.pass_time(2 * DAY + 2 * HOUR, step=HOUR)
    by_days.post("/subscription-update", plan="cancel")
    pass_minute(world, 6)

    ours = Subscription.objects.get()
    assert period_end() == before
    assert (ours.state, ours.amount_minor) == ("ending", 100)
    assert [each.days for each in Purchase.objects.all()] == [2]
    assert user_data(by_days, world)["expiration"] == expiration
    assert set(drift()) == {("several-items", ours.pk), ("renewal-not-given", ours.pk)}
    assert faults() == []


def test_its_plan_is_not_changed(subscribed: ClientApp, world: World) -> None:
    make_of(world, price_of_ours(world), NINE_DAYS)
    mine = at_stripe(world)

    subscribed.post("/subscription-update", plan="1m-usd-20")

    assert subscribed.answer["errorId"] == "stripe-refused"
    assert subscribed.answer["details"] == {"reason": "several_items"}
    assert at_stripe(world)["items"] == mine["items"]
    assert not Subscription.objects.get().change_to


def test_one_that_is_made_of_ours_alone_again_agrees(subscribed: ClientApp, world: World) -> None:
    ours = price_of_ours(world)
    make_of(world, NINE_DAYS, ours)
    pass_minute(world, 2)
    found = drift()

    mine = at_stripe(world)
    put(world.stripe, mine, items={**mine["items"], "data": mine["items"]["data"][1:]})
    pass_minute(world, 6)

    assert found == [("several-items", Subscription.objects.get().pk)]
    assert drift() == []
