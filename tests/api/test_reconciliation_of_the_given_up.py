"""Repairs that were given up: reconciliation finds them and lets them be tried anew."""

import pytest

from billing.models import Purchase
from devstack.stripe_standin import StripeStandin
from lantern_pro.jobs import ledger
from lantern_pro.jobs.models import Job
from lantern_pro.types import JobId
from tests.api.reconciling import HERE, RunJobs, lost_purchase, reconcile
from tests.api.returning import bought, days_of, intent_of, refund_at_stripe
from tests.api.subscribing import put
from tests.api.test_reconciliation import drift
from tests.client_app import ClientApp
from tests.leasing import take

pytestmark = pytest.mark.usefixtures("laws_hold")


def give_up(kind: str) -> Job:
    """Give up the one job of a kind that waits for its next try."""
    found = Job.objects.get(kind=kind)
    assert ledger.retry(JobId(found.pk))
    [leased] = take(HERE, most=1, kinds=[kind])
    ledger.hand_back(leased.fence, reason="an odd answer", verdict="bury")
    return Job.objects.get(kind=kind)


def test_an_adoption_that_was_given_up_is_tried_anew_after_an_hour(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    lost_purchase(client, stripe_standin)
    [intent] = stripe_standin.journal.all("payment_intent")
    put(stripe_standin, intent, amount=None)
    reconcile(run_jobs)
    dead = give_up("adopt_payment")
    put(stripe_standin, intent)

    reconcile(run_jobs, minutes=30)
    soon = Job.objects.get(kind="adopt_payment").state
    reconcile(run_jobs, minutes=90)
    reconcile(run_jobs, minutes=100)

    assert (dead.state, soon) == ("dead", "dead")
    assert Purchase.objects.get().state == "paid"
    assert drift() == []


def test_a_taking_back_that_was_given_up_is_tried_anew_after_an_hour(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    purchase = bought(client)
    run_jobs()
    refund_at_stripe(intent_of(purchase), 4800)
    [intent] = stripe_standin.journal.all("payment_intent")
    put(stripe_standin, intent, amount=None)
    reconcile(run_jobs)
    give_up("follow_returns")
    put(stripe_standin, intent)

    reconcile(run_jobs, minutes=90)
    reconcile(run_jobs, minutes=100)

    assert sum(days_of(client).values()) == 0
    assert drift() == []


def test_one_that_staff_dropped_is_left_alone(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    lost_purchase(client, stripe_standin)
    [intent] = stripe_standin.journal.all("payment_intent")
    put(stripe_standin, intent, amount=None)
    reconcile(run_jobs)
    dropped = give_up("adopt_payment")
    assert ledger.drop(JobId(dropped.pk), reason="it is another's")
    put(stripe_standin, intent)

    reconcile(run_jobs, minutes=90)

    assert Job.objects.get(kind="adopt_payment").state == "dropped"
