"""Promotions: shown, bought at the price that was shown, and never more often than they are for."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from pytest_django import Settings

from billing.catalogue import TermsStand
from billing.managers.promotions import uses_of
from billing.models import Promotion, Purchase
from billing.services.promotions import GRACE_MS
from devstack.stripe_standin import StripeStandin
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.models import Job
from lantern_pro.jobs.worker import drain
from lantern_pro.support.laws import check_laws
from lantern_pro.types import Cell, JobId, Millis
from tests.client_app import ClientApp

NewClient = Callable[..., ClientApp]
HOUR_MS = 3_600_000
ASKS_THE_HOLDER = "pm_card_threeDSecure2Required"


@pytest.fixture(autouse=True)
def laws_hold_afterwards(service: Any) -> Iterator[None]:
    """Whatever a test does, the laws hold."""
    del service
    yield
    assert [fault for finding in check_laws() for fault in finding.faults] == []


def promote(name: str = "spring", **told: Any) -> Promotion:
    """Put a promotion up."""
    made: Promotion = Promotion.objects.create(id=name, **({"percent": 25} | told))
    return made


def shown(client: ClientApp, **told: str) -> list[str]:
    """The ids of the offers that an app is shown."""
    client.get("/plans", **told)
    return [plan["id"] for plan in client.answer["plans"]]


def buy(client: ClientApp, plan: str, key: str = "tap", **told: Any) -> str:
    """Buy, and say what came of it."""
    client.buy(plan=plan, idempotencyKey=key, **told)
    return str(client.answer.get("errorId") or client.answer["paymentStatus"])


def used(name: str = "spring") -> int:
    """How many uses are taken."""
    return uses_of([name])[name]


def look_at_uses() -> None:
    """Let the jobs run that look what came of a use, as they would in some minutes."""
    for job in Job.objects.filter(kind="settle_promotion_use"):
        ledger.retry(JobId(job.pk))
    drain(Cell(0))


def test_an_offer_is_shown_with_its_price_and_bought_at_it(client: ClientApp) -> None:
    promote(months=2, ends=clock.as_datetime(Millis(clock.now() + HOUR_MS)))

    client.get("/plans")
    year = client.answer["plans"][0]
    outcome = buy(client, year["id"])

    assert year["id"] == "1y-usd-10-spring"
    assert (year["price"], year["totalCost"]) == ({"usd": 3600}, "36.00 USD")
    assert year["renewalBonusExpected"] == {"months": 2, "days": 0}
    assert year["promotion"]["fullPrice"] == {"usd": 4800}
    assert year["promotion"]["plan"] == "1y-usd-10"
    assert outcome == "completed"
    purchase = Purchase.objects.get()
    assert (purchase.plan, purchase.promotion) == ("1y-usd-10", "spring")
    assert (purchase.amount_minor, purchase.promotion_months) == (3600, 2)
    client.get("/user-charges")
    assert client.answer["charges"][0]["amount"] == 3600


def test_the_months_are_given_on_top(client: ClientApp) -> None:
    promote(percent=0, months=3)

    buy(client, "1y-usd-10-spring")

    client.get("/user-data")
    bought = Purchase.objects.get().created
    year, month = divmod(bought.month - 1 + 3, 12)
    until = clock.as_datetime(Millis(client.answer["expiration"] * 1000))
    assert (until.year, until.month) == (bought.year + 1 + year, month + 1)


def test_the_plain_plan_still_costs_what_it_says(client: ClientApp) -> None:
    promote()

    buy(client, "1y-usd-10")

    assert Purchase.objects.get().amount_minor == 4800
    assert used() == 0


def test_of_several_the_cheapest_is_offered(client: ClientApp) -> None:
    promote("small", percent=10)
    promote("large", percent=30)
    promote("long", percent=30, months=1)

    assert shown(client)[0] == "1y-usd-10-long"


@pytest.mark.parametrize(
    "told",
    [
        {"on": False},
        {"starts": clock.as_datetime(Millis(clock.now() + HOUR_MS))},
        {"ends": clock.as_datetime(Millis(clock.now() - 2 * HOUR_MS))},
        {"countries": "CN"},
        {"plans": "3m"},
        {"code": "SECRET"},
    ],
)
def test_what_is_not_for_this_moment_or_customer_is_neither_shown_nor_sold(
    client: ClientApp, told: dict[str, Any]
) -> None:
    promote(**told)

    client.country = "IR"

    assert shown(client) == ["1y-usd-10", "2y-usd-10"]
    assert buy(client, "1y-usd-10-spring") in {"promotion-over", "unknown-plan", "wrong-coupon"}
    assert Purchase.objects.count() == 0


def test_it_is_for_the_plans_that_it_names(client: ClientApp) -> None:
    promote(plans="2y")

    assert shown(client) == ["1y-usd-10", "2y-usd-10-spring"]


def test_who_was_shown_it_has_an_hour_after_its_end(client: ClientApp) -> None:
    promote(ends=clock.as_datetime(Millis(clock.now() + HOUR_MS)))

    with clock.shifted(HOUR_MS + 1_000):
        assert shown(client)[0] == "1y-usd-10"
        assert buy(client, "1y-usd-10-spring") == "completed"
    with clock.shifted(HOUR_MS + GRACE_MS + 1_000):
        assert buy(client, "1y-usd-10-spring", "later") == "promotion-over"


def test_a_first_purchase_is_offered_once(client: ClientApp, new_client: NewClient) -> None:
    promote(first_purchase=True)

    before = shown(client)
    outcomes = [buy(client, "1y-usd-10-spring", "one"), buy(client, "1y-usd-10-spring", "two")]
    after = shown(client)

    assert before[0] == "1y-usd-10-spring"
    assert outcomes == ["completed", "not-first-purchase"]
    assert after == ["1y-usd-10", "2y-usd-10"]
    assert buy(new_client("device-2"), "1y-usd-10-spring") == "completed"


def test_who_was_declined_may_try_the_offer_for_a_first_purchase_again(client: ClientApp) -> None:
    promote(first_purchase=True)

    outcomes = [
        buy(client, "1y-usd-10-spring", "one", stripeToken="tok_chargeDeclined"),
        buy(client, "1y-usd-10-spring", "two", stripeToken="tok_visa"),
    ]

    assert outcomes == ["card-declined", "completed"]
    assert used() == 1


def test_uses_are_counted_and_a_declined_one_is_given_back(
    client: ClientApp, new_client: NewClient
) -> None:
    promote(uses_limit=1)
    second = new_client("device-2")

    declined = buy(client, "1y-usd-10-spring", "one", stripeToken="tok_chargeDeclined")
    while_held = (shown(second)[0], buy(second, "1y-usd-10-spring", "two"))
    look_at_uses()
    freed = (shown(second)[0], buy(second, "1y-usd-10-spring", "three"))
    look_at_uses()

    assert declined == "card-declined"
    assert while_held == ("1y-usd-10", "promotion-over")
    assert freed == ("1y-usd-10-spring", "completed")
    assert shown(client)[0] == "1y-usd-10"
    assert used() == 1


@pytest.mark.parametrize("then", ["confirms", "refuses"])
def test_a_use_is_held_while_the_buyer_is_at_their_bank(
    client: ClientApp, new_client: NewClient, stripe_standin: StripeStandin, then: str
) -> None:
    promote(uses_limit=1)
    asks: dict[str, Any] = {
        "stripeToken": None,
        "stripePaymentMethod": "pm_card_threeDSecure2Required",
    }
    second = new_client("device-2")

    asked = buy(client, "1y-usd-10-spring", **asks)
    look_at_uses()
    meanwhile = buy(second, "1y-usd-10-spring")
    [intent] = stripe_standin.journal.all("payment_intent")
    stripe_standin.authenticate(intent["id"], succeed=then == "confirms")
    ended = buy(client, "1y-usd-10-spring", **asks)
    look_at_uses()

    assert (asked, meanwhile) == ("requires_action", "promotion-over")
    assert (ended, used()) == {"confirms": ("completed", 1), "refuses": ("card-declined", 0)}[then]


def test_a_repeated_purchase_takes_one_use(client: ClientApp) -> None:
    promote(uses_limit=1)

    outcomes = [buy(client, "1y-usd-10-spring") for _ in range(3)]
    drain(Cell(0))

    assert outcomes == ["completed"] * 3
    assert used() == 1


def test_a_code_is_given_with_the_plan_and_in_the_catalogue(client: ClientApp) -> None:
    promote(code="SPRING-27", percent=50)

    by_itself = shown(client)[0]
    by_code = shown(client, couponCode=" spring-27 ")[0]
    client.get("/plans-v5", couponCode="SPRING-27")

    assert (by_itself, by_code) == ("1y-usd-10", "1y-usd-10-spring")
    assert client.answer["plans"][0]["price"] == {"usd": 2400}
    assert buy(client, "1y-usd-10-spring", "a") == "wrong-coupon"
    assert buy(client, "1y-usd-10", "b", couponCode="SUMMER") == "wrong-coupon"
    assert client.answer["details"]["field"] == "couponCode"
    assert buy(client, "1y-usd-10", "c", couponCode="spring-27") == "completed"
    assert Purchase.objects.get().amount_minor == 2400


def test_a_code_for_another_plan_is_refused_rather_than_ignored(client: ClientApp) -> None:
    promote(code="SPRING-27", plans="2y")

    assert buy(client, "1y-usd-10", couponCode="SPRING-27") == "wrong-coupon"


def test_an_offer_that_there_never_was_is_no_plan(client: ClientApp) -> None:
    assert buy(client, "1y-usd-10-winter") == "unknown-plan"


@pytest.mark.parametrize("term", Promotion.TERMS)
def test_what_a_promotion_gives_never_changes(client: ClientApp, term: str) -> None:
    spring = promote()
    setattr(spring, term, 7)

    with pytest.raises(TermsStand):
        spring.save()


def test_uses_are_counted_in_one_place_for_buyers_of_every_cell(
    new_client: NewClient, settings: Settings
) -> None:
    settings.CELLS = 5
    promote(uses_limit=2)
    people = [new_client(f"device-{n}", address=f"203.{n}.0.7") for n in range(6)]

    outcomes = [buy(each, "1y-usd-10-spring") for each in people]
    for _ in range(3):
        for cell in range(5):
            drain(Cell(cell))

    assert len({each.user_id % 1024 for each in people}) > 1
    assert sorted(outcomes) == ["completed"] * 2 + ["promotion-over"] * 4
    assert used() == 2
