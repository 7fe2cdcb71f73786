"""A month of a subscription that is given back."""

from billing.models import Purchase
from billing.services.refunds import refund
from devstack.stripe_standin import StripeStandin
from lantern_pro.support.laws import check_laws
from tests.api.returning import days_of, dispute
from tests.api.subscribing import monthly, subscribed, world
from tests.api.world import World
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
