"""What is paid later than it was begun gives its time from the payment on, whoever tells of it."""

from collections.abc import Callable
from typing import Any

import pytest
import requests

from billing.gateways.stripe_checkout import OPEN_MS
from billing.models import Plan, Purchase
from billing.reconcile_jobs import Reconcile
from billing.services.asking import BUYER_AWAITED_MS
from billing.services.purchases import settle
from devstack.standin.faults import Fault
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import NewJob
from lantern_pro.jobs.worker import drain
from lantern_pro.types import JobId
from tests.api.reconciling import HERE
from tests.api.returning import days_of, ledger_of, refund_at_stripe, tell
from tests.api.subscribing import confirm, monthly, pay_first, put, world
from tests.api.test_erasure_of_buyers import AT_THEIR_BANK
from tests.api.test_payment_ways import press_pay, the_intent
from tests.api.world import HOUR, World
from tests.client_app import ClientApp

__all__ = ["monthly", "world"]

pytestmark = pytest.mark.usefixtures("laws_hold")

LATE = 20 * HOUR
assert LATE * 1000 < BUYER_AWAITED_MS
LATE_ON_A_PAGE = HOUR
assert LATE_ON_A_PAGE * 1000 < OPEN_MS
HALF = 2_400


def charged_at(world: World) -> int:
    """When the one payment was made, by Stripe's clock, ms."""
    [charge] = [each for each in world.stripe.journal.all("charge") if each["paid"]]
    return int(charge["created"]) * 1000


def given_from(app: ClientApp) -> list[int]:
    """From when on a purchase gave its time, ms."""
    return [int(each.at) for each in ledger_of(app) if each.kind == "purchase"]


def begun() -> int:
    """When the one purchase began, ms."""
    return clock.as_millis(Purchase.objects.get().created)


def drop_its_job() -> None:
    """Let no job of its own look at the purchase."""
    job = JobId(f"c0.settle_purchase.{Purchase.objects.get().pk}")
    assert ledger.drop(job, reason="for this test")


def by_the_answer(world: World, client: ClientApp) -> None:
    """The same call again tells."""
    client.buy(**AT_THEIR_BANK)
    assert client.answer["paymentStatus"] == "completed"


def by_its_job(world: World, client: ClientApp) -> None:
    """The purchase's own job finds it."""
    world.webhooks = False
    world.pass_jobs_time(LATE)
    world.settle()


def by_webhooks(world: World, client: ClientApp) -> None:
    """Stripe tells."""
    drop_its_job()
    tell(world.stripe)
    drain(HERE)


def by_webhooks_backwards(world: World, client: ClientApp) -> None:
    """Stripe tells, the last thing first."""
    drop_its_job()
    tell(world.stripe, newest_first=True)
    drain(HERE)


def by_reconciliation(world: World, client: ClientApp) -> None:
    """Nothing and nobody tells: the walk over Stripe's charges finds it."""
    drop_its_job()
    ledger.stage(NewJob(HERE, Reconcile(HERE), "a_test"))
    drain(HERE)


def by_its_refund(world: World, client: ClientApp) -> None:
    """Only the money that went back is told of."""
    drop_its_job()
    refund_at_stripe(the_intent(world.stripe)["id"], HALF)
    tell(world.stripe, kinds="charge.refunded")
    drain(HERE)


LEARNT = [
    by_the_answer,
    by_its_job,
    by_webhooks,
    by_webhooks_backwards,
    by_reconciliation,
    by_its_refund,
]
Learn = Callable[[World, ClientApp], None]


@pytest.mark.parametrize("learn", LEARNT)
def test_what_was_confirmed_at_the_bank_hours_later_counts_from_then(
    client: ClientApp, world: World, learn: Learn
) -> None:
    client.buy(**AT_THEIR_BANK)
    world.pass_stripes_time(LATE)
    world.stripe.authenticate(the_intent(world.stripe)["id"], succeed=True)

    with clock.shifted(world.passed * 1000 + 2 * 60_000):
        learn(world, client)

    assert given_from(client) == [charged_at(world)]
    assert charged_at(world) >= begun() + LATE * 1000 - 1000
    is_back = learn is by_its_refund
    days = days_of(client)
    assert days["purchase"] in {365, 366}
    assert -days.get("refund", 0) == (days["purchase"] / 2 if is_back else 0)


