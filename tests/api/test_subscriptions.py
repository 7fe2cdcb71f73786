"""Subscriptions: begun, renewed over two years, changed, failing and ended."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from billing.gateways.stripe_subscriptions import give_up
from billing.models import Plan, Purchase, Subscription
from billing.services.renewals import look_at
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from tests.api.subscribing import (
    confirm,
    monthly,
    pay_first,
    period_end,
    subscribed,
    user_data,
    world,
)
from tests.api.test_payment_ways import press_pay
from tests.api.test_purchases import faults
from tests.api.world import HOUR, World
from tests.client_app import ClientApp

RunJobs = Callable[[], int]

__all__ = ["monthly", "subscribed", "world"]


def test_a_subscription_begins_by_the_secret_and_gives_its_period(
    subscribed: ClientApp, world: World
) -> None:
    told = user_data(subscribed, world)

    assert (told["userStatus"], told["subscription"]) == ("active", "active")
    assert told["expiration"] == period_end()
    assert Purchase.objects.get().way == "invoice"
    assert faults() == []


def test_the_answer_is_what_stripes_client_needs(client: ClientApp, monthly: Plan) -> None:
    client.post("/stripe-subscription", planId=monthly.pk)

    answer = client.answer
    assert answer["customerId"].startswith("cus_")
    assert answer["subscriptionId"].startswith("sub_")
    assert "_secret_" in answer["clientSecret"]
    assert answer["publishableKey"] == "pk_test_development"
    assert faults() == []


def test_the_same_call_again_goes_on_where_the_first_was(
    client: ClientApp, monthly: Plan, stripe_standin: StripeStandin
) -> None:
    stripe_standin.faults.add(Fault("close_after", "/v1/subscriptions"))
    lost = client.post("/stripe-subscription", planId=monthly.pk, timeout=0)
    client.post("/stripe-subscription", planId=monthly.pk)
    first = client.answer

    client.post("/stripe-subscription", planId=monthly.pk)

    assert lost.status_code == 202
    assert client.answer == first
    assert len(stripe_standin.journal.all("subscription")) == 1


def test_a_subscriber_cannot_subscribe_twice(subscribed: ClientApp) -> None:
    subscribed.post("/stripe-subscription", planId="1m-usd-20")

    assert subscribed.answer["errorId"] == "already-subscribed"
    assert subscribed.answer["details"] == {"plan": "1m-usd-10", "state": "active"}


def test_another_wish_before_the_first_was_paid_takes_its_place(
    client: ClientApp, monthly: Plan, stripe_standin: StripeStandin
) -> None:
    client.post("/stripe-subscription", planId=monthly.pk)
    client.post("/stripe-subscription", planId="1m-usd-20")

    states = [each["status"] for each in stripe_standin.journal.all("subscription")]
    assert states == ["canceled", "incomplete"]
    assert [each.state for each in Subscription.objects.order_by("created")] == [
        "ended", "incomplete"
    ]  # fmt: skip
    assert faults() == []


def test_another_wish_does_not_end_what_was_just_paid(
    client: ClientApp, monthly: Plan, world: World
) -> None:
    client.post("/stripe-subscription", planId=monthly.pk)
    pay_first(world, "pm_card_visa")  # and its webhook is late

    client.post("/stripe-subscription", planId="1m-usd-20")

    assert client.answer["errorId"] == "already-subscribed"
    assert client.answer["details"] == {"plan": "1m-usd-10", "state": "active"}
    assert [each["status"] for each in world.stripe.journal.all("subscription")] == ["active"]
    assert user_data(client, world)["userStatus"] == "active"
    assert faults() == []


def test_what_gave_way_to_another_wish_cannot_be_paid_any_more(
    client: ClientApp, monthly: Plan, world: World
) -> None:
    client.post("/stripe-subscription", planId=monthly.pk)
    [intent] = world.stripe.journal.all("payment_intent")
    client.post("/stripe-subscription", planId="1m-usd-20")

    status, _ = confirm(world, intent["id"], "pm_card_visa")

    assert status == 400
    assert [each["status"] for each in world.stripe.journal.all("invoice")] == ["void", "open"]
    assert faults() == []


def test_what_is_paid_in_the_last_moment_is_not_given_up(subscribed: ClientApp) -> None:
    found = Subscription.objects.get()

    give_up(found.at_stripe)
    look_at(found.subscription_id, give_up=True)

    assert Subscription.objects.get().state == "active"
    assert faults() == []


def test_another_wish_does_not_end_what_was_just_paid_on_a_page(
    client: ClientApp, monthly: Plan, world: World, http: requests.Session
) -> None:
    client.get("/subscription-payment-redirect", plan=monthly.pk)
    press_pay(http, client.answer["redirect"])  # and its webhook is late

    client.get("/subscription-payment-redirect", plan="1m-usd-20")

    assert client.answer["errorId"] == "already-subscribed"
    assert [each["status"] for each in world.stripe.journal.all("subscription")] == ["active"]
    assert faults() == []


def test_a_subscription_may_begin_on_a_page(
    client: ClientApp, monthly: Plan, world: World, http: requests.Session
) -> None:
    client.get("/subscription-payment-redirect", plan=monthly.pk, billingType="subscription")
    client.get("/subscription-payment-redirect", plan=monthly.pk, email="")
    press_pay(http, client.answer["redirect"])

    world.settle()

    told = user_data(client, world)
    assert (told["userStatus"], told["subscription"]) == ("active", "active")
    assert len(world.stripe.journal.all("checkout.session")) == 1
    assert faults() == []


def test_a_page_for_one_payment_may_be_asked_for_there_too(
    client: ClientApp, monthly: Plan, stripe_standin: StripeStandin
) -> None:
    client.get("/subscription-payment-redirect", plan=monthly.pk, billingType="one_time")

    assert client.answer["redirect"]
    assert [each["mode"] for each in stripe_standin.journal.all("checkout.session")] == ["payment"]


def test_another_wish_closes_the_page_of_the_first(
    client: ClientApp, monthly: Plan, stripe_standin: StripeStandin
) -> None:
    client.get("/subscription-payment-redirect", plan=monthly.pk)
    client.get("/subscription-payment-redirect", plan="1m-usd-20")

    states = [each["status"] for each in stripe_standin.journal.all("checkout.session")]
    assert states == ["expired", "open"]
    assert faults() == []


def test_a_page_that_nobody_paid_on_leaves_no_subscription(
    client: ClientApp, monthly: Plan, world: World
) -> None:
    client.get("/subscription-payment-redirect", plan=monthly.pk)

    world.pass_time(3 * HOUR, step=HOUR)

    assert Subscription.objects.get().state == "ended"
    assert user_data(client, world)["subscription"] == ""
    assert faults() == []


def test_the_portal_opens_in_a_browser_by_the_credentials_in_the_query(
    subscribed: ClientApp, world: World, http: requests.Session
) -> None:
    query = {"userId": str(subscribed.user_id), "proToken": subscribed.token}
    browser = subscribed.http.get("/stripe-billing-portal", query, headers={"Accept": "text/html"})
    subscribed.get("/stripe-billing-portal")
    nobody = subscribed.http.get("/stripe-billing-portal", {**query, "proToken": "wrong"})

    assert browser.status_code == 303
    assert browser["Referrer-Policy"] == "no-referrer"
    assert nobody.json()["errorId"] == "wrong-credentials"
    http.post(browser["Location"], data={"do": "cancel"}, timeout=20)
    world.settle()
    assert user_data(subscribed, world)["subscription"] == "ending"
    assert subscribed.answer["status"] == "ok"


def test_the_portal_is_asked_for_so_often_and_no_oftener_by_one_account(
    subscribed: ClientApp, settings: Any
) -> None:
    settings.PAYMENTS_PER_HOUR = 3
    query = {"userId": str(subscribed.user_id), "proToken": subscribed.token}

    answers = [subscribed.http.get("/stripe-billing-portal", query).json() for _ in range(4)]
    stranger = subscribed.http.get("/stripe-billing-portal", {**query, "proToken": "x"}).json()

    assert (answers[0]["status"], answers[-1]["errorId"]) == ("ok", "too-many-requests")
    assert stranger["errorId"] == "wrong-credentials"


@pytest.mark.parametrize(
    ("wish", "error"),
    [
        ({"planId": "1m-usd-10", "couponCode": "SPRING"}, "wrong-coupon"),
        ({"planId": "1m-usd-10-winter"}, "unknown-plan"),
        ({"planId": "odd-usd-1"}, "plan-does-not-renew"),
        ({"planId": "none-usd-1"}, "unknown-plan"),
        ({"planId": "tiny-usd-1"}, "stripe-refused"),
    ],
)
def test_what_cannot_be_subscribed_to_is_said(
    client: ClientApp, monthly: Plan, wish: dict[str, str], error: str
) -> None:
    Plan.objects.create(
        id="odd-usd-1", description="Odd", months=1, days=3, currency="usd", price_minor=500
    )

    Plan.objects.create(
        id="tiny-usd-1", description="Too cheap", months=1, currency="usd", price_minor=1
    )

    client.post("/stripe-subscription", **wish)

    assert client.answer["errorId"] == error
    assert Subscription.objects.filter(state="active").count() == 0


def test_what_stripe_refused_ends_and_lets_another_begin(
    client: ClientApp, monthly: Plan, world: World
) -> None:
    Plan.objects.create(
        id="tiny-usd-1", description="Too cheap", months=1, currency="usd", price_minor=1
    )
    client.post("/stripe-subscription", planId="tiny-usd-1")

    client.post("/stripe-subscription", planId=monthly.pk)

    assert client.answer["clientSecret"]
    assert [each.state for each in Subscription.objects.order_by("created")] == [
        "ended", "incomplete"
    ]  # fmt: skip
    assert faults() == []


def test_an_erased_user_is_charged_no_more(
    subscribed: ClientApp, world: World, stripe_standin: StripeStandin
) -> None:
    subscribed.post("/user-delete")
    subscribed.post("/user-delete", confirmation=subscribed.answer.get("confirmation", ""))
    world.settle()

    [at_stripe] = stripe_standin.journal.all("subscription")
    assert at_stripe["status"] == "canceled"
    assert faults() == []


def test_looking_twice_at_once_gives_once(subscribed: ClientApp, world: World) -> None:
    before = user_data(subscribed, world)["expiration"]

    look_at(Subscription.objects.get().subscription_id)
    look_at(Subscription.objects.get().subscription_id)

    assert user_data(subscribed, world)["expiration"] == before
    assert Purchase.objects.count() == 1
