"""Payments that went wrong elsewhere, as told in public by who was there."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest

from billing.errors import (
    IdempotencyKeyReused,
    PurchaseRepeated,
    RefundUnderWay,
    TooMuchToRefund,
)
from billing.managers.stripe_events import EventCounts, event_counts
from billing.models import Purchase
from billing.services.refunds import refund
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from lantern_pro.errors import LanternError
from lantern_pro.types import Minor
from tests.api.returning import bought, days_of, intent_of, ledger_of
from tests.api.test_stripe_webhook import deliver, event, signed
from tests.client_app import ClientApp

pytestmark = pytest.mark.usefixtures("laws_hold")

NewClient = Callable[..., ClientApp]
RunJobs = Callable[[], int]
AT_ONCE = 20


def give_back(purchase: Purchase, run_jobs: RunJobs) -> None:
    """Let staff give all of a purchase's money back, and what follows."""
    refund(purchase.purchase_id, amount=None, why="asked for it", nonce=purchase.pk)
    run_jobs()


def test_two_purchases_by_slip_are_asked_about_and_given_back_without_a_day_of_the_first(
    client: ClientApp, run_jobs: RunJobs
) -> None:
    """lantern-forum-cn #764: on a slow network two years were bought twice by slip."""
    bought(client, plan="2y-usd-10", idempotencyKey="wanted")
    kept = ledger_of(client)[0].span_ms

    client.buy(plan="2y-usd-10", idempotencyKey="slip")
    asked = client.answer["errorId"]
    slips = [
        bought(client, plan="2y-usd-10", idempotencyKey=f"slip-{n}", insist="true") for n in (1, 2)
    ]
    for slip in slips:
        give_back(slip, run_jobs)

    assert asked == PurchaseRepeated.error_id
    assert sum(entry.span_ms for entry in ledger_of(client)) == kept


def test_a_renewal_that_is_given_back_leaves_the_time_that_was_running(
    client: ClientApp, run_jobs: RunJobs
) -> None:
    """lantern-forum-cn #1431: renewed two months early; then the money was wanted back."""
    bought(client, idempotencyKey="this year")
    running = days_of(client)["purchase"]
    renewed = bought(client, idempotencyKey="next year", insist="true")

    give_back(renewed, run_jobs)

    client.get("/user-data")
    assert client.answer["userStatus"] == "active"
    assert sum(days_of(client).values()) == running


def test_one_event_that_is_delivered_many_times_at_once_is_taken_in_once(
    client: ClientApp, run_jobs: RunJobs
) -> None:
    """dj-stripe #1239: duplicate deliveries of one event were answered with errors."""
    body = event("payment_intent.succeeded", intent_of(bought(client)))

    with ThreadPoolExecutor(AT_ONCE) as threads:
        answers = list(threads.map(lambda _: deliver(body, signed(body)), range(AT_ONCE)))
    run_jobs()

    assert {answer.status_code for answer in answers} == {200}
    assert event_counts() == [EventCounts("payment_intent.succeeded", 1, AT_ONCE - 1, 0)]


def test_one_payment_that_many_events_tell_of_gives_once(
    client: ClientApp, run_jobs: RunJobs
) -> None:
    """open-saas #688: an event that came again gave what was bought again."""
    intent = intent_of(bought(client))

    for number in range(5):
        body = event("payment_intent.succeeded", intent, event_id=f"evt_{number % 3}")
        deliver(body, signed(body))
        run_jobs()

    assert [entry.kind for entry in ledger_of(client)] == ["purchase"]


