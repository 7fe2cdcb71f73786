"""Reconciliation, in tests: payments that nobody tells of, and the clock that finds them."""

from collections.abc import Callable

from billing.gateways import stripe as gateway
from billing.gateways.base import Order, Paid
from billing.managers import reconciliation as kept
from billing.models import Purchase
from billing.reconcile_jobs import Reconcile
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import Fence, NewJob
from lantern_pro.jobs.models import Job
from lantern_pro.types import Cell, JobId, Minor
from tests.client_app import ClientApp

RunJobs = Callable[[], int]
HERE = Cell(0)
MINUTE_MS = 60_000


def reconcile(run_jobs: RunJobs, *, minutes: int = 2) -> None:
    """Let the clock stage a reconciliation, so many minutes from now, and run what follows."""
    with clock.shifted(minutes * MINUTE_MS):
        ledger.stage(NewJob(HERE, Reconcile(HERE), f"test.{minutes}.{Job.objects.count()}"))
        run_jobs()


def put_place(walk: str, after: str) -> None:
    """Let a walk have come so far."""
    holder = Fence(JobId("c0.reconcile.a_test"), 1)
    assert kept.take_the_walk(holder)
    assert kept.keep_place(walk, holder, after=after, walked=0, repaired=0)
    kept.leave_the_walk(holder)


def lost_purchase(client: ClientApp, standin: StripeStandin) -> Purchase:
    """A purchase that is paid at Stripe, of which nothing and nobody will ever tell us."""
    standin.faults.add(Fault("close_after", "/v1/payment_intents"))
    client.buy(timeout=0)
    purchase = Purchase.objects.get(user_id=client.user_id)
    assert ledger.drop(JobId(f"c0.settle_purchase.{purchase.pk}"), reason="for this test")
    return purchase


def pay_for(purchase_id: str, amount: int, *, key: str) -> str:
    """Pay at Stripe with what a purchase's own payment says, but not by it; the payment."""
    paid = gateway.pay(Order(key, Minor(amount), "usd", "tok_visa", "x", {"purchase": purchase_id}))
    assert isinstance(paid, Paid)
    return paid.payment_intent