@pytest.mark.parametrize("learn", [by_its_job, by_webhooks, by_reconciliation])
def test_what_was_paid_on_a_page_an_hour_later_counts_from_then(
    client: ClientApp, world: World, http: requests.Session, learn: Learn
) -> None:
    client.get("/payment-redirect", plan="1y-usd-10")
    world.pass_stripes_time(LATE_ON_A_PAGE)
    press_pay(http, client.answer["redirect"])

    with clock.shifted(world.passed * 1000 + 2 * 60_000):
        learn(world, client)

    assert given_from(client) == [charged_at(world)]
    assert charged_at(world) > begun() + LATE_ON_A_PAGE * 1000 - 1000


def test_a_page_that_is_found_by_a_search_a_day_later_counts_from_when_it_was_paid(
    client: ClientApp, world: World, http: requests.Session
) -> None:
    world.stripe.faults.add(Fault("close_after", "/v1/checkout/sessions"))
    client.get("/payment-redirect", plan="1y-usd-10", timeout=0)
    [session] = world.stripe.journal.all("checkout.session")
    world.pass_stripes_time(LATE_ON_A_PAGE)
    press_pay(http, session["url"])
    world.pass_stripes_time(24 * HOUR)

    with world.present():
        settle(Purchase.objects.get().purchase_id)

    assert given_from(client) == [charged_at(world)]


def test_what_is_paid_by_another_card_after_a_decline_counts_from_then(
    client: ClientApp, world: World
) -> None:
    client.buy(stripeToken="tok_chargeDeclined")
    world.pass_stripes_time(3 * LATE)
    status, told = confirm(world, the_intent(world.stripe)["id"], "pm_card_visa")
    assert status == 200, told

    world.settle()

    assert given_from(client) == [charged_at(world)]


@pytest.mark.parametrize("learn", [by_the_answer, by_webhooks, by_reconciliation])
def test_where_stripe_shows_no_charge_it_counts_from_its_beginning(
    client: ClientApp, world: World, learn: Learn
) -> None:
    client.buy(**AT_THEIR_BANK)
    world.pass_stripes_time(LATE)
    world.stripe.authenticate(the_intent(world.stripe)["id"], succeed=True)
    put(world.stripe, the_intent(world.stripe), latest_charge=None)

    with clock.shifted(world.passed * 1000 + 2 * 60_000):
        learn(world, client)

    assert given_from(client) == [begun()]


def test_where_stripes_clock_is_behind_ours_it_counts_from_its_beginning(
    client: ClientApp, world: World
) -> None:
    with clock.shifted(LATE * 1000):
        client.buy()

    assert given_from(client) == [begun()]
    assert begun() > charged_at(world)


def test_a_subscription_counts_from_the_beginning_of_its_period_however_late_it_is_paid(
    client: ClientApp, monthly: Plan, world: World
) -> None:
    client.post("/stripe-subscription", planId=monthly.pk)
    world.pass_stripes_time(5 * HOUR)
    pay_first(world, "pm_card_visa")

    world.settle()

    [invoice] = world.stripe.journal.all("invoice")
    [line] = invoice["lines"]["data"]
    assert given_from(client) == [line["period"]["start"] * 1000]
    assert charged_at(world) > given_from(client)[0] + 4 * HOUR * 1000


def test_an_invitation_after_the_purchase_began_earns_nothing_by_it(
    new_client: Any, world: World
) -> None:
    inviter, invitee = new_client("inviter"), new_client("invitee")
    invitee.buy(**AT_THEIR_BANK)
    inviter.get("/user-data")
    with clock.shifted(1000):
        invitee.post("/referral-attach", code=inviter.answer["referral"])
    world.pass_stripes_time(LATE)
    world.stripe.authenticate(the_intent(world.stripe)["id"], succeed=True)

    with clock.shifted(world.passed * 1000 + 2 * 60_000):
        by_webhooks(world, invitee)

    assert invitee.answer["status"] == "ok"
    assert days_of(invitee).keys() == {"purchase"}
