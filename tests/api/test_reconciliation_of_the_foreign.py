"""What others are paid on the same account at Stripe is asked about once, and left alone."""

import pytest

from billing.managers import reconciliation as kept
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from tests.api.reconciling import RunJobs, pay_for, reconcile
from tests.api.returning import dispute, refund_at_stripe
from tests.api.subscribing import put
from tests.client_app import ClientApp

pytestmark = pytest.mark.usefixtures("laws_hold")


def theirs(standin: StripeStandin, key: str = "theirs") -> str:
    """A payment by a customer of somebody else's on the same account; its id."""
    payment = pay_for("", 100, key=key)
    [charge] = [c for c in standin.journal.all("charge") if c["payment_intent"] == payment]
    put(standin, charge, customer="cus_theirs")
    return payment


def questions(standin: StripeStandin) -> list[str]:
    """What Stripe was asked that is no list of a walk's."""
    lists = {"/v1/charges", "/v1/refunds", "/v1/disputes", "/v1/subscriptions"}
    return [each["path"] for each in standin.requests if each["path"] not in lists]


def test_whom_a_charge_of_another_is_for_is_asked_once(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    theirs(stripe_standin)
    stripe_standin.requests.clear()

    for minutes in (2, 3, 4, 50):
        reconcile(run_jobs, minutes=minutes)

    assert questions(stripe_standin) == ["/v1/invoice_payments"]
    assert kept.drift() == []


def test_whom_a_refund_and_a_dispute_of_another_are_of_is_asked_once(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    payments = [theirs(stripe_standin, key=key) for key in ("refunded", "disputed")]
    refund_at_stripe(payments[0])
    [_, disputed] = stripe_standin.journal.all("charge")
    dispute(stripe_standin, "open", charge=disputed["id"])
    reconcile(run_jobs)
    first = len(questions(stripe_standin))
    stripe_standin.requests.clear()

    for minutes in (3, 4, 50):
        reconcile(run_jobs, minutes=minutes)

    assert first > 0
    assert questions(stripe_standin) == []


def test_a_question_that_was_not_answered_is_asked_again(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    theirs(stripe_standin)
    stripe_standin.faults.add(Fault("status_500", "/v1/invoice_payments", method="GET"))
    reconcile(run_jobs)
    stripe_standin.requests.clear()

    reconcile(run_jobs, minutes=3)

    assert questions(stripe_standin) == ["/v1/invoice_payments"]
    assert kept.place_of("payments").until == 0
