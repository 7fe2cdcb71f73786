"""A subscription of which a payment is disputed: no other is charged before a bank has decided."""

from collections.abc import Callable

import pytest
from pytest_django import Settings

from billing.gateways import stripe_subscriptions as gateway
from billing.gateways.stripe_client import client as stripe_client
from billing.models import Purchase, Subscription
from billing.services.renewals import look_at
from devstack.stripe_standin import StripeStandin
from lantern_pro.jobs.worker import drain
from lantern_pro.support.laws import check_laws
from lantern_pro.types import Cell
from tests.api.returning import dispute, tell
from tests.api.subscribing import monthly, subscribed, user_data, world
from tests.api.test_reconciliation_of_subscriptions import pass_minute
from tests.api.world import DAY, World
from tests.client_app import ClientApp

__all__ = ["monthly", "subscribed", "world"]

Act = Callable[..., str]


@pytest.fixture
def bank(stripe_standin: StripeStandin, world: World) -> Act:
    """What opens the dispute of the first payment, or ends it, and lets us hear of it."""

    def act(what: str, about: str = "", *, heard: bool = True) -> str:
        charge = stripe_standin.journal.all("charge")[0]["id"]
        told = {"dispute": about} if about else {"charge": charge}
        named = dispute(stripe_standin, what, **told)
        if heard:
            world.settle()
        return named

    return act


def at_stripe(world: World) -> dict[str, object]:
    """The one subscription at Stripe."""
    [told] = world.stripe.journal.all("subscription")
    return told


def charges(world: World) -> int:
    """How often was charged."""
    return sum(each["paid"] for each in world.stripe.journal.all("charge"))


def at_dashboard(world: World, *, ends: bool) -> None:
    """What staff, or the owner on the page of Stripe's, do past us."""
    name = str(at_stripe(world)["id"])
    stripe_client().v1.subscriptions.update(name, {"cancel_at_period_end": ends})


def broken() -> list[object]:
    """Every breach of a law."""
    return [finding.faults for finding in check_laws() if finding.faults]


def test_what_is_disputed_is_not_renewed(subscribed: ClientApp, world: World, bank: Act) -> None:
    bank("open")

    stopped = user_data(subscribed, world)["subscription"]
    row = Subscription.objects.get()
    world.pass_time(40 * DAY)

    assert (stopped, row.state) == ("ending", "ending")
    assert row.is_stopped_by_dispute
    assert charges(world) == 1
    assert Subscription.objects.get().state == "ended"
    assert broken() == []


def test_a_dispute_that_is_won_lets_it_renew_again(
    subscribed: ClientApp, world: World, bank: Act
) -> None:
    opened = bank("open")
    world.pass_time(5 * DAY)
    bank("win", opened)

    row = Subscription.objects.get()
    world.pass_time(40 * DAY)

    assert (row.state, row.is_stopped_by_dispute) == ("active", False)
    assert charges(world) == 2
    assert user_data(subscribed, world)["subscription"] == "active"
    assert broken() == []


def test_a_dispute_that_is_lost_ends_it_at_once(
    subscribed: ClientApp, world: World, bank: Act
) -> None:
    opened = bank("open")
    bank("lose", opened)

    row = Subscription.objects.get()
    with world.present():
        subscribed.post("/stripe-subscription", planId="1m-usd-10")

    assert row.state == "ended"
    assert row.is_ended_by_dispute
    assert world.stripe.journal.all("subscription")[0]["status"] == "canceled"
    assert subscribed.answer["status"] == "ok"
    assert broken() == []


def test_who_cancelled_before_the_dispute_stays_so_when_it_is_won(
    subscribed: ClientApp, world: World, bank: Act
) -> None:
    subscribed.post("/subscription-update", plan="cancel")
    opened = bank("open")
    bank("win", opened)

    assert at_stripe(world)["cancel_at_period_end"] is True
    assert not Subscription.objects.get().is_stopped_by_dispute


def test_who_cancels_amid_the_dispute_stays_so_when_it_is_won(
    subscribed: ClientApp, world: World, bank: Act
) -> None:
    opened = bank("open")
    subscribed.post("/subscription-update", plan="cancel")
    world.settle()
    bank("win", opened)

    assert at_stripe(world)["cancel_at_period_end"] is True
    assert Subscription.objects.get().state == "ending"
    assert not Subscription.objects.get().is_stopped_by_dispute


@pytest.mark.parametrize("wanted", ["resume", "1m-usd-20", "1y-usd-10"])
def test_amid_the_dispute_its_owner_cannot_let_it_be_charged(
    subscribed: ClientApp, world: World, bank: Act, wanted: str
) -> None:
    opened = bank("open")
    subscribed.post("/subscription-update", plan=wanted)
    refused = subscribed.answer["errorId"]
    bank("win", opened)
    with world.present():
        subscribed.post("/subscription-update", plan=wanted)

    assert refused == "payment-disputed"
    assert subscribed.answer["status"] == "ok"


