"""Renewals over simulated time: paid, failing, paid late, and with every webhook lost."""

from datetime import UTC, datetime

from billing.gateways.stripe_subscriptions import end_now
from billing.models import Plan, Purchase, Subscription
from devstack.mandrill_standin import MandrillStandin
from lantern_pro import clock
from lantern_pro.jobs.worker import drain
from lantern_pro.types import Cell
from proxies.jobs import stage_releases
from tests.api.subscribing import (
    by_days,
    confirm,
    let_it_be_paid,
    let_it_fail,
    monthly,
    pay_first,
    pay_open_invoice,
    period_end,
    put,
    subscribed,
    user_data,
    world,
)
from tests.api.test_purchases import faults
from tests.api.world import DAY, HOUR, World
from tests.client_app import ClientApp

HERE = Cell(0)

__all__ = ["by_days", "monthly", "subscribed", "world"]


def seconds_left(client: ClientApp, world: World) -> int:
    """How long the client is Pro."""
    with world.present():
        return int(user_data(client, world)["expiration"]) - clock.now() // 1000


def test_two_years_of_renewals_give_two_years_in_seconds(
    subscribed: ClientApp, world: World
) -> None:
    begun = datetime.now(UTC)

    world.pass_time(730 * DAY + 2 * HOUR, step=3 * DAY)

    told = user_data(subscribed, world)
    invoices = world.stripe.journal.all("invoice")
    assert {each["status"] for each in invoices} == {"paid"}
    assert Purchase.objects.count() == len(invoices)
    assert len(invoices) in {24, 25}
    assert told["expiration"] == period_end()
    assert told["expiration"] > begun.timestamp() + 730 * DAY
    assert (told["userStatus"], told["subscription"]) == ("active", "active")
    assert faults() == []


def test_a_renewal_leaves_nobody_without_pro_while_its_invoice_is_a_draft(
    subscribed: ClientApp, world: World
) -> None:
    end = user_data(subscribed, world)["expiration"]
    [subscription] = world.stripe.journal.all("subscription")
    with world.present():
        left = end - clock.now() // 1000
    world.pass_time(left + 60, step=left + 60)

    told = user_data(subscribed, world)
    [draft] = [each for each in world.stripe.journal.all("invoice") if each["status"] == "draft"]

    assert draft["id"] != subscription["latest_invoice"]
    assert told["userStatus"] == "active"
    assert told["expiration"] == end + 7 * DAY
    assert faults() == []


