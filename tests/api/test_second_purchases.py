"""A second purchase within minutes is noticed, and its buyer asked."""

from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from billing.managers.promotions import uses_of
from billing.models import Plan, Promotion, Purchase, Subscription
from billing.services.repeats import GUARD_MS
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from lantern_pro import clock
from tests.api.subscribing import by_days, monthly, pay_first, subscribed, world
from tests.api.test_erasure_of_buyers import AT_THEIR_BANK
from tests.api.test_payment_ways import press_pay
from tests.api.test_purchases import faults
from tests.api.world import DAY, HOUR, World
from tests.client_app import ClientApp

__all__ = ["by_days", "monthly", "subscribed", "world"]


def test_a_second_tap_with_another_key_is_asked_about_and_charges_nothing(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    client.buy(idempotencyKey="first")

    client.buy(idempotencyKey="second", stripeToken="tok_mastercard")

    assert client.answer["errorId"] == "purchase-repeated"
    details = client.answer["details"]
    assert (details["plan"], details["paymentStatus"]) == ("1y-usd-10", "completed")
    assert details["insistBy"] == "insist=true"
    assert len(stripe_standin.journal.all("charge")) == 1
    assert faults() == []


def test_who_insists_buys_again(client: ClientApp, stripe_standin: StripeStandin) -> None:
    client.buy(idempotencyKey="first")

    client.buy(idempotencyKey="second", insist="true")
    second = dict(client.answer)
    client.buy(idempotencyKey="third")

    assert second["paymentStatus"] == "completed"
    assert client.answer["errorId"] == "purchase-repeated"
    assert len(stripe_standin.journal.all("charge")) == 2


def test_after_some_minutes_nobody_is_asked(client: ClientApp) -> None:
    client.buy(idempotencyKey="first")

    with clock.shifted(GUARD_MS + 1):
        client.buy(idempotencyKey="second")

    assert client.answer["paymentStatus"] == "completed"


def test_another_card_after_a_decline_is_no_repetition(client: ClientApp) -> None:
    client.buy(idempotencyKey="first", stripeToken="tok_chargeDeclined")

    client.buy(idempotencyKey="second")

    assert client.answer["paymentStatus"] == "completed"


def test_another_way_while_the_bank_or_a_page_waits_is_no_repetition(client: ClientApp) -> None:
    client.get("/payment-redirect", plan="1y-usd-10")
    client.buy(
        idempotencyKey="bank",
        stripeToken=None,
        stripePaymentMethod="pm_card_threeDSecure2Required",
    )

    client.buy(idempotencyKey="card")

    assert client.answer["paymentStatus"] == "completed"


def test_while_the_first_is_not_known_the_second_is_told_so(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    stripe_standin.faults.add(Fault("close_after", "/v1/payment_intents", times=9))
    client.buy(idempotencyKey="first", timeout=0)

    client.buy(idempotencyKey="second", timeout=0)

    assert client.answer["details"]["paymentStatus"] == "pending"


@pytest.mark.parametrize("taps", [6])
def test_of_many_taps_at_once_one_pays(
    client: ClientApp, stripe_standin: StripeStandin, taps: int
) -> None:
    apps = [
        ClientApp(device_id=client.device_id, user_id=client.user_id, token=client.token)
        for _ in range(taps)
    ]

    with ThreadPoolExecutor(taps) as threads:
        list(threads.map(lambda n: apps[n].buy(idempotencyKey=f"tap-{n}"), range(taps)))

    told = [app.answer.get("errorId", "paid") for app in apps]
    assert sorted(told) == ["paid"] + ["purchase-repeated"] * (taps - 1)
    assert len(stripe_standin.journal.all("charge")) == 1
    assert Purchase.objects.count() == 1


def test_of_many_taps_for_an_offer_at_once_one_use_is_taken_and_none_is_held(
    client: ClientApp,
) -> None:
    Promotion.objects.create(id="spring", percent=25, uses_limit=9)
    apps = [
        ClientApp(device_id=client.device_id, user_id=client.user_id, token=client.token)
        for _ in range(6)
    ]

    def tap(number: int) -> None:
        apps[number].buy(plan="1y-usd-10-spring", idempotencyKey=f"tap-{number}")

    with ThreadPoolExecutor(6) as threads:
        list(threads.map(tap, range(6)))

    told = sorted(app.answer.get("errorId", "paid") for app in apps)
    assert told == ["paid"] + ["purchase-repeated"] * 5
    assert uses_of(["spring"])["spring"] == 1


def test_a_page_is_not_opened_minutes_after_a_payment_either(client: ClientApp) -> None:
    client.buy(idempotencyKey="first")

    client.get("/payment-redirect", plan="1y-usd-10")
    refused = dict(client.answer)
    client.get("/payment-redirect", plan="1y-usd-10", insist="true")

    assert refused["errorId"] == "purchase-repeated"
    assert client.answer["redirect"]


def test_who_has_just_subscribed_is_asked_before_they_buy_as_well(
    subscribed: ClientApp, world: World
) -> None:
    subscribed.buy(plan="1m-usd-10", idempotencyKey="slip")
    asked = dict(subscribed.answer)
    charged = len(world.stripe.journal.all("charge"))
    subscribed.buy(plan="1m-usd-10", idempotencyKey="meant", insist="true")

    assert asked["errorId"] == "purchase-repeated"
    assert (asked["details"]["plan"], asked["details"]["paymentStatus"]) == (
        "1m-usd-10", "completed"
    )  # fmt: skip
    assert charged == 1
    assert subscribed.answer["paymentStatus"] == "completed"
    assert faults() == []


def test_a_renewal_asks_nobody(by_days: ClientApp, world: World) -> None:
    world.pass_time(2 * DAY + 2 * HOUR)

    with world.present():
        by_days.buy(plan="2d-usd-10")

    assert Purchase.objects.count() > 2
    assert by_days.answer["paymentStatus"] == "completed"


def test_a_subscription_that_is_not_paid_yet_lets_another_way_be_taken(
    client: ClientApp, monthly: Plan
) -> None:
    client.post("/stripe-subscription", planId=monthly.pk)

    client.buy(plan=monthly.pk)

    assert client.answer["paymentStatus"] == "completed"


@pytest.mark.parametrize("on_page", [True, False])
def test_who_has_just_subscribed_is_asked_though_no_event_tells_of_it_yet(
    client: ClientApp, monthly: Plan, world: World, http: requests.Session, *, on_page: bool
) -> None:
    if on_page:
        client.get("/subscription-payment-redirect", plan=monthly.pk)
        press_pay(http, client.answer["redirect"])
    else:
        client.post("/stripe-subscription", planId=monthly.pk)
        pay_first(world, "pm_card_visa")
    assert Subscription.objects.get().is_unpaid_yet

    client.buy(plan=monthly.pk, idempotencyKey="slip")
    asked = dict(client.answer)
    client.buy(plan=monthly.pk, idempotencyKey="meant", insist="true")

    assert asked["errorId"] == "purchase-repeated"
    assert asked["details"]["plan"] == monthly.pk
    assert client.answer["paymentStatus"] == "completed"
    assert faults() == []


@pytest.mark.parametrize("path", ["/v1/subscriptions", "/v1/checkout/sessions"])
def test_while_stripe_cannot_tell_whether_a_subscription_is_paid_nothing_is_bought(
    client: ClientApp, monthly: Plan, stripe_standin: StripeStandin, path: str
) -> None:
    if "checkout" in path:
        client.get("/subscription-payment-redirect", plan=monthly.pk)
    else:
        client.post("/stripe-subscription", planId=monthly.pk)
    stripe_standin.faults.add(Fault("status_500", path, method="GET"))

    client.buy(plan=monthly.pk)

    assert client.answer["errorId"] == "stripe-unreachable"
    assert Purchase.objects.count() == 0


@pytest.mark.parametrize("call", ["/stripe-subscription", "/subscription-payment-redirect"])
def test_who_has_just_bought_is_asked_before_they_subscribe_as_well(
    client: ClientApp, monthly: Plan, stripe_standin: StripeStandin, call: str
) -> None:
    def subscribe(**more: str) -> dict[str, object]:
        method = client.post if call == "/stripe-subscription" else client.get
        method(call, plan=monthly.pk, planId=monthly.pk, **more)
        return dict(client.answer)

    client.buy(plan=monthly.pk)

    asked = subscribe()
    begun = Subscription.objects.count()
    meant = subscribe(insist="true")

    assert (asked["errorId"], begun) == ("purchase-repeated", 0)
    assert meant["status"] == "ok"
    assert Subscription.objects.count() == 1
    assert len(stripe_standin.journal.all("charge")) == 1


def test_who_subscribes_already_is_told_that_whatever_they_bought(
    subscribed: ClientApp, monthly: Plan
) -> None:
    subscribed.buy(plan=monthly.pk, insist="true")

    subscribed.post("/stripe-subscription", planId=monthly.pk)

    assert subscribed.answer["errorId"] == "already-subscribed"


@pytest.mark.parametrize(
    "before", [{"stripeToken": "tok_chargeDeclined"}, AT_THEIR_BANK], ids=["declined", "waits"]
)
def test_who_could_not_buy_may_subscribe_at_once(
    client: ClientApp, monthly: Plan, before: dict[str, str | None]
) -> None:
    client.buy(plan=monthly.pk, **before)

    client.post("/stripe-subscription", planId=monthly.pk)

    assert client.answer["status"] == "ok"


@pytest.mark.parametrize("is_told", [True, False])
def test_who_has_taken_their_time_to_pay_is_asked_whether_or_not_an_event_has_told(
    client: ClientApp, monthly: Plan, world: World, *, is_told: bool
) -> None:
    client.post("/stripe-subscription", planId=monthly.pk)
    world.pass_time(HOUR, step=HOUR)
    pay_first(world, "pm_card_visa")
    if is_told:
        world.settle()

    with world.present():
        client.buy(plan=monthly.pk)

    assert Subscription.objects.get().is_unpaid_yet is not is_told
    assert client.answer["errorId"] == "purchase-repeated"
    assert len(world.stripe.journal.all("charge")) == 1
