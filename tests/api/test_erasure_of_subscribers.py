"""Erasing somebody who subscribes, or had begun to: nothing renews, and Stripe forgets."""

import pytest
import redis
import requests

from billing.gateways import stripe_subscriptions
from billing.keys import PURCHASES
from billing.managers import reconciliation as kept
from billing.models import Plan, Purchase, Subscription
from devstack.standin import Object
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from lantern_pro.jobs.models import Job
from tests.api.reconciling import RunJobs, reconcile
from tests.api.returning import refund_at_stripe
from tests.api.subscribing import monthly, pay_first, subscribed, world
from tests.api.test_erasure import erase
from tests.api.test_payment_ways import press_pay
from tests.api.test_purchases import faults
from tests.api.world import DAY, HOUR, World
from tests.client_app import ClientApp

__all__ = ["monthly", "subscribed", "world"]

EMAIL = "reader@example.org"


def page_for(client: ClientApp, plan: Plan) -> str:
    """The page on which a subscription begins."""
    client.get("/subscription-payment-redirect", plan=plan.pk, email=EMAIL)
    return str(client.answer["redirect"])


def one(standin: StripeStandin, kind: str) -> Object:
    """The one object of a kind at Stripe."""
    [found] = standin.journal.all(kind)
    return found


def kept_money(standin: StripeStandin) -> int:
    """How much of all charges was not given back."""
    return sum(each["amount"] - each["amount_refunded"] for each in standin.journal.all("charge"))


def test_an_erasure_closes_the_page_on_which_a_subscription_would_begin(
    client: ClientApp, monthly: Plan, world: World, http: requests.Session
) -> None:
    page = page_for(client, monthly)

    erase(client)
    world.settle()
    press_pay(http, page)
    world.pass_time(40 * DAY, step=10 * DAY)

    assert one(world.stripe, "checkout.session")["status"] == "expired"
    assert world.stripe.journal.all("charge") == []
    assert faults() == []


@pytest.mark.parametrize("webhooks", [True, False])
def test_what_was_paid_on_the_page_just_before_is_ended_and_given_back(
    client: ClientApp, monthly: Plan, world: World, http: requests.Session, *, webhooks: bool
) -> None:
    world.webhooks = webhooks
    press_pay(http, page_for(client, monthly))

    erase(client)
    world.settle()
    world.pass_time(40 * DAY, step=10 * DAY)

    assert one(world.stripe, "subscription")["status"] == "canceled"
    assert len(world.stripe.journal.all("charge")) == 1
    assert kept_money(world.stripe) == 0
    assert kept.drift() == []
    assert faults() == []


def test_what_is_paid_after_the_erasure_is_ended_and_given_back_when_an_event_tells(
    client: ClientApp, monthly: Plan, world: World, http: requests.Session
) -> None:
    page = page_for(client, monthly)
    world.stripe.faults.add(Fault("status_500", "/v1/checkout/sessions", method="*", times=99))
    erase(client)
    world.settle()
    world.stripe.faults.clear()

    press_pay(http, page)
    world.settle()

    assert one(world.stripe, "subscription")["status"] == "canceled"
    assert kept_money(world.stripe) == 0
    assert Purchase.objects.count() == 0
    assert faults() == []


def test_what_tells_of_the_money_that_goes_back_to_nobody_fails_no_job(
    client: ClientApp, monthly: Plan, world: World, http: requests.Session
) -> None:
    press_pay(http, page_for(client, monthly))

    erase(client)
    world.settle()

    assert kept_money(world.stripe) == 0
    told = [event["type"] for event in world.stripe.journal.all("event")]
    assert {"refund.created", "charge.refunded"} <= set(told)
    assert [(job.kind, job.last_error) for job in Job.objects.all() if job.last_error] == []


def test_what_stripe_refuses_to_give_back_is_shown_until_it_went_back(
    client: ClientApp, monthly: Plan, world: World, http: requests.Session, run_jobs: RunJobs
) -> None:
    press_pay(http, page_for(client, monthly))
    payment = one(world.stripe, "charge")["payment_intent"]
    refund_at_stripe(payment, 100)  # so that all of it is more than Stripe has left

    erase(client)
    world.settle()
    reconcile(run_jobs)
    shown = [(each.kind, each.purchase) for each in kept.drift()]
    refund_at_stripe(payment)
    reconcile(run_jobs, minutes=10)

    assert shown == [("stray-not-returned", Subscription.objects.get().pk)]
    assert kept.drift() == []
    assert faults() == []


def test_what_was_given_for_a_payment_is_not_given_back(
    subscribed: ClientApp, world: World
) -> None:
    erase(subscribed)
    world.settle()

    assert one(world.stripe, "subscription")["status"] == "canceled"
    assert kept_money(world.stripe) == 500


