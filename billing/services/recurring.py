"""A plan as it is paid again and again."""

from typing import Final

from billing.errors import PlanDoesNotRenew
from billing.gateways.base import Invoice, Recurring
from billing.models import Plan
from billing.services.asking import INVOICE
from billing.services.purchases import purchase_id_of
from billing.subscription import Subscription
from lantern_pro.types import Minor, PurchaseId

LONGEST_MONTHS: Final = 36
LONGEST_DAYS: Final = 1095


def recurring_of(plan: Plan, found: Subscription) -> Recurring:
    """What Stripe is to be asked for, for a subscription of ours."""
    interval, count = length_of(plan)
    off = plan.price_minor - found.first_minor if found.promotion else 0
    return Recurring(
        key=found.subscription_id,
        plan=plan.pk,
        description=plan.description,
        amount=Minor(plan.price_minor),
        currency=plan.currency,
        interval=interval,
        count=count,
        email=found.email,
        metadata={"subscription": found.pk, "user": str(found.user_id), "plan": plan.pk},
        promotion=found.promotion or "",
        off=Minor(off if plan.pk == found.plan else 0),
    )


def renewal_id_of(found: Subscription, invoice: Invoice) -> PurchaseId:
    """The purchase that an invoice of a subscription is here; the same for all who name it."""
    return purchase_id_of(found.subscriber, f"{INVOICE}|{invoice.invoice}")


def length_of(plan: Plan) -> tuple[str, int]:
    """A plan's length as Stripe knows lengths; ``PlanDoesNotRenew`` when it knows none such."""
    if plan.months and not plan.days and plan.months <= LONGEST_MONTHS:
        return "month", plan.months
    if plan.days and not plan.months and plan.days <= LONGEST_DAYS:
        return "day", plan.days
    raise PlanDoesNotRenew(field="plan")
