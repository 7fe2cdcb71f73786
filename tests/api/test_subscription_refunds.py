"""A month of a subscription that is given back."""

from billing.models import Purchase
from billing.services.refunds import refund
from devstack.stripe_standin import StripeStandin
from lantern_pro.jobs.worker import drain
from lantern_pro.support.laws import check_laws
from lantern_pro.types import Cell
from tests.api.returning import days_of, dispute, refund_at_stripe, tell
from tests.api.subscribing import monthly, subscribed, world
from tests.api.world import DAY, World
from tests.client_app import ClientApp

__all__ = ["monthly", "subscribed", "world"]


def test_a_month_that_is_given_back_takes_the_month(subscribed: ClientApp, world: World) -> None:
    [month] = Purchase.objects.all()

    with world.present():
        refund(month.purchase_id, amount=None, why="asked for it", nonce="n")
    world.settle()

    assert sum(days_of(subscribed).values()) == 0
    assert [found.faults for found in check_laws() if found.faults] == []


def test_a_month_that_is_disputed_and_won_is_there_again(
    subscribed: ClientApp, world: World, stripe_standin: StripeStandin
) -> None:
    [month] = Purchase.objects.all()
    given = sum(days_of(subscribed).values())

    opened = dispute(stripe_standin, "open", charge=month.charge_id or "")
    world.settle()
    suspended = sum(days_of(subscribed).values())
    dispute(stripe_standin, "win", dispute=opened)
    world.settle()

    assert (suspended, sum(days_of(subscribed).values())) == (0, given)
    assert [found.faults for found in check_laws() if found.faults] == []


def test_a_refund_that_is_told_before_its_renewal_takes_the_month(
    subscribed: ClientApp, world: World, stripe_standin: StripeStandin
) -> None:
    given = days_of(subscribed)["purchase"]
    world.pass_stripes_time(32 * DAY)
    [renewal] = [each for each in stripe_standin.journal.all("charge") if each["paid"]][1:]
    refund_at_stripe(renewal["payment_intent"])

    for kinds in ("refund", "invoice"):
        tell(stripe_standin, kinds=kinds)
        with world.present():
            drain(Cell(0))

    assert sum(days_of(subscribed).values()) == given
    assert Purchase.objects.get(charge_id=renewal["id"]).returned_minor == renewal["amount"]
    assert [found.faults for found in check_laws() if found.faults] == []
