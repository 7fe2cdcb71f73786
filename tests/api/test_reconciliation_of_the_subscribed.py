"""Subscriptions that go on here, held against Stripe: the other way round than Stripe's list."""

import pytest

from billing.events import SubscriptionMoved
from billing.managers import reconciliation as kept
from billing.models import Subscription
from billing.services import given
from billing.services.renewals import look_at
from devstack.standin import Object
from lantern_pro.backoffice.staff import Role
from lantern_pro.jobs import ledger
from lantern_pro.jobs.events import following
from lantern_pro.jobs.models import Job
from tests.api.reconciling import HERE
from tests.api.subscribing import by_days, monthly, put, subscribed, world
from tests.api.test_reconciliation_of_subscriptions import drift, look_no_more, pass_minute
from tests.api.test_reconciliation_shown import command
from tests.api.test_staff_refunds import browser_of
from tests.api.world import World
from tests.client_app import ClientApp

__all__ = ["by_days", "monthly", "subscribed", "world"]

pytestmark = pytest.mark.usefixtures("laws_hold")

GONE = {"object": "of_another_account"}


def at_stripe(world: World) -> Object:
    """The one subscription at Stripe."""
    [found] = world.stripe.journal.all("subscription")
    return found


def test_one_that_stripe_does_not_know_is_reported_until_it_does_and_goes_on_here(
    subscribed: ClientApp, world: World
) -> None:
    look_no_more()
    mine, ours = at_stripe(world), Subscription.objects.get()
    put(world.stripe, mine, **GONE)

    pass_minute(world, 2)
    pass_minute(world, 6)
    found, metrics = drift(), command("show_payments", "--prometheus")
    page = browser_of(Role.SUPPORT).get("/admin/billing/purchase/").content.decode()
    put(world.stripe, mine)
    pass_minute(world, 6)

    assert found == [("subscribed-unknown", ours.pk)]
    assert 'lantern_reconciliation_drift_by_kind{kind="subscribed-unknown"} 1' in metrics
    assert "goes on here, and Stripe knows of no such subscription" in page
    assert drift() == []
    assert Subscription.objects.get().state == "active"


def test_the_look_at_one_that_stripe_does_not_know_is_no_job_for_staff(
    subscribed: ClientApp, world: World
) -> None:
    put(world.stripe, at_stripe(world), **GONE)
    ours = Subscription.objects.get().subscription_id
    [look] = following(SubscriptionMoved(HERE, ours, "something_told"))

    ledger.stage(look)
    world.settle()

    assert Job.objects.get(pk=look.job_id).state == "done"
    assert Subscription.objects.get().state == "active"


def test_one_that_has_ended_at_stripe_without_saying_whose_it_is_ends_here_too(
    subscribed: ClientApp, world: World
) -> None:
    world.webhooks = False
    look_no_more()
    mine, ours = at_stripe(world), Subscription.objects.get()
    put(world.stripe, mine, status="canceled", ended_at=mine["created"], metadata={})

    pass_minute(world, 2)
    found = drift()
    pass_minute(world, 6)

    assert found == [("ended-at-stripe", ours.pk)]
    assert Subscription.objects.get().state == "ended"
    assert drift() == []


def test_one_that_has_ended_here_meanwhile_agrees(subscribed: ClientApp, world: World) -> None:
    look_no_more()
    mine, ours = at_stripe(world), Subscription.objects.get()
    put(world.stripe, mine, **GONE)
    pass_minute(world, 2)
    before = drift()

    put(world.stripe, mine, status="canceled", ended_at=mine["created"])
    with world.present():
        look_at(ours.subscription_id)
    put(world.stripe, mine, **GONE)
    pass_minute(world, 6)

    assert before == [("subscribed-unknown", ours.pk)]
    assert drift() == []


def test_of_each_that_goes_on_stripe_is_asked_once_a_day(
    subscribed: ClientApp, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(given, "PAGE", 1)
    look_no_more()
    path = f"/v1/subscriptions/{at_stripe(world)['id']}"
    world.stripe.requests.clear()

    for _ in range(3):
        pass_minute(world, 2)

    assert [each["path"] for each in world.stripe.requests].count(path) == 1
    assert kept.place_of("subscribed").walked == 1