def test_at_no_moment_of_a_renewal_its_payer_is_without_pro(
    subscribed: ClientApp, world: World
) -> None:
    left = seconds_left(subscribed, world)
    world.pass_time(left - HOUR, step=left)
    told = []

    for _ in range(3 * HOUR // 300):
        world.pass_stripes_time(300)
        told.append(user_data(subscribed, world)["userStatus"])
        world.settle()

    assert set(told) == {"active"}
    assert user_data(subscribed, world)["expiration"] == period_end()
    assert faults() == []


def test_whoever_was_without_pro_before_time_was_lent_has_their_proxies_again(
    subscribed: ClientApp, world: World
) -> None:
    let_it_fail(world)
    world.pass_stripes_time(seconds_left(subscribed, world) + 2 * HOUR)
    with world.present():
        stage_releases(HERE)  # and nobody has looked yet
        drain(HERE)

    world.settle()
    world.pass_jobs_time(HOUR)
    world.settle()

    assert user_data(subscribed, world)["userStatus"] == "active"
    with world.present():
        assert faults() == []


def test_without_any_webhook_the_clock_finds_what_was_paid(
    subscribed: ClientApp, world: World
) -> None:
    world.webhooks = False

    world.pass_time(100 * DAY, step=6 * HOUR)

    told = user_data(subscribed, world)
    assert told["expiration"] == period_end()
    assert Purchase.objects.count() == 4
    assert told["userStatus"] == "active"
    assert faults() == []


def test_a_failed_renewal_lends_a_week_mails_and_ends(
    subscribed: ClientApp, world: World, mandrill_standin: MandrillStandin
) -> None:
    paid_until = user_data(subscribed, world)["expiration"]
    let_it_fail(world)

    world.pass_time(33 * DAY)
    failing = user_data(subscribed, world)
    world.pass_time(30 * DAY)
    over = user_data(subscribed, world)

    assert (failing["userStatus"], failing["subscription"]) == ("active", "past_due")
    assert failing["expiration"] == paid_until + 7 * DAY
    assert (over["userStatus"], over["subscription"]) == ("expired", "ended")
    assert over["expiration"] == paid_until  # what was lent is taken back in the end
    subjects = [mail["subject"] for mail in mandrill_standin.mails]
    assert (
        subjects.count("Your Lantern Pro subscription could not be renewed") == 3
    )  # the fourth try ends it
    assert subjects.count("Your Lantern Pro subscription has ended") == 1
    assert Purchase.objects.count() == 1
    assert faults() == []


def test_paying_late_gives_the_lent_time_back(subscribed: ClientApp, world: World) -> None:
    let_it_fail(world)
    world.pass_time(33 * DAY)

    pay_open_invoice(world)

    told = user_data(subscribed, world)
    assert told["subscription"] == "active"
    assert told["expiration"] == period_end()
    assert faults() == []


def test_an_invoice_that_is_paid_after_a_later_one_gives_its_period_too(
    by_days: ClientApp, world: World
) -> None:
    let_it_fail(world)
    world.pass_time(2 * DAY + 2 * HOUR)
    let_it_be_paid(world)
    world.pass_time(2 * DAY)  # the next period is paid; the last one is tried again a day later
    before = [each["status"] for each in world.stripe.journal.all("invoice")]

    world.pass_time(2 * DAY)

    after = [each["status"] for each in world.stripe.journal.all("invoice")]
    assert (before, after) == (["paid", "open", "paid"], ["paid"] * 4)
    assert Purchase.objects.filter(state="paid").count() == 4
    assert user_data(by_days, world)["expiration"] == period_end()
    assert faults() == []


def test_many_renewals_that_are_not_paid_lend_once(by_days: ClientApp, world: World) -> None:
    paid_until = user_data(by_days, world)["expiration"]
    let_it_fail(world)

    world.pass_time(13 * DAY)

    told = user_data(by_days, world)
    assert len(world.stripe.journal.all("invoice")) == 7
    assert told["subscription"] == "past_due"
    assert (told["userStatus"], told["expiration"]) == ("expired", paid_until + 7 * DAY)
    assert faults() == []


def test_each_payment_lends_anew_from_where_it_ends(by_days: ClientApp, world: World) -> None:
    let_it_fail(world)
    world.pass_time(2 * DAY + 2 * HOUR)
    let_it_be_paid(world)
    world.pass_time(4 * DAY)
    paid_until = user_data(by_days, world)["expiration"]
    let_it_fail(world)

    world.pass_time(3 * DAY)

    assert user_data(by_days, world)["expiration"] == paid_until + 7 * DAY
    assert faults() == []


def test_nothing_is_lent_once_stripe_has_given_up_trying(by_days: ClientApp, world: World) -> None:
    paid_until = user_data(by_days, world)["expiration"]
    let_it_fail(world)
    world.pass_stripes_time(3 * DAY)
    [subscription] = world.stripe.journal.all("subscription")
    put(world.stripe, subscription, status="unpaid")

    world.settle()

    told = user_data(by_days, world)
    assert (told["subscription"], told["expiration"]) == ("past_due", paid_until)
    assert faults() == []


def test_what_was_lent_is_taken_back_when_the_subscription_ends_early(
    subscribed: ClientApp, world: World
) -> None:
    paid_until = user_data(subscribed, world)["expiration"]
    let_it_fail(world)
    world.pass_time(32 * DAY)
    lent = user_data(subscribed, world)["expiration"]

    end_now(Subscription.objects.get().at_stripe)
    world.settle()

    told = user_data(subscribed, world)
    assert lent == paid_until + 7 * DAY
    assert (told["subscription"], told["expiration"]) == ("ended", paid_until)
    assert faults() == []


def test_what_was_not_paid_before_the_end_cannot_be_paid_any_more(
    subscribed: ClientApp, world: World
) -> None:
    let_it_fail(world)
    world.pass_time(60 * DAY)
    [_, unpaid] = world.stripe.journal.all("invoice")

    status, _ = confirm(world, unpaid["_intent"], "pm_card_visa")

    assert (user_data(subscribed, world)["subscription"], unpaid["status"]) == ("ended", "void")
    assert status == 400
    assert faults() == []


def test_a_free_week_of_a_plan_for_a_month_gives_a_week(
    client: ClientApp, monthly: Plan, world: World
) -> None:
    client.post("/stripe-subscription", planId=monthly.pk, email="reader@example.org")
    pay_first(world, "pm_card_visa")
    [invoice] = world.stripe.journal.all("invoice")
    [line] = invoice["lines"]["data"]
    start = line["period"]["start"]
    short = {**line, "period": {"start": start, "end": start + 7 * DAY}}
    put(world.stripe, invoice, amount_paid=0, lines={**invoice["lines"], "data": [short]})

    world.settle()

    given = Purchase.objects.get()
    assert (given.months, given.days, given.amount_minor) == (0, 7, 0)
    assert user_data(client, world)["expiration"] == start + 7 * DAY
    assert faults() == []
