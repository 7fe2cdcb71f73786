"""Subscriptions that their owners change: another plan, their end, and going on after all."""

import pytest

from billing.models import Plan, Purchase, Subscription
from tests.api.subscribing import (
    let_it_fail,
    monthly,
    subscribed,
    user_data,
    world,
)
from tests.api.test_purchases import faults
from tests.api.world import DAY, World
from tests.client_app import ClientApp

__all__ = ["monthly", "subscribed", "world"]


def test_cancel_ends_with_the_period_and_resume_goes_on(
    subscribed: ClientApp, world: World
) -> None:
    subscribed.post("/subscription-update", plan="cancel")
    canceled = dict(subscribed.answer)
    told = user_data(subscribed, world)
    subscribed.post("/subscription-update", plan="resume")
    resumed = dict(subscribed.answer)
    world.pass_time(40 * DAY)
    with world.present():
        subscribed.post("/subscription-update", plan="cancel")
    world.pass_time(40 * DAY)

    assert canceled == {"status": "ok", "plan": "1m-usd-10", "subscription": "ending"}
    assert told["subscription"] == "ending"
    assert resumed["subscription"] == "active"
    after = user_data(subscribed, world)
    assert (after["userStatus"], after["subscription"]) == ("expired", "ended")
    assert Purchase.objects.count() == 2
    assert faults() == []


def test_another_plan_of_the_same_length_is_paid_from_the_next_period_on(
    subscribed: ClientApp, world: World
) -> None:
    subscribed.post("/subscription-update", plan="1m-usd-20")

    world.pass_time(32 * DAY)

    bought = [(each.plan, each.amount_minor) for each in Purchase.objects.order_by("created")]
    assert subscribed.answer["plan"] == "1m-usd-20"
    assert bought == [("1m-usd-10", 500), ("1m-usd-20", 700)]


def test_a_longer_plan_begins_at_once_and_takes_no_time_away(
    subscribed: ClientApp, world: World
) -> None:
    before = user_data(subscribed, world)["expiration"]

    subscribed.post("/subscription-update", plan="1y-usd-10")

    after = user_data(subscribed, world)["expiration"]
    assert after >= before + 365 * DAY
    assert sorted(each.amount_minor for each in Purchase.objects.all()) == [500, 4800]
    assert faults() == []


def test_a_longer_plan_that_cannot_be_paid_changes_nothing(
    subscribed: ClientApp, world: World
) -> None:
    let_it_fail(world)

    subscribed.post("/subscription-update", plan="1y-usd-10")

    assert subscribed.answer["errorId"] == "card-declined"
    assert user_data(subscribed, world)["subscription"] == "active"
    assert Subscription.objects.get().plan == "1m-usd-10"


@pytest.mark.parametrize("plan", ["cancel", "1m-usd-20"])
def test_who_has_no_subscription_cannot_change_one(
    client: ClientApp, monthly: Plan, plan: str
) -> None:
    client.post("/subscription-update", plan=plan)

    assert client.answer["errorId"] == "no-such-subscription"
