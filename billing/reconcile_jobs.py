"""Holding Stripe's books against ours, by the clock, and what repairs a difference."""

from dataclasses import dataclass
from datetime import timedelta
from typing import ClassVar

from billing.jobs import STRIPE_RETRY
from billing.managers.reconciliation import HERE
from billing.services import reconciliation
from billing.services.purchases import buyer_of
from lantern_pro.jobs.job import Done, JobArguments, LeasedJob
from lantern_pro.jobs.lanes import Lane
from lantern_pro.jobs.registry import job
from lantern_pro.types import Cell, PurchaseId


@dataclass(frozen=True, slots=True)
class Reconcile(JobArguments):
    """Go on with the walks over Stripe's lists, from where the last one stopped."""

    kind: ClassVar[str] = "reconcile"
    cell: Cell


@dataclass(frozen=True, slots=True)
class AdoptPayment(JobArguments):
    """Make a purchase Pro that is paid at Stripe and not here."""

    kind: ClassVar[str] = "adopt_payment"
    purchase_id: PurchaseId
    payment_intent: str

    @property
    def about(self) -> int:
        """The buyer."""
        return buyer_of(self.purchase_id)


@job(
    Reconcile,
    lane=Lane.BULK,
    phases=(reconciliation.WALKING,),
    every=timedelta(minutes=1),
)
def reconcile(leased: LeasedJob, arguments: Reconcile) -> Done:
    """Walk; one cell does it for all of them."""
    if arguments.cell == HERE:
        reconciliation.reconcile(leased)
    return Done()


@job(AdoptPayment, lane=Lane.VENDOR, phases=(reconciliation.WALKING,), retry=STRIPE_RETRY)
def adopt_payment(leased: LeasedJob, arguments: AdoptPayment) -> None:
    """Adopt it."""
    reconciliation.adopt_payment(arguments.purchase_id, arguments.payment_intent, leased)
