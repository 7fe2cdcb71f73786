"""Subscriptions and their invoices, held against Stripe's, when no event ever arrives."""

from collections.abc import Callable

import pytest
import requests

from billing.gateways import stripe_lists
from billing.managers import reconciliation as kept
from billing.models import Plan, Purchase, Subscription
from billing.reconcile_jobs import Reconcile
from devstack.standin.faults import Fault
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import NewJob
from lantern_pro.types import Millis
from tests.api.reconciling import HERE
from tests.api.subscribing import by_days, monthly, period_end, put, user_data, world
from tests.api.test_erasure import erase
from tests.api.test_payment_ways import press_pay
from tests.api.world import DAY, HOUR, World
from tests.client_app import ClientApp

__all__ = ["by_days", "monthly", "world"]

pytestmark = pytest.mark.usefixtures("laws_hold")

MINUTE = 60


def drift() -> list[tuple[str, str]]:
    """What does not agree, and with which purchase or subscription."""
    return [(each.kind, each.purchase) for each in kept.drift()]


def pass_minute(world: World, minutes: int = 1) -> None:
    """Let a minute pass, with the reconciliation that the clock stages."""
    world.pass_time(minutes * MINUTE, step=minutes * MINUTE)
    with world.present():
        ledger.stage(NewJob(HERE, Reconcile(HERE), str(world.passed)))
    world.settle()


def look_no_more() -> None:
    """Put off the look that the clock would stage, so that the walk alone can find anything."""
    found = Subscription.objects.get()
    assert found.check_at
    since, later = clock.as_millis(found.check_at), Millis(clock.now() + 400 * DAY * 1000)
    Subscription.objects.put_off(found.subscription_id, since=since, until=later, follow=[])


def test_with_every_webhook_lost_a_paid_renewal_gives_its_time_within_five_minutes(
    by_days: ClientApp,
    world: World,
    record_property: Callable[[str, object], None],
) -> None:
    world.webhooks = False
    first_end = period_end()
    look_no_more()
    world.pass_stripes_time(2 * DAY + HOUR)
    assert [each["status"] for each in world.stripe.journal.all("invoice")] == ["paid", "paid"]

    minutes = 0
    while period_end() == first_end and minutes < 6:
        minutes += 1
        pass_minute(world)

    assert minutes <= 5
    assert user_data(by_days, world)["expiration"] == first_end + 2 * DAY
    record_property("minutes_until_renewed", minutes)  # in the report of --junit-xml


def test_what_was_found_agrees_when_it_is_looked_at_again(by_days: ClientApp, world: World) -> None:
    world.webhooks = False
    look_no_more()
    world.pass_stripes_time(2 * DAY + HOUR)

    pass_minute(world, 2)
    found = drift()
    pass_minute(world, 6)

    assert found == [("renewal-not-given", Subscription.objects.get().pk)]
    assert drift() == []
    assert Purchase.objects.count() == 2


def test_a_charge_of_somebody_elses_invoice_is_left_alone(by_days: ClientApp, world: World) -> None:
    world.webhooks = False
    look_no_more()
    [mine] = world.stripe.journal.all("subscription")
    put(world.stripe, mine, metadata={"order": "7"})
    world.pass_stripes_time(2 * DAY + HOUR)

    pass_minute(world, 2)

    assert drift() == []


def test_a_charge_for_a_subscription_that_is_not_here_is_reported(
    by_days: ClientApp, world: World
) -> None:
    world.webhooks = False
    look_no_more()
    unknown = f"c0.{by_days.user_id}.s1"
    [mine] = world.stripe.journal.all("subscription")
    put(world.stripe, mine, metadata={"subscription": unknown})
    world.pass_stripes_time(2 * DAY + HOUR)

    pass_minute(world, 2)

    told = {kind for kind, about in drift() if about == unknown}
    assert told == {"unknown-subscription"}


def test_a_renewal_for_who_was_erased_while_stripe_was_away_ends_and_goes_back(
    client: ClientApp, monthly: Plan, world: World, http: requests.Session
) -> None:
    world.webhooks = False
    client.get("/subscription-payment-redirect", plan=monthly.pk)
    page = client.answer["redirect"]
    world.stripe.faults.add(Fault("status_500", "/v1/checkout/sessions", method="*", times=99))
    erase(client)
    world.settle()
    press_pay(http, page)
    world.stripe.faults.clear()

    pass_minute(world, 3)
    pass_minute(world, 6)

    assert [each["status"] for each in world.stripe.journal.all("subscription")] == ["canceled"]
    assert [each["refunded"] for each in world.stripe.journal.all("charge")] == [True]
    assert drift() == []


def test_one_that_goes_on_at_stripe_and_has_ended_here_is_looked_at_anew(
    by_days: ClientApp, world: World
) -> None:
    world.webhooks = False
    [at_stripe] = world.stripe.journal.all("subscription")
    put(world.stripe, at_stripe, status="canceled", ended_at=at_stripe["created"])
    pass_minute(world, 2)

    assert Subscription.objects.get().state == "ended"
    assert user_data(by_days, world)["subscription"] == "ended"


def test_one_of_two_that_are_paid_for_one_of_ours_is_reported(
    by_days: ClientApp, world: World
) -> None:
    [mine] = world.stripe.journal.all("subscription")
    put(world.stripe, mine, id="sub_second")

    pass_minute(world, 2)

    assert drift() == [("subscribed-twice", Subscription.objects.get().pk)]


def test_the_walk_over_subscriptions_goes_page_by_page_and_on_where_it_was(
    by_days: ClientApp, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stripe_lists, "PAGE", 2)
    [mine] = world.stripe.journal.all("subscription")
    for number in range(4):
        put(world.stripe, mine, id=f"sub_theirs{number}", metadata={})
    where = "/v1/subscriptions"
    world.stripe.faults.add(Fault("slow", where, method="GET", times=2, seconds=0))
    world.stripe.faults.add(Fault("status_500", where, method="GET", times=9))

    pass_minute(world, 2)
    place = kept.place_of("subscriptions")
    world.stripe.faults.clear()
    pass_minute(world)

    assert (place.walked, bool(place.after)) == (4, True)
    assert kept.place_of("subscriptions").walked == 5
    assert kept.place_of("subscriptions").until == 0
