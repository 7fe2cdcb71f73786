"""Subscriptions that their owners change: another plan, their end, and going on after all."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from billing.errors import PlanChangeUnderWay
from billing.gateways.stripe_subscriptions import end_now
from billing.keys import SUBSCRIPTIONS
from billing.models import Plan, Purchase, Subscription
from billing.services.changes import change_plan
from billing.services.subscriptions import update_subscription
from devstack.standin.faults import Fault
from lantern_pro.errors import LanternError
from lantern_pro.types import UserId
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


def open_change() -> str:
    """The plan that the subscription is to be, if a change is open."""
    return Subscription.objects.get().change_to or ""


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


@pytest.mark.parametrize("kind", ["close_before", "close_after", "status_500"])
def test_a_change_whose_answer_is_lost_is_asked_about_until_it_is_known(
    subscribed: ClientApp, world: World, kind: str
) -> None:
    world.stripe.faults.add(Fault(kind, "/v1/subscriptions/"))
    subscribed.post("/subscription-update", plan="1y-usd-10")
    lost = subscribed.answer["errorId"]
    wanted = open_change()
    before = faults()

    world.pass_jobs_time(60)
    world.settle()

    assert (lost, wanted, before) == ("stripe-unreachable", "1y-usd-10", [])
    assert sorted(each.plan for each in Purchase.objects.all()) == ["1m-usd-10", "1y-usd-10"]
    assert open_change() == ""
    assert len(world.stripe.journal.all("charge")) == 2
    assert faults() == []


def test_the_same_change_again_joins_the_first(subscribed: ClientApp, world: World) -> None:
    world.stripe.faults.add(Fault("close_after", "/v1/subscriptions/"))
    subscribed.post("/subscription-update", plan="1y-usd-10")

    subscribed.post("/subscription-update", plan="1y-usd-10")
    subscribed.post("/subscription-update", plan="1y-usd-10")

    assert subscribed.answer["plan"] == "1y-usd-10"
    assert len(world.stripe.journal.all("charge")) == 2
    assert faults() == []


@pytest.mark.parametrize("kind", ["close_before", "close_after"])
def test_another_change_is_refused_until_the_first_has_ended(
    subscribed: ClientApp, world: World, kind: str
) -> None:
    world.stripe.faults.add(Fault(kind, "/v1/subscriptions/"))
    subscribed.post("/subscription-update", plan="1y-usd-10")

    subscribed.post("/subscription-update", plan="2y-usd-10")
    refused, wanted = dict(subscribed.answer), open_change()
    world.pass_jobs_time(60)
    world.settle()
    subscribed.post("/subscription-update", plan="1m-usd-20")

    assert refused["errorId"] == "plan-change-under-way"
    assert (refused["details"]["plan"], wanted) == ("1y-usd-10", "1y-usd-10")
    assert subscribed.answer["plan"] == "1m-usd-20"
    assert "2y-usd-10" not in [each.plan for each in Purchase.objects.all()]
    assert open_change() == ""
    assert faults() == []


def test_of_two_changes_at_once_to_different_plans_one_is_charged(
    subscribed: ClientApp, world: World
) -> None:
    late = Subscription.objects.get()

    update_subscription(UserId(subscribed.user_id), "1y-usd-10")
    with pytest.raises(PlanChangeUnderWay) as refused:  # it was called while the first was open
        change_plan(late, Plan.objects.get(pk="2y-usd-10"))
    change_plan(late, Plan.objects.get(pk="1y-usd-10"))

    assert refused.value.details == {"plan": "1y-usd-10"}
    assert len(world.stripe.journal.all("charge")) == 2
    assert faults() == []


def test_a_change_of_which_stripe_forgot_the_key_is_not_asked_for_again(
    subscribed: ClientApp, world: World
) -> None:
    world.stripe.faults.add(Fault("close_before", "/v1/subscriptions/"))
    subscribed.post("/subscription-update", plan="1y-usd-10")

    world.pass_time(DAY)

    assert (Subscription.objects.get().plan, open_change()) == ("1m-usd-10", "")
    assert len(world.stripe.journal.all("charge")) == 1
    assert faults() == []


@pytest.mark.parametrize("plan", ["cancel", "1m-usd-20"])
def test_what_has_ended_at_stripe_cannot_be_changed(
    subscribed: ClientApp, world: World, plan: str
) -> None:
    end_now(Subscription.objects.get().at_stripe)  # and its webhook is late

    subscribed.post("/subscription-update", plan=plan)

    assert subscribed.answer["errorId"] == "no-such-subscription"
    assert user_data(subscribed, world)["subscription"] == "ended"
    assert faults() == []


def test_a_change_that_stripe_does_not_take_is_said(subscribed: ClientApp) -> None:
    Plan.objects.create(
        id="tiny-usd-1", description="Too cheap", months=1, currency="usd", price_minor=1
    )

    subscribed.post("/subscription-update", plan="tiny-usd-1")

    assert subscribed.answer["errorId"] == "stripe-refused"
    assert open_change() == ""
    assert faults() == []


def test_a_portal_that_stripe_does_not_open_is_said(
    subscribed: ClientApp, service: redis.Redis
) -> None:
    service.hset(SUBSCRIPTIONS.row(Subscription.objects.get().pk), "customer", "cus_unknown")

    subscribed.get("/stripe-billing-portal")

    assert subscribed.answer["errorId"] == "stripe-refused"


def test_of_many_changes_at_once_one_is_charged(subscribed: ClientApp, world: World) -> None:
    def once(number: int) -> str:
        try:
            plan = "cancel" if number % 2 else "1y-usd-10"
            update_subscription(UserId(subscribed.user_id), plan)
        except LanternError as error:
            return error.error_id
        return "ok"

    with ThreadPoolExecutor(8) as threads:
        outcomes = set(threads.map(once, range(24)))
    world.pass_jobs_time(60)
    world.settle()

    found = Subscription.objects.get()
    assert outcomes <= {"ok", "stripe-unreachable"}  # the key is in use while another call has it
    assert (found.plan, open_change(), found.state) == ("1y-usd-10", "", "ending")
    assert len(world.stripe.journal.all("charge")) == 2
    assert faults() == []


def test_back_to_the_old_plan_is_a_change_as_well(subscribed: ClientApp, world: World) -> None:
    world.stripe.faults.add(Fault("close_after", "/v1/subscriptions/"))
    subscribed.post("/subscription-update", plan="1m-usd-20")

    subscribed.post("/subscription-update", plan="1m-usd-10")
    refused = subscribed.answer["errorId"]
    world.pass_jobs_time(60)
    world.settle()
    subscribed.post("/subscription-update", plan="1m-usd-10")

    [at_stripe] = world.stripe.journal.all("subscription")
    assert refused == "plan-change-under-way"
    assert subscribed.answer["plan"] == "1m-usd-10"
    assert at_stripe["metadata"]["plan"] == "1m-usd-10"
    assert open_change() == ""
    assert faults() == []