def test_what_is_resumed_at_stripe_amid_the_dispute_is_stopped_again(
    subscribed: ClientApp, world: World, bank: Act
) -> None:
    opened = bank("open")
    at_dashboard(world, ends=False)
    world.settle()
    stopped = at_stripe(world)["cancel_at_period_end"]
    bank("win", opened)

    assert stopped is True
    assert at_stripe(world)["cancel_at_period_end"] is False


def test_what_is_cancelled_at_stripe_amid_the_dispute_stays_so_when_it_is_won(
    subscribed: ClientApp, world: World, bank: Act
) -> None:
    opened = bank("open")
    world.pass_time(DAY)
    at_dashboard(world, ends=False)
    at_dashboard(world, ends=True)
    bank("win", opened)

    assert at_stripe(world)["cancel_at_period_end"] is True
    assert not Subscription.objects.get().is_stopped_by_dispute


def test_an_inquiry_stops_nothing_until_it_is_a_dispute(
    subscribed: ClientApp, world: World, bank: Act
) -> None:
    inquiry = bank("inquire")
    asked = at_stripe(world)["cancel_at_period_end"]
    bank("escalate", inquiry)

    assert (asked, at_stripe(world)["cancel_at_period_end"]) == (False, True)


@pytest.mark.parametrize("newest_first", [False, True])
@pytest.mark.parametrize("end", ["win", "lose"])
def test_events_may_come_late_in_any_order_and_twice(
    subscribed: ClientApp, world: World, bank: Act, end: str, *, newest_first: bool
) -> None:
    opened = bank("open", heard=False)
    bank(end, opened, heard=False)

    for _ in range(2):
        tell(world.stripe, kinds="dispute", newest_first=newest_first)
        with world.present():
            drain(Cell(0))

    ended = {"win": ("active", False), "lose": ("ended", False)}[end]
    assert (Subscription.objects.get().state, at_stripe(world)["cancel_at_period_end"]) == ended
    assert broken() == []


def test_a_dispute_that_nobody_tells_of_is_found(
    subscribed: ClientApp, world: World, bank: Act
) -> None:
    world.webhooks = False
    opened = bank("open")
    pass_minute(world, 3)
    stopped = Subscription.objects.get().state
    bank("win", opened)
    world.pass_time(DAY)
    pass_minute(world, 3)

    assert stopped == "ending"
    assert Subscription.objects.get().state == "active"


def test_a_look_before_the_period_ends_finds_it_by_itself(
    subscribed: ClientApp, world: World, bank: Act
) -> None:
    bank("open", heard=False)

    look_at(Subscription.objects.get().subscription_id)

    assert Subscription.objects.get().is_stopped_by_dispute
    assert not Purchase.objects.get().returned_minor  # nobody has told of it yet


def test_who_died_after_stripe_had_stopped_it_is_followed_by_who_resumes_it(
    subscribed: ClientApp, world: World, bank: Act
) -> None:
    opened = bank("open", heard=False)
    gateway.stop(str(at_stripe(world)["id"]), "dispute.1")
    assert not Subscription.objects.get().stopped_by
    bank("win", opened)

    assert at_stripe(world)["cancel_at_period_end"] is False
    assert Subscription.objects.get().state == "active"


def test_each_of_two_disputes_must_be_won(
    subscribed: ClientApp, world: World, bank: Act, settings: Settings
) -> None:
    world.pass_time(32 * DAY)
    first = bank("open")
    second = dispute(world.stripe, "open", charge=world.stripe.journal.all("charge")[1]["id"])
    world.settle()

    stands = []
    for each in (first, second):
        bank("win", each)
        stands.append(Subscription.objects.get().state)

    assert stands == ["ending", "active"]
    assert broken() == []


def test_another_subscription_has_nothing_to_do_with_it(
    subscribed: ClientApp, world: World, bank: Act
) -> None:
    opened = bank("open")
    world.pass_time(40 * DAY)
    with world.present():
        subscribed.post("/stripe-subscription", planId="1m-usd-10")
        intent = subscribed.answer["clientSecret"].partition("_secret_")[0]
        told = {"payment_method": "pm_card_visa"}
        stripe_client().v1.payment_intents.confirm(intent, told)  # type: ignore[arg-type]
    world.settle()
    bank("lose", opened)

    states = sorted(str(each.state) for each in Subscription.objects.all())
    assert states == ["active", "ended"]
    assert broken() == []
