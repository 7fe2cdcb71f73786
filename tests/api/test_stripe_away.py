"""Stripe does not answer for a day: renewals, refunds and payments end right once it does."""

from collections.abc import Callable

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
from tests.api.world import HOUR, World
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


def test_a_day_without_stripe_ends_in_the_right_state_by_itself(
    subscribed: ClientApp, new_client: Callable[..., ClientApp], world: World
) -> None:
    refunded, lost = new_client("device-2"), new_client("device-3")
    given_back = bought(refunded)
    refund_at_stripe(intent_of(given_back))
    unknown = lost_purchase(lost, world.stripe)
    payment = pay_for(unknown.pk, unknown.amount_minor, key="again")
    left = user_data(subscribed, world)["expiration"] - clock.now() // 1000
    world.webhooks = False  # nothing tells of the refund and the payment before Stripe is away
    world.pass_time(left - HOUR, step=left)
    world.webhooks = True
    world.stripe.faults.add(Fault("status_500", "/v1", method="*", times=1_000_000))
    with world.present():
        ledger.stage(
            *following(MoneyReturned(HERE, given_back.purchase_id, intent_of(given_back), "told")),
            *following(PaymentFound(HERE, unknown.purchase_id, payment)),
        )

    pass_hours(world, 25)
    away = (user_data(subscribed, world)["subscription"], Purchase.objects.count())
    world.stripe.faults.clear()
    world.pass_jobs_time(HALF_AN_HOUR)
    world.settle()

    told = user_data(subscribed, world)
    assert away == ("active", 3)
    assert (told["subscription"], told["expiration"]) == ("active", period_end())
    assert user_data(lost, world)["userStatus"] == "active"
    assert user_data(refunded, world)["userStatus"] != "active"
    assert Job.objects.filter(state="dead").count() == 0
    assert faults() == []