def test_of_many_who_give_money_back_at_once_one_does(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    """Xboard #1021: each of many cancellations at once read the old state and paid back."""
    purchase = bought(client)
    given = days_of(client)["purchase"]

    def once(number: int) -> str:
        try:
            refund(purchase.purchase_id, amount=None, why="at once", nonce=str(number))
        except LanternError as refused:
            return refused.error_id
        return "ok"

    with ThreadPoolExecutor(AT_ONCE) as threads:
        outcomes = list(threads.map(once, range(AT_ONCE)))
    run_jobs()

    assert outcomes.count("ok") == 1
    assert set(outcomes) <= {"ok", RefundUnderWay.error_id, TooMuchToRefund.error_id}
    assert [each["amount"] for each in stripe_standin.journal.all("refund")] == [4800]
    assert days_of(client) == {"purchase": given, "refund": -given}


@pytest.mark.parametrize("key", ["tap", None], ids=["with a key", "with none"])
def test_the_same_request_sent_twice_charges_once(
    client: ClientApp, stripe_standin: StripeStandin, key: str | None
) -> None:
    """Lago #5870: a top-up sent twice with the same payload was taken, and charged, twice."""
    client.buy(idempotencyKey=key)
    first = dict(client.answer)
    client.buy(idempotencyKey=key)

    assert first["paymentStatus"] == "completed"
    assert client.answer == first
    assert len(stripe_standin.journal.all("charge")) == 1
    assert [entry.kind for entry in ledger_of(client)] == ["purchase"]


@pytest.mark.parametrize("is_lost", [False, True], ids=["answered", "answer lost"])
def test_who_buys_two_years_by_a_referral_has_them_and_the_bonus(
    new_client: NewClient, stripe_standin: StripeStandin, run_jobs: RunJobs, *, is_lost: bool
) -> None:
    """Lantern #4977: of two years bought by a referral only the bonus's three months were there."""
    inviter, invitee = new_client("inviter"), new_client("invitee")
    inviter.get("/user-data")
    invitee.post("/referral-attach", code=inviter.answer["referral"])
    if is_lost:
        stripe_standin.faults.add(Fault("close_after", "/v1/payment_intents"))

    invitee.buy(plan="2y-usd-10", timeout=0)
    stripe_standin.faults.clear()
    run_jobs()

    own, theirs = days_of(invitee), days_of(inviter)
    assert own.keys() == {"purchase", "referral_bonus"}
    assert 730 <= own["purchase"] <= 731
    assert 89 <= own["referral_bonus"] <= 92
    assert theirs.keys() == {"referral_bonus"}


ANOTHER = [
    {"plan": "2y-usd-10"},
    {"stripeToken": "tok_mastercard"},
    {"stripeToken": None, "stripePaymentMethod": "pm_card_visa"},
]


@pytest.mark.parametrize("first", [{}, {"stripeToken": "tok_chargeDeclined"}])
@pytest.mark.parametrize("another", ANOTHER)
def test_one_key_for_everything_is_told_so_and_never_answered_with_the_first_result(
    client: ClientApp,
    stripe_standin: StripeStandin,
    first: dict[str, str],
    another: dict[str, str | None],
) -> None:
    """ever-gauzy #10034: one constant key for every payment, whatever was bought."""
    client.buy(**{"idempotencyKey": "constant", **first})
    answered = client.answer
    asked_of_stripe = len(stripe_standin.requests)

    refused = client.buy(**{"idempotencyKey": "constant", **first, **another})
    told = client.answer
    client.buy(**{"idempotencyKey": "constant", **first})

    assert refused.status_code == 200
    assert told["errorId"] == IdempotencyKeyReused.error_id
    assert told["details"]["field"] == "idempotencyKey"
    assert client.answer == answered
    assert len(stripe_standin.requests) == asked_of_stripe


def test_one_key_by_another_way_or_of_another_user_is_another_purchase(
    client: ClientApp, new_client: Callable[..., ClientApp], stripe_standin: StripeStandin
) -> None:
    """ever-gauzy #10034: the other side of it; users share nothing but the constant."""
    client.buy(idempotencyKey="constant")
    client.get("/payment-redirect", plan="1y-usd-10", idempotencyKey="constant")
    by_another_way = client.answer["errorId"]

    other = new_client("device-2")
    other.buy(idempotencyKey="constant")

    assert by_another_way == IdempotencyKeyReused.error_id
    assert other.answer["paymentStatus"] == "completed"
    assert len(stripe_standin.journal.all("charge")) == 2


def test_stripe_gets_one_key_for_one_intent_and_another_for_another(
    new_client: Callable[..., ClientApp], stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    """ever-gauzy #10034: the same towards Stripe, with every call of ours that has a key."""
    intents = 0
    for number in range(2):
        app = new_client(f"device-{number}")
        purchase = bought(app, idempotencyKey="constant")
        bought(app, idempotencyKey="constant again", insist="true")
        app.get("/payment-redirect", plan="1y-usd-10", insist="true")
        refund(purchase.purchase_id, amount=Minor(100), why="a part", nonce="one")
        run_jobs()
        refund(purchase.purchase_id, amount=Minor(100), why="a part", nonce="two")
        run_jobs()
        intents += 7  # two payments, each with its card's method; a page; two refunds

    told = [each for each in stripe_standin.requests if each["method"] == "POST"]
    by_key: dict[str, set[str]] = {}
    for each in told:
        by_key.setdefault(each["idempotency_key"], set()).add(
            f"{each['path']} {each['parameters']}"
        )
    assert None not in by_key
    assert len(by_key) == intents
    assert {len(wishes) for wishes in by_key.values()} == {1}
