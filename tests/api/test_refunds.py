"""Money that went back takes exactly what it had given."""

from collections.abc import Callable

import pytest

from billing.gateways import stripe as gateway
from billing.gateways.base import Order, Paid, Stands
from billing.managers.returns import returns_of
from billing.models import Purchase
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from lantern_pro import clock
from lantern_pro.jobs.models import Job
from lantern_pro.support.story import story_of
from lantern_pro.types import Minor, UserId
from tests.api.returning import (
    bought,
    days_left,
    days_of,
    dispute,
    intent_of,
    ledger_of,
    refund_at_stripe,
    tell,
)
from tests.api.world import DAY
from tests.client_app import ClientApp

pytestmark = pytest.mark.usefixtures("laws_hold")

RunJobs = Callable[[], int]
NewClient = Callable[..., ClientApp]
A_YEAR = 365
YEARS = (365, 366)


def status_of(app: ClientApp) -> tuple[str, str]:
    """What an app is told of its status."""
    app.get("/user-data")
    return app.answer["userStatus"], app.answer["userLevel"]


def test_a_whole_refund_takes_the_whole_time(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    purchase = bought(client)
    run_jobs()
    given = days_of(client)["purchase"]

    refund_at_stripe(intent_of(purchase))
    tell(stripe_standin)
    run_jobs()

    assert given in YEARS
    assert days_of(client) == {"purchase": given, "refund": -given}
    assert status_of(client) == ("expired", "")
    assert Purchase.objects.get().returned_minor == 4800
    assert [(each.kind, each.minor, each.stands) for each in returns_of(purchase.purchase_id)] == [
        ("refund", 4800, Stands.TAKEN)
    ]


def test_a_part_takes_its_part_and_several_no_more_than_all(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    purchase = bought(client)
    given = days_of(client)["purchase"]

    refund_at_stripe(intent_of(purchase), 1200)
    tell(stripe_standin)
    run_jobs()
    after_one = days_of(client)
    refund_at_stripe(intent_of(purchase), 3600)
    tell(stripe_standin)
    run_jobs()

    assert after_one == {"purchase": given, "refund": -given / 4}
    assert days_of(client) == {"purchase": given, "refund": -given}


def test_an_invitation_s_bonuses_go_back_on_both_sides(
    new_client: NewClient, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    inviter, invitee = new_client("inviter"), new_client("invitee")
    inviter.get("/user-data")
    invitee.post("/referral-attach", code=inviter.answer["referral"])
    purchase = bought(invitee)
    refund_at_stripe(intent_of(purchase), 2400)

    tell(stripe_standin)
    run_jobs()

    own, theirs = days_of(invitee), days_of(inviter)
    assert own["refund"] == -(own["purchase"] + own["referral_bonus"]) / 2
    assert theirs["refund"] == -theirs["referral_bonus"] / 2


def test_a_dispute_suspends_and_what_is_won_is_restored(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    purchase = bought(client)
    opened = dispute(stripe_standin, "open", charge=purchase.charge_id or "")
    tell(stripe_standin)
    run_jobs()
    while_open = status_of(client)

    dispute(stripe_standin, "win", dispute=opened)
    tell(stripe_standin)
    run_jobs()

    assert while_open == ("expired", "")
    assert status_of(client) == ("active", "pro")
    assert sum(days_of(client).values()) == days_of(client)["purchase"]
    assert Purchase.objects.get().returned_minor == 0


def test_a_dispute_that_is_lost_stays_taken(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    purchase = bought(client)
    opened = dispute(stripe_standin, "open", charge=purchase.charge_id or "")
    dispute(stripe_standin, "lose", dispute=opened)

    tell(stripe_standin, newest_first=True)
    run_jobs()

    assert sum(days_of(client).values()) == 0
    assert Purchase.objects.get().returned_minor == 4800


def test_an_inquiry_takes_nothing_until_it_is_a_dispute(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    purchase = bought(client)
    asked = dispute(stripe_standin, "inquire", charge=purchase.charge_id or "")
    tell(stripe_standin)
    run_jobs()
    while_asking = status_of(client)

    dispute(stripe_standin, "escalate", dispute=asked)
    tell(stripe_standin)
    run_jobs()

    assert while_asking == ("active", "pro")
    assert status_of(client) == ("expired", "")


def test_a_part_refunded_and_then_the_whole_disputed_takes_the_whole_and_no_more(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    purchase = bought(client)
    refund_at_stripe(intent_of(purchase), 1200)
    opened = dispute(stripe_standin, "open", charge=purchase.charge_id or "")
    tell(stripe_standin)
    run_jobs()
    while_open = sum(days_of(client).values())

    dispute(stripe_standin, "win", dispute=opened)
    tell(stripe_standin)
    run_jobs()

    assert while_open == 0
    assert sum(days_of(client).values()) == days_of(client)["purchase"] * 3 / 4


def test_a_refund_that_is_told_before_the_payment_ends_in_the_same_state(
    new_client: NewClient, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    early, usual = new_client("early"), new_client("usual")
    stripe_standin.faults.add(Fault("close_after", "/v1/payment_intents"))
    early.buy(timeout=0)
    [intent] = stripe_standin.journal.all("payment_intent")
    refund_at_stripe(intent["id"], 1200)
    tell(stripe_standin, kinds="refund")
    run_jobs()
    purchase = bought(usual)
    refund_at_stripe(intent_of(purchase), 1200)

    tell(stripe_standin)
    run_jobs()

    spans = [[(entry.kind, entry.span_ms) for entry in ledger_of(app)] for app in (early, usual)]
    assert spans[0] == spans[1]
    assert len(spans[0]) == 2


def test_used_time_that_is_taken_back_is_stated_as_a_debt_and_forgiven_by_a_new_purchase(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    purchase, began = bought(client), clock.now()
    stripe_standin.put_clock_forward(began // 1000 + 100 * DAY)

    with clock.shifted(100 * DAY * 1000):
        refund_at_stripe(intent_of(purchase))
        tell(stripe_standin)
        run_jobs()
        debt, told = days_left(client), status_of(client)
        owed = story_of(UserId(client.user_id), reveal=False).owed_days
        expiration = client.answer["expiration"]
        bought(client, idempotencyKey="again")
        owed_again = story_of(UserId(client.user_id), reveal=False).owed_days
        left = days_left(client)

    assert debt == pytest.approx(-100, abs=0.01)
    assert owed == pytest.approx(100, abs=0.01)
    assert owed_again == 0
    assert told == ("expired", "")
    assert expiration == pytest.approx(began / 1000, abs=600)
    assert left == pytest.approx(days_of(client)["purchase"] / 2, abs=1)


def test_a_refund_of_a_payment_of_somebody_else_s_is_left(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    bought(client)
    paid = gateway.pay(Order("key", Minor(4800), "usd", "tok_visa", "theirs", {}))
    assert isinstance(paid, Paid)
    refund_at_stripe(paid.payment_intent)

    tell(stripe_standin, kinds="refund")
    run_jobs()

    assert not Job.objects.filter(kind="follow_returns").exists()
    assert "refund" not in days_of(client)


def test_events_told_many_times_take_once(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    purchase = bought(client)
    refund_at_stripe(intent_of(purchase), 1200)

    for _ in range(3):
        assert tell(stripe_standin) > 2
        run_jobs()

    assert days_of(client)["refund"] == -days_of(client)["purchase"] / 4
    assert len(ledger_of(client)) == 2
