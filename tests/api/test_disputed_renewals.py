"""What is due already when a payment of a subscription is disputed is not charged meanwhile."""

import pytest

from billing.models import Purchase, Subscription
from devstack.standin import Object
from devstack.standin.faults import Fault
from tests.api.subscribing import (
    let_it_be_paid,
    let_it_fail,
    monthly,
    pay_open_invoice,
    subscribed,
    user_data,
    world,
)
from tests.api.test_disputed_subscriptions import Act, at_stripe, bank, broken, charges
from tests.api.test_purchases import faults
from tests.api.world import DAY, HOUR, World
from tests.client_app import ClientApp

__all__ = ["bank", "monthly", "subscribed", "world"]

pytestmark = pytest.mark.usefixtures("laws_hold")


def renewal(world: World) -> Object:
    """The invoice that is due."""
    found: Object = world.stripe.journal.all("invoice")[-1]
    return found


def until_draft(world: World) -> None:
    """Let the period end; the renewal's invoice is a draft for an hour."""
    end = int(at_stripe(world)["items"]["data"][0]["current_period_end"])  # type: ignore[index]
    world.pass_time(end - world.stripe.clock.now() + 60)
    assert renewal(world)["status"] == "draft"


def until_open(world: World) -> None:
    """Let the renewal fail once; Stripe would try again in some days."""
    let_it_fail(world)
    until_draft(world)
    world.pass_time(2 * HOUR, step=HOUR)
    let_it_be_paid(world)
    assert renewal(world)["status"] == "open"


DUE = pytest.mark.parametrize("until_due", [until_draft, until_open])


@DUE
def test_what_is_due_is_not_charged_before_the_bank_has_decided(
    subscribed: ClientApp, world: World, bank: Act, until_due: Act
) -> None:
    until_due(world)
    bank("open")
    held = renewal(world)
    world.pass_time(20 * DAY)

    assert (held["auto_advance"], held["metadata"]) == (False, {"held_by": "dispute"})
    assert renewal(world)["status"] == held["status"]
    assert charges(world) == 1
    assert Purchase.objects.count() == 1
    assert faults() == []


@DUE
def test_it_is_charged_when_the_dispute_is_won(
    subscribed: ClientApp, world: World, bank: Act, until_due: Act
) -> None:
    until_due(world)
    opened = bank("open")
    world.pass_time(6 * DAY)
    bank("win", opened)
    world.pass_time(2 * DAY, step=HOUR)

    assert renewal(world)["status"] == "paid"
    assert not renewal(world)["metadata"].get("held_by")
    assert Subscription.objects.get().state == "active"
    assert user_data(subscribed, world)["subscription"] == "active"
    assert charges(world) == 2
    assert broken() == []


@DUE
def test_it_is_never_charged_when_the_dispute_is_lost(
    subscribed: ClientApp, world: World, bank: Act, until_due: Act
) -> None:
    until_due(world)
    opened = bank("open")
    bank("lose", opened)
    world.pass_time(40 * DAY)

    assert (renewal(world)["status"], renewal(world)["auto_advance"]) in {
        ("draft", False),
        ("void", False),
    }
    assert Subscription.objects.get().state == "ended"
    assert charges(world) == 1


def test_what_its_owner_pays_by_themselves_gives_its_time(
    subscribed: ClientApp, world: World, bank: Act
) -> None:
    until_open(world)
    bank("open")
    pay_open_invoice(world)

    assert renewal(world)["status"] == "paid"
    assert Purchase.objects.filter(state="paid").count() == 2
    assert faults() == []


def test_what_others_keep_from_being_charged_is_not_let_go(
    subscribed: ClientApp, world: World, bank: Act
) -> None:
    until_draft(world)
    with world.stripe.journal.change() as draft:
        draft.put({**renewal(world), "auto_advance": False})
    opened = bank("open")
    bank("win", opened)

    assert renewal(world)["auto_advance"] is False


def test_a_change_that_stripe_has_not_heard_of_is_not_asked_for_amid_the_dispute(
    subscribed: ClientApp, world: World, bank: Act
) -> None:
    world.stripe.faults.add(Fault("status_500", "/v1/subscriptions/", times=9))
    subscribed.post("/subscription-update", plan="1y-usd-10", timeout=0)
    begun = Subscription.objects.get().change_to
    world.stripe.faults.clear()

    bank("open")
    world.pass_time(HOUR, step=HOUR)

    assert begun == "1y-usd-10"
    assert not Subscription.objects.get().change_to
    assert Subscription.objects.get().plan == "1m-usd-10"
    assert charges(world) == 1
    assert broken() == []
