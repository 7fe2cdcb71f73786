"""Staff end a subscription that Stripe does not know, so that its owner may begin another."""

from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.test import Client

from billing.models import Plan, Subscription
from devstack.standin import Object
from devstack.standin.faults import Fault
from lantern_pro.backoffice.staff import Role
from lantern_pro.jobs.models import Job
from tests.api.subscribing import by_days, monthly, put, subscribed, user_data, world
from tests.api.test_reconciliation_of_subscriptions import drift, look_no_more, pass_minute
from tests.api.test_reconciliation_of_the_subscribed import GONE, at_stripe
from tests.api.test_staff_refunds import browser_of
from tests.api.world import World
from tests.client_app import ClientApp

__all__ = ["by_days", "monthly", "subscribed", "world"]

pytestmark = pytest.mark.usefixtures("laws_hold")

DRIFT = "/admin/billing/drift/"


def page_of(found: Subscription) -> str:
    """Its page in the admin."""
    return f"/admin/billing/subscription/{found.pk}/"


def press(world: World, browser: Client, found: Subscription, **told: str) -> str:
    """Press the button; the page that follows."""
    form = {"reason": "it was deleted", **told}
    with world.present():
        answer: Any = browser.post(f"{page_of(found)}end-here/", form, follow=True)
    assert answer.status_code == 200
    return str(answer.content.decode())


def lose(world: World) -> Object:
    """Let Stripe know the one subscription no more; how it was."""
    mine = at_stripe(world)
    put(world.stripe, mine, **GONE)
    return mine


def test_its_owner_is_stuck_until_staff_end_it_and_keeps_what_was_paid(
    subscribed: ClientApp, world: World
) -> None:
    look_no_more()
    lost, ours = lose(world), Subscription.objects.get()
    pass_minute(world, 2)
    before, known = user_data(subscribed, world), drift()
    with world.present():
        stuck = subscribed.post("/stripe-subscription", planId="1m-usd-20").json()
        cannot_change = subscribed.post("/subscription-update", plan="cancel").json()
    browser = browser_of(Role.ADMIN)
    linked = browser.get(f"{DRIFT}c0.{lost['id']}/change/").content.decode()

    told = press(world, browser, ours)
    world.settle()

    after = user_data(subscribed, world)
    assert known == [("subscribed-unknown", ours.pk)]
    assert (stuck["errorId"], cannot_change["errorId"]) == (
        "already-subscribed",
        "no-such-subscription",
    )
    assert page_of(ours) in linked
    assert "its owner may subscribe anew" in told
    assert "ended here by staff" in browser.get(f"{page_of(ours)}change/").content.decode()
    assert (after["expiration"], after["subscription"]) == (before["expiration"], "ended")
    assert drift() == []
    with world.present():
        begun = subscribed.post(
            "/stripe-subscription", planId="1m-usd-20", email="reader@example.org", insist=True
        ).json()
    assert begun["status"] == "ok"


def test_what_staff_did_stands_in_its_history_and_in_its_owners(
    subscribed: ClientApp, world: World
) -> None:
    lost, ours = lose(world), Subscription.objects.get()
    browser = browser_of(Role.ADMIN)

    press(world, browser, ours)
    press(world, browser, ours)

    told = f"Ended {ours.pk} ({lost['id']}), which Stripe does not know: it was deleted"
    assert {
        (each.object_id, each.get_change_message(), each.user.get_username())
        for each in LogEntry.objects.all()
    } == {(ours.pk, told, "karl"), (str(subscribed.user_id), told, "karl")}
    assert LogEntry.objects.count() == 2


def test_one_that_stripe_knows_is_not_ended(subscribed: ClientApp, world: World) -> None:
    told = press(world, browser_of(Role.ADMIN), Subscription.objects.get())

    assert "Stripe knows it, so nothing was done" in told
    assert Subscription.objects.get().state == "active"
    assert LogEntry.objects.count() == 0


def test_an_outage_ends_nothing(subscribed: ClientApp, world: World) -> None:
    lose(world)
    world.stripe.faults.add(Fault("status_500", "/v1/subscriptions", method="GET"))

    told = press(world, browser_of(Role.ADMIN), Subscription.objects.get())

    assert "cannot be reached just now. Nothing was done." in told
    assert Subscription.objects.get().state == "active"


def test_what_stripe_tells_in_another_form_ends_nothing(
    subscribed: ClientApp, world: World
) -> None:
    put(world.stripe, at_stripe(world), created=None)

    told = press(world, browser_of(Role.ADMIN), Subscription.objects.get())

    assert "Stripe has not said that it does not know it" in told
    assert Subscription.objects.get().state == "active"


def test_one_that_has_not_begun_at_stripe_is_left_to_its_job(
    client: ClientApp, monthly: Plan, world: World
) -> None:
    world.stripe.faults.add(Fault("status_500", "/v1/customers", times=9))
    client.post("/stripe-subscription", planId=monthly.pk, timeout=0)

    told = press(world, browser_of(Role.ADMIN), Subscription.objects.get())

    assert "Nothing of it is at Stripe yet" in told
    assert Subscription.objects.get().state == "begun"


def test_who_may_only_look_ends_nothing(subscribed: ClientApp, world: World) -> None:
    lose(world)
    ours = Subscription.objects.get()
    browser = browser_of(Role.SUPPORT)

    refused = browser.post(f"{page_of(ours)}end-here/", {"reason": "no matter"})

    assert refused.status_code == 403
    assert "End here" not in browser.get(f"{page_of(ours)}change/").content.decode()
    assert Subscription.objects.get().state == "active"


def test_one_that_stripe_knows_again_goes_on(subscribed: ClientApp, world: World) -> None:
    look_no_more()
    lost, ours = lose(world), Subscription.objects.get()
    press(world, browser_of(Role.ADMIN), ours)
    put(world.stripe, lost)

    pass_minute(world, 2)
    found = drift()
    pass_minute(world, 6)

    assert found == [("goes-on-at-stripe", ours.pk)]
    assert Subscription.objects.get().state == "active"
    assert drift() == []


def test_one_that_stripe_knows_again_when_its_owner_has_another_is_for_staff(
    subscribed: ClientApp, world: World
) -> None:
    look_no_more()
    lost, ours = lose(world), Subscription.objects.get()
    press(world, browser_of(Role.ADMIN), ours)
    with world.present():
        subscribed.post("/stripe-subscription", planId="1m-usd-20", insist=True)
    put(world.stripe, lost)

    pass_minute(world, 2)
    pass_minute(world, 6)

    assert drift() == [("subscribed-twice", ours.pk)]
    assert Subscription.objects.get(pk=ours.pk).state == "ended"


def test_its_owner_is_told_by_mail_once(subscribed: ClientApp, world: World) -> None:
    lose(world)
    ours, browser = Subscription.objects.get(), browser_of(Role.ADMIN)

    press(world, browser, ours)
    press(world, browser, ours)

    assert Job.objects.filter(kind="mail_subscription_ended").count() == 1


def test_no_mail_goes_to_who_has_never_paid(client: ClientApp, monthly: Plan, world: World) -> None:
    client.post("/stripe-subscription", planId=monthly.pk, email="reader@example.org")
    lose(world)

    press(world, browser_of(Role.ADMIN), Subscription.objects.get())

    assert Subscription.objects.get().state == "ended"
    assert not Job.objects.filter(kind="mail_subscription_ended").exists()