def test_stripes_customer_goes_with_the_address_and_the_number(
    subscribed: ClientApp, world: World
) -> None:
    assert EMAIL in str(one(world.stripe, "customer"))
    user_id = str(subscribed.user_id)

    erase(subscribed)
    world.settle()

    assert one(world.stripe, "customer")["deleted"] is True
    left = str(one(world.stripe, "customer")) + str(one(world.stripe, "subscription")["metadata"])
    assert EMAIL not in left
    assert user_id not in left.replace(Subscription.objects.get().pk, "")


def test_a_subscription_that_ended_long_ago_leaves_no_customer_either(
    subscribed: ClientApp, world: World
) -> None:
    with world.present():
        subscribed.post("/subscription-update", plan="cancel")
    world.pass_time(40 * DAY, step=10 * DAY)
    assert one(world.stripe, "subscription")["status"] == "canceled"

    with world.present():
        erase(subscribed)
    world.settle()

    assert one(world.stripe, "customer")["deleted"] is True
    assert faults() == []


def test_an_invoice_on_which_nothing_was_due_does_not_hold_an_erasure_up(
    client: ClientApp, monthly: Plan, world: World
) -> None:
    client.post("/stripe-subscription", planId=monthly.pk, email=EMAIL)
    pay_first(world, "pm_card_visa")
    with world.stripe.journal.change() as draft:
        nothing = {"object": "list", "data": [], "has_more": False, "url": ""}
        draft.put({**one(world.stripe, "invoice"), "amount_paid": 0, "payments": nothing})
    world.settle()
    assert str(Purchase.objects.get().payment_intent).startswith("in_")

    erase(client)
    world.settle()

    assert Purchase.objects.get().email == ""
    assert Purchase.objects.ids_of(Purchase.objects.get().buyer) == []
    assert faults() == []


def test_a_payment_that_stripe_does_not_know_does_not_hold_an_erasure_up(
    subscribed: ClientApp, world: World, service: redis.Redis
) -> None:
    row = PURCHASES.row(Purchase.objects.get().purchase_id)
    service.hset(row, "payment_intent", "pi_of_another_account")

    erase(subscribed)
    world.settle()

    assert Purchase.objects.get().email == ""


@pytest.mark.parametrize("lost", ["/v1/subscriptions", "/v1/customers"])
@pytest.mark.parametrize("email", [EMAIL, ""])
def test_stripe_forgets_a_customer_of_whom_it_could_not_tell(
    client: ClientApp, monthly: Plan, world: World, lost: str, email: str
) -> None:
    world.webhooks = False
    world.stripe.faults.add(Fault("close_after", lost))
    client.post("/stripe-subscription", planId=monthly.pk, email=email, timeout=0)
    assert not Subscription.objects.get().at_stripe

    erase(client)
    world.settle()
    world.pass_time(2 * DAY, step=DAY)

    customer = one(world.stripe, "customer")
    assert customer["deleted"] is True
    assert EMAIL not in str(customer)
    assert [each["status"] for each in world.stripe.journal.all("subscription")] in (
        [],
        ["canceled"],
    )
    assert faults() == []


def test_a_customer_is_found_though_stripe_has_forgotten_by_which_call_it_came(
    client: ClientApp, monthly: Plan, world: World
) -> None:
    stranger = stripe_subscriptions.customer_for("another", user="17", email=EMAIL)
    world.stripe.faults.add(Fault("status_500", "/v1/subscriptions", times=1_000))
    client.post("/stripe-subscription", planId=monthly.pk, email=EMAIL, timeout=0)
    world.pass_time(3 * DAY, step=DAY)
    world.stripe.faults.clear()
    assert Subscription.objects.get().state == "ended"

    with world.present():
        erase(client)
    world.settle()

    left = [each for each in world.stripe.journal.all("customer") if not each.get("deleted")]
    assert [each["id"] for each in left] == [stranger]
    assert faults() == []


@pytest.mark.parametrize("way", ["/stripe-subscription", "/subscription-payment-redirect"])
def test_nothing_begins_at_stripe_for_who_was_erased_meanwhile(
    client: ClientApp, monthly: Plan, world: World, way: str
) -> None:
    world.stripe.faults.add(Fault("status_500", "/v1", method="*", times=99))
    call = client.post if way == "/stripe-subscription" else client.get
    call(way, planId=monthly.pk, plan=monthly.pk, email=EMAIL, timeout=0)
    erase(client)
    world.settle()

    world.stripe.faults.clear()
    for _ in range(3):
        world.pass_jobs_time(HOUR)
        world.settle()

    assert [each for each in world.stripe.journal.all("customer") if not each.get("deleted")] == []
    assert world.stripe.journal.all("subscription") == []
    assert world.stripe.journal.all("checkout.session") == []
    assert Job.objects.filter(state__in=("pending", "dead")).count() == 0
    assert faults() == []
