"""Of a purchase and a subscription's first payment the one that is paid closes what waits."""

from typing import Any

import pytest
import requests

from billing.managers.promotions import uses_of
from billing.models import Plan, Promotion, Purchase, Subscription
from billing.services.overtaken import overtaken_by
from devstack.mandrill_standin import MandrillStandin
from devstack.standin.faults import Fault
from lantern_pro.jobs.models import Job
from tests.api.reconciling import RunJobs
from tests.api.subscribing import by_days, confirm, monthly, subscribed, world
from tests.api.test_erasure_of_buyers import AT_THEIR_BANK, waits_at_stripe
from tests.api.test_lost_purchases import hours_later
from tests.api.test_overtaken_purchases import about, charges, page_for, states
from tests.api.test_payment_ways import press_pay
from tests.api.world import DAY, HOUR, World
from tests.client_app import ClientApp

__all__ = ["by_days", "monthly", "subscribed", "world"]

pytestmark = pytest.mark.usefixtures("laws_hold")


def subscription_page(client: ClientApp, plan: str, **asked: Any) -> str:
    """A page on which a subscription may begin."""
    client.get("/subscription-payment-redirect", plan=plan, **asked)
    return str(client.answer["redirect"])


def state() -> str:
    """How the one subscription stands."""
    return str(Subscription.objects.get().state)


def at_stripe(world: World) -> str:
    """How it stands at Stripe."""
    [only] = world.stripe.journal.all("subscription")
    return str(only["status"])


def first_intent(world: World) -> Any:
    """The payment of a subscription's first invoice."""
    [invoice] = world.stripe.journal.all("invoice")
    [intent] = [
        each
        for each in world.stripe.journal.all("payment_intent")
        if each["id"] == invoice["_intent"]
    ]
    return intent


def test_no_subscription_begins_on_a_page_whose_owner_has_bought(
    client: ClientApp, monthly: Plan, world: World, http: requests.Session, run_jobs: RunJobs
) -> None:
    page = subscription_page(client, monthly.pk)
    client.buy(plan=monthly.pk)

    run_jobs()
    press_pay(http, page)
    run_jobs()

    assert (state(), waits_at_stripe(world.stripe)[0]) == ("ended", "expired")
    assert world.stripe.journal.all("subscription") == []
    assert charges(world.stripe) == 1


def test_the_first_invoice_cannot_be_paid_once_its_owner_has_bought(
    client: ClientApp,
    monthly: Plan,
    world: World,
    run_jobs: RunJobs,
    mandrill_standin: MandrillStandin,
) -> None:
    client.post("/stripe-subscription", planId=monthly.pk)
    intent = first_intent(world)["id"]
    client.buy(plan=monthly.pk)

    run_jobs()
    status, _ = confirm(world, intent, "pm_card_visa")

    assert (state(), at_stripe(world)) == ("ended", "canceled")
    assert status == 400
    assert charges(world.stripe) == 1
    mails = [str(each["subject"]) for each in mandrill_standin.mails]
    assert [each for each in mails if "subscription" in each] == []  # there never was one
    assert len(mails) == 1


def test_who_has_bought_may_still_subscribe_afterwards(
    client: ClientApp, monthly: Plan, world: World, run_jobs: RunJobs
) -> None:
    client.post("/stripe-subscription", planId=monthly.pk)
    client.buy(plan=monthly.pk)
    run_jobs()

    client.post("/stripe-subscription", planId=monthly.pk, insist="true")
    run_jobs()

    assert client.answer["status"] == "ok"
    assert [each.state for each in Subscription.objects.order_by("created")] == [
        "ended",
        "incomplete",
    ]


@pytest.mark.parametrize("on_page", [True, False])
def test_a_first_payment_that_came_before_it_could_be_closed_counts(
    client: ClientApp,
    monthly: Plan,
    world: World,
    http: requests.Session,
    run_jobs: RunJobs,
    *,
    on_page: bool,
) -> None:
    if on_page:
        page = subscription_page(client, monthly.pk)
    else:
        client.post("/stripe-subscription", planId=monthly.pk)
        intent = first_intent(world)["id"]
    client.buy(plan=monthly.pk)
    if on_page:
        press_pay(http, page)
    else:
        confirm(world, intent, "pm_card_visa")

    run_jobs()

    assert (state(), at_stripe(world)) == ("active", "active")
    assert states() == ["paid", "paid"]
    assert charges(world.stripe) == 2


@pytest.mark.parametrize("on_page", [True, False])
def test_it_is_closed_though_stripe_was_away_at_first(
    client: ClientApp, monthly: Plan, world: World, run_jobs: RunJobs, *, on_page: bool
) -> None:
    if on_page:
        subscription_page(client, monthly.pk)
    else:
        client.post("/stripe-subscription", planId=monthly.pk)
    client.buy(plan=monthly.pk)
    for path in ("/v1/checkout", "/v1/subscriptions"):
        world.stripe.faults.add(Fault("status_500", path, method="*", times=99))

    run_jobs()
    before = Subscription.objects.get().is_unpaid_yet
    world.stripe.faults.clear()
    hours_later(0.5, run_jobs)

    assert (before, state()) == (True, "ended")
    assert Job.objects.filter(kind="look_at_subscription", state="dead").count() == 0


