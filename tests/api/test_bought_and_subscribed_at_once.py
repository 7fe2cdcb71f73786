"""Who buys and subscribes within the same moment has one of the two in the end."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from billing.errors import PurchaseRepeated
from billing.managers.promotions import uses_of
from billing.models import Plan, Promotion, Purchase, Subscription
from billing.services.repeats import refuse_what_was_faster
from devstack.stripe_standin import StripeStandin
from lantern_pro.types import UserId
from tests.api.reconciling import RunJobs
from tests.api.subscribing import monthly, world
from tests.api.test_lost_purchases import hours_later
from tests.client_app import ClientApp

__all__ = ["monthly", "world"]

pytestmark = pytest.mark.usefixtures("laws_hold")

EACH = 4


def all_at_once(
    client: ClientApp, plan: str, *, subscribe_by: str, each: int = EACH, **more: str
) -> tuple[list[str], list[str]]:
    """What is answered to who buys, and to who subscribes, so many times each."""

    def app() -> ClientApp:
        return ClientApp(device_id=client.device_id, user_id=client.user_id, token=client.token)

    def buy(number: int) -> str:
        one = app()
        one.buy(plan=plan, idempotencyKey=f"tap-{number}", **more)
        return str(one.answer.get("errorId", "paid"))

    def subscribe(_: int) -> str:
        one = app()
        call = one.post if subscribe_by == "/stripe-subscription" else one.get
        call(subscribe_by, planId=plan, plan=plan, **more)
        return str(one.answer.get("errorId", "begun"))

    calls: list[tuple[Callable[[int], str], int]] = [
        (call, number) for number in range(each) for call in (buy, subscribe)
    ]
    with ThreadPoolExecutor(len(calls)) as threads:
        told = list(threads.map(lambda each: each[0](each[1]), calls))
    return told[0::2], told[1::2]


@pytest.mark.parametrize("by", ["/stripe-subscription", "/subscription-payment-redirect"])
def test_of_many_calls_of_both_at_once_one_is_left_to_pay_by(
    client: ClientApp, monthly: Plan, stripe_standin: StripeStandin, run_jobs: RunJobs, by: str
) -> None:
    bought, _ = all_at_once(client, monthly.pk, subscribe_by=by)
    run_jobs()
    hours_later(0.1, run_jobs)

    is_bought = bought.count("paid")
    is_subscribed = Subscription.objects.open_of(UserId(client.user_id)) is not None
    assert is_bought + is_subscribed == 1
    assert set(bought) <= {"paid", "purchase-repeated"}
    assert Purchase.objects.count() == is_bought
    assert len(stripe_standin.journal.all("charge")) == is_bought


def test_who_insists_may_have_both(
    client: ClientApp, monthly: Plan, stripe_standin: StripeStandin
) -> None:
    bought, subscribed = all_at_once(
        client, monthly.pk, subscribe_by="/stripe-subscription", insist="true"
    )

    assert bought.count("paid") >= 1
    assert set(subscribed) & {"begun", "payment-pending"}
    assert Subscription.objects.count() == 1
    assert len(stripe_standin.journal.all("charge")) == bought.count("paid")


def test_whose_offer_came_second_holds_none_of_its_uses(
    client: ClientApp, monthly: Plan, run_jobs: RunJobs
) -> None:
    Promotion.objects.create(id="spring", percent=25, uses_limit=9)

    all_at_once(client, f"{monthly.pk}-spring", subscribe_by="/stripe-subscription", each=1)
    run_jobs()
    hours_later(1, run_jobs)

    assert uses_of(["spring"])["spring"] == 1


@pytest.mark.parametrize("first", ["purchase", "subscription", "neither"])
def test_the_slower_of_two_calls_is_told_of_the_faster(
    client: ClientApp, monthly: Plan, first: str
) -> None:
    if first == "purchase":
        client.buy()
    elif first == "subscription":
        client.post("/stripe-subscription", planId=monthly.pk)

    with pytest.raises(PurchaseRepeated) as refused:
        refuse_what_was_faster(UserId(client.user_id))

    told = {name: refused.value.details.get(name) for name in ("plan", "paymentStatus")}
    wanted = {
        "purchase": {"plan": "1y-usd-10", "paymentStatus": "completed"},
        "subscription": {"plan": monthly.pk, "paymentStatus": "pending"},
        "neither": {"plan": None, "paymentStatus": None},
    }
    assert told == wanted[first]
    assert refused.value.details["insistBy"] == "insist=true"
