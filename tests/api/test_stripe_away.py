"""Stripe does not answer for a day: renewals, refunds and payments end right once it does."""

from collections.abc import Callable

import pytest

from billing.events import MoneyReturned, PaymentFound
from billing.models import Purchase
from devstack.standin.faults import Fault
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.events import following
from lantern_pro.jobs.models import Job
from lantern_pro.jobs.worker import drain
from lantern_pro.types import Cell
from tests.api.reconciling import lost_purchase, pay_for
from tests.api.returning import bought, intent_of, refund_at_stripe
from tests.api.subscribing import monthly, period_end, subscribed, user_data, world
from tests.api.test_purchases import faults
from tests.api.world import DAY, HOUR, World
from tests.client_app import ClientApp

__all__ = ["monthly", "subscribed", "world"]

HERE = Cell(0)
HALF_AN_HOUR = 1_800


def pass_hours(world: World, hours: int) -> None:
    """Let hours pass, in each of which every job that waits has its turn three times."""
    for _ in range(hours):
        world.pass_time(HOUR, step=HOUR)
        for _ in range(2):
            world.pass_jobs_time(HALF_AN_HOUR)
            with world.present():
                drain(HERE)


def be_away(world: World) -> None:
    """Let Stripe answer no call of ours until its faults are cleared; it lives on meanwhile."""
    world.stripe.faults.add(Fault("status_500", "/v1", method="*", times=1_000_000))


def test_a_day_without_stripe_ends_in_the_right_state_by_itself(
    subscribed: ClientApp, new_client: Callable[..., ClientApp], world: World
) -> None:
    refunded, lost = new_client("device-2"), new_client("device-3")
    given_back = bought(refunded)
    refund_at_stripe(intent_of(given_back))
    unknown = lost_purchase(lost, world.stripe)
    payment = pay_for(unknown.pk, unknown.amount_minor, key="again")
    paid_until = user_data(subscribed, world)["expiration"]
    left = paid_until - clock.now() // 1000
    world.webhooks = False  # nothing tells of the refund and the payment before Stripe is away
    world.pass_time(left - HOUR, step=left)
    world.webhooks = True
    be_away(world)
    with world.present():
        ledger.stage(
            *following(MoneyReturned(HERE, given_back.purchase_id, intent_of(given_back), "told")),
            *following(PaymentFound(HERE, unknown.purchase_id, payment)),
        )

    pass_hours(world, 25)
    away = user_data(subscribed, world)
    bought_by_then = Purchase.objects.filter(state="paid").count()
    world.stripe.faults.clear()
    world.pass_jobs_time(HALF_AN_HOUR)
    world.settle()

    told = user_data(subscribed, world)
    assert (away["userStatus"], away["subscription"], bought_by_then) == ("active", "active", 2)
    assert away["expiration"] == paid_until + 7 * DAY  # lent, though nobody tells whether it renews
    assert (told["subscription"], told["expiration"]) == ("active", period_end())
    assert user_data(lost, world)["userStatus"] == "active"
    assert user_data(refunded, world)["userStatus"] != "active"
    assert Job.objects.filter(state="dead").count() == 0
    assert faults() == []


@pytest.mark.parametrize("plan", ["cancel", "resume"])
def test_without_stripe_time_is_lent_to_what_was_to_renew(
    subscribed: ClientApp, world: World, plan: str
) -> None:
    subscribed.post("/subscription-update", plan=plan)
    paid_until = user_data(subscribed, world)["expiration"]
    be_away(world)
    world.pass_time(32 * DAY, step=32 * DAY)
    away = user_data(subscribed, world)["expiration"]

    world.stripe.faults.clear()
    world.pass_jobs_time(HALF_AN_HOUR)
    world.settle()

    lent = 7 * DAY if plan == "resume" else 0
    assert away == paid_until + lent
    assert user_data(subscribed, world)["expiration"] == period_end()
    assert faults() == []
