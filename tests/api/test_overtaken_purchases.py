"""What still waits for its buyer once they have bought otherwise is closed: nobody pays twice."""

from typing import Any

import requests

from billing.events import PurchaseOvertaken, SubscriptionOvertaken
from billing.models import Purchase
from billing.services.overtaken import overtaken_by
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from lantern_pro import clock
from tests.api.reconciling import RunJobs
from tests.api.test_delayed_payments import let_the_payment_be
from tests.api.test_erasure_of_buyers import AT_THEIR_BANK, waits_at_stripe
from tests.api.test_lost_purchases import hours_later
from tests.api.test_payment_ways import press_pay, the_intent
from tests.api.test_purchases import faults
from tests.client_app import ClientApp

MINUTES = 15 * 60_000
"""Later than anybody is asked whether they mean to buy again."""


def page_for(client: ClientApp, **asked: Any) -> str:
    """A page on which the buyer may pay."""
    client.get("/payment-redirect", plan="1y-usd-10", **asked)
    return str(client.answer["redirect"])


def charges(standin: StripeStandin) -> int:
    """How many were charged."""
    return len([each for each in standin.journal.all("charge") if each["paid"]])


def about(event: PurchaseOvertaken | SubscriptionOvertaken) -> str:
    """What is overtaken."""
    if isinstance(event, PurchaseOvertaken):
        return event.purchase_id
    return event.subscription_id


def states() -> list[str]:
    """How the purchases stand, the first first."""
    return [each.state for each in Purchase.objects.order_by("created")]


def test_a_page_cannot_be_paid_on_once_its_buyer_has_paid_otherwise(
    client: ClientApp, stripe_standin: StripeStandin, http: requests.Session, run_jobs: RunJobs
) -> None:
    page = page_for(client)
    client.buy(idempotencyKey="card")

    run_jobs()
    press_pay(http, page)
    run_jobs()

    assert states() == ["declined", "paid"]
    assert charges(stripe_standin) == 1
    assert faults() == []


def test_a_payment_at_the_bank_cannot_be_confirmed_once_its_buyer_has_paid_otherwise(
    client: ClientApp, stripe_standin: StripeStandin, http: requests.Session, run_jobs: RunJobs
) -> None:
    client.buy(**AT_THEIR_BANK, idempotencyKey="bank")
    press_pay(http, page_for(client))

    with clock.shifted(MINUTES):
        client.get("/payment-redirect", plan="1y-usd-10")  # tells that the page is paid
        run_jobs()

    assert sorted(states()) == ["declined", "paid"]
    assert "canceled" in waits_at_stripe(stripe_standin)
    assert charges(stripe_standin) == 1
    assert faults() == []


def test_what_was_paid_before_it_could_be_closed_counts(
    client: ClientApp, stripe_standin: StripeStandin, http: requests.Session, run_jobs: RunJobs
) -> None:
    page = page_for(client)
    client.buy(idempotencyKey="card")
    press_pay(http, page)

    run_jobs()

    assert states() == ["paid", "paid"]
    assert charges(stripe_standin) == 2
    assert faults() == []


def test_a_page_is_closed_though_stripe_was_away_at_first(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    page_for(client)
    client.buy(idempotencyKey="card")
    stripe_standin.faults.add(Fault("status_500", "/v1/checkout", method="*", times=99))

    run_jobs()
    before = states()
    stripe_standin.faults.clear()
    hours_later(0.5, run_jobs)

    assert (before, states()) == (["waiting", "paid"], ["declined", "paid"])
    assert waits_at_stripe(stripe_standin)[0] == "expired"
    assert faults() == []


def test_a_page_whose_opening_nobody_heard_of_is_closed_too(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    stripe_standin.faults.add(Fault("close_after", "/v1/checkout/sessions"))
    client.get("/payment-redirect", plan="1y-usd-10", timeout=0)
    assert states() == ["begun"]
    client.buy(idempotencyKey="card")
    assert states() == ["begun", "paid"]

    run_jobs()
    hours_later(0.5, run_jobs)

    assert waits_at_stripe(stripe_standin)[0] == "expired"
    assert states() == ["declined", "paid"]


def test_a_payment_that_turns_to_the_bank_only_afterwards_is_closed_then(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    stripe_standin.faults.add(Fault("status_500", "/v1/payment_intents"))
    client.buy(**AT_THEIR_BANK, idempotencyKey="bank", timeout=0)
    client.buy(idempotencyKey="card", insist="true")
    assert states() == ["begun", "paid"]

    run_jobs()
    hours_later(0.5, run_jobs)

    assert states() == ["declined", "paid"]
    assert charges(stripe_standin) == 1
    assert faults() == []


def test_a_page_that_was_opened_after_a_purchase_stays_open(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    client.buy(idempotencyKey="card")
    page_for(client, insist="true")

    run_jobs()

    assert waits_at_stripe(stripe_standin)[0] == "open"
    assert states() == ["paid", "waiting"]


def test_who_learns_after_others_that_a_purchase_is_paid_closes_nothing_newer(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    first = page_for(client)
    client.buy(**AT_THEIR_BANK, idempotencyKey="bank")
    seen, page = Purchase.objects.order_by("-created")
    overtaken = [about(each) for each in overtaken_by(seen)]
    stripe_standin.authenticate(the_intent(stripe_standin)["id"], succeed=True)
    client.buy(**AT_THEIR_BANK, idempotencyKey="bank")

    assert page_for(client, idempotencyKey="meant", insist="true") != first
    assert overtaken == [page.pk]
    assert overtaken_by(seen) == []


def test_a_payment_under_way_is_left_and_counts_when_it_is_paid(
    client: ClientApp, stripe_standin: StripeStandin, http: requests.Session, run_jobs: RunJobs
) -> None:
    press_pay(http, page_for(client), "4000000000009995")
    let_the_payment_be(stripe_standin, status="processing", last_payment_error=None)
    client.buy(idempotencyKey="card")
    asked = client.answer["errorId"]
    client.buy(idempotencyKey="card", insist="true")

    run_jobs()

    assert asked == "purchase-repeated"
    assert states() == ["waiting", "paid"]
    assert faults() == []