def test_a_subscription_of_whose_beginning_nobody_heard_is_closed_too(
    client: ClientApp, monthly: Plan, world: World, run_jobs: RunJobs
) -> None:
    world.stripe.faults.add(Fault("close_after", "/v1/subscriptions"))
    client.post("/stripe-subscription", planId=monthly.pk, timeout=0)
    client.buy(plan=monthly.pk)
    assert state() == "begun"

    run_jobs()
    hours_later(0.5, run_jobs)

    assert (state(), at_stripe(world)) == ("ended", "canceled")


def test_a_first_payment_under_way_is_waited_for_and_counts_when_it_comes(
    client: ClientApp, monthly: Plan, world: World, run_jobs: RunJobs
) -> None:
    client.post("/stripe-subscription", planId=monthly.pk)
    world.stripe.faults.add(Fault("status_400", "/v1/invoices"))  # so it is not voided
    client.buy(plan=monthly.pk)

    run_jobs()
    under_way = (state(), at_stripe(world))
    confirm(world, first_intent(world)["id"], "pm_card_visa")
    hours_later(0.5, run_jobs)

    assert under_way == ("incomplete", "incomplete")
    assert (state(), at_stripe(world)) == ("active", "active")
    assert states() == ["paid", "paid"]


def test_the_use_of_its_promotion_is_free_again(
    client: ClientApp, monthly: Plan, run_jobs: RunJobs
) -> None:
    Promotion.objects.create(id="spring", percent=25, uses_limit=1)
    client.post("/stripe-subscription", planId=f"{monthly.pk}-spring")
    held = uses_of(["spring"])["spring"]

    client.buy(plan=monthly.pk)
    run_jobs()

    assert (held, uses_of(["spring"])["spring"]) == (1, 0)


def test_a_subscription_that_was_begun_after_a_purchase_stays_open(
    client: ClientApp, monthly: Plan, world: World, run_jobs: RunJobs
) -> None:
    client.buy(plan=monthly.pk)
    client.post("/stripe-subscription", planId=monthly.pk, insist="true")

    run_jobs()

    assert (state(), at_stripe(world)) == ("incomplete", "incomplete")


def test_who_learns_after_others_that_a_purchase_is_paid_ends_no_newer_subscription(
    client: ClientApp, monthly: Plan, world: World
) -> None:
    client.post("/stripe-subscription", planId=monthly.pk)
    client.buy(**AT_THEIR_BANK)
    seen = Purchase.objects.get()
    overtaken = [about(each) for each in overtaken_by(seen)]
    [intent] = [
        each
        for each in world.stripe.journal.all("payment_intent")
        if each["status"] == "requires_action"
    ]
    world.stripe.authenticate(intent["id"], succeed=True)
    client.buy(**AT_THEIR_BANK)

    assert overtaken == [Subscription.objects.get().pk]
    assert overtaken_by(seen) == []


@pytest.mark.parametrize("on_page", [True, False])
def test_the_first_payment_of_a_subscription_closes_what_waits_to_be_bought(
    client: ClientApp, monthly: Plan, world: World, http: requests.Session, *, on_page: bool
) -> None:
    if on_page:
        page = subscription_page(client, monthly.pk)
    else:
        client.post("/stripe-subscription", planId=monthly.pk)
        first = first_intent(world)["id"]
    waiting = page_for(client)
    client.buy(**AT_THEIR_BANK)
    if on_page:
        press_pay(http, page)
    else:
        confirm(world, first, "pm_card_visa")
    world.settle()
    world.settle()
    press_pay(http, waiting)
    world.settle()

    assert state() == "active"
    assert sorted(states()) == ["declined", "declined", "paid"]
    assert charges(world.stripe) == 1


def test_a_page_that_was_opened_after_a_first_payment_stays_open(
    subscribed: ClientApp, world: World
) -> None:
    page_for(subscribed, insist="true")
    world.settle()

    assert waits_at_stripe(world.stripe)[0] == "open"
    assert sorted(states()) == ["paid", "waiting"]


def test_a_renewal_closes_nothing(by_days: ClientApp, world: World) -> None:
    world.pass_time(2 * DAY)
    with world.present():
        page_for(by_days)

    world.pass_time(HOUR + HOUR // 2, step=HOUR // 4)
    world.settle()

    assert sorted(states()) == ["paid", "paid", "waiting"]
    assert waits_at_stripe(world.stripe)[0] == "open"


def test_a_first_payment_is_one_whoever_gives_it(
    client: ClientApp, monthly: Plan, world: World, run_jobs: RunJobs
) -> None:
    client.post("/stripe-subscription", planId=monthly.pk)
    page_for(client)
    pay_first_of(world)
    world.settle()
    run_jobs()

    begins = [each.begins_it for each in Purchase.objects.all() if each.way == "invoice"]
    assert begins == ["1"]
    assert sorted(states()) == ["declined", "paid"]


def pay_first_of(world: World) -> None:
    """Pay the first invoice, whatever else waits."""
    status, told = confirm(world, first_intent(world)["id"], "pm_card_visa")
    assert status == 200, told
