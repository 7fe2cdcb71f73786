"""What is offered to whom: the plans on sale, with what each gives and costs one customer."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from accounts.models import User
from billing import rules
from billing.errors import UnknownPlan
from billing.models import Plan
from billing.services.countries import currency_in
from lantern_pro import clock
from lantern_pro.types import Millis, Minor, UserId

DEFAULT_CURRENCY: Final = "usd"
PURCHASE_KIND: Final = "purchase"
GRACE_MS: Final = 24 * 60 * 60 * 1000
"""How long a version is sold after the next has taken its place: until then apps show it."""


@dataclass(frozen=True, slots=True)
class Customer:
    """Who asks, as far as an offer depends on it.

    ``left_ms`` is what is left of the time that they bought, negative after its end, and None for
    who has bought none: they cannot renew.
    """

    country: str = ""
    left_ms: int | None = None

    @property
    def has_bought(self) -> bool:
        """Whether a purchase ever gave them time."""
        return self.left_ms is not None


NOBODY: Final = Customer()


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan as it is offered to one customer."""

    plan: Plan
    price: Minor
    renewal: rules.Span

    @property
    def name(self) -> str:
        """The id by which clients buy exactly this."""
        return self.plan.pk

    @property
    def bonus(self) -> rules.Span:
        """What comes on top of the plan's own time."""
        return self.renewal

    @property
    def intent(self) -> dict[str, str]:
        """What a purchase keeps of the offer, whatever becomes of the plan."""
        plan = self.plan
        return {
            "plan": plan.pk,
            "description": plan.description,
            "months": str(plan.months),
            "days": str(plan.days),
            "renewal_months": str(self.renewal.months),
            "renewal_days": str(self.renewal.days),
            "amount_minor": str(self.price),
            "currency": plan.currency,
            "device_limit": str(plan.device_limit or ""),
            "proxies": str(plan.proxies or ""),
        }


def customer_of(user_id: UserId, *, country: str = "", at: Millis | None = None) -> Customer:
    """What an offer to a user depends on."""
    account = User.objects.get_account(user_id)
    if account is None or all(each.kind != PURCHASE_KIND for each in account.time_ledger):
        return Customer(country)
    expiration = int(account.row.get("expiration") or 0)
    return Customer(country, expiration - (at or clock.now()))


def offers_to(customer: Customer, *, also: Iterable[Plan] = ()) -> list[Offer]:
    """All that is on sale where the customer is: in its currency, or in US dollars.

    ``also`` are plans that are shown as if they were on sale, for a preview.
    """
    here = [
        plan
        for plan in current_plans(also)
        if rules.is_among(customer.country, rules.read_countries(plan.countries or ""))
    ]
    currency = currency_in(customer.country) or DEFAULT_CURRENCY
    local = [plan for plan in here if plan.currency == currency]
    shown = local or [plan for plan in here if plan.currency == DEFAULT_CURRENCY]
    return [offer_of(plan, customer) for plan in shown]


def offer_of(plan: Plan, customer: Customer) -> Offer:
    """A plan as a customer is offered it."""
    renewal = rules.Span()
    if customer.left_ms is not None:
        written = rules.read_renewal_rules(plan.renewal_bonus or "")
        renewal = rules.renewal_bonus(written, customer.left_ms)
    return Offer(plan, plan.price, renewal)


def offer_named(name: str, customer: Customer) -> Offer:
    """What a customer buys by an id; ``UnknownPlan`` when nothing is sold by it."""
    return offer_of(plan_on_sale(name), customer)


def current_plans(also: Iterable[Plan] = ()) -> list[Plan]:
    """The last version of each plan on sale, in the order in which clients show them."""
    every = {plan.pk: plan for plan in Plan.objects.all()}
    shown_anyway = {plan.pk: plan for plan in also}
    every |= shown_anyway
    replaced = {
        plan.supersedes
        for plan in every.values()
        if plan.first_sold or plan.on_sale or plan.pk in shown_anyway
    }
    return sorted(
        (
            plan
            for plan in every.values()
            if plan.pk in shown_anyway or (plan.on_sale and plan.pk not in replaced)
        ),
        key=lambda plan: plan.position,
    )


def plan_on_sale(plan_id: str) -> Plan:
    """One plan; ``UnknownPlan`` when it is not on sale, or was replaced too long ago."""
    found: Plan | None = Plan.objects.filter(pk=plan_id).first()
    if found is None or not found.on_sale:
        raise UnknownPlan(field="plan")
    replaced = [
        clock.as_millis(each.first_sold)
        for each in Plan.objects.filter(supersedes=plan_id)
        if each.first_sold
    ]
    if replaced and clock.now() - min(replaced) > GRACE_MS:
        raise UnknownPlan(field="plan")
    return found


def next_version(changed: Plan) -> Plan:
    """Save a plan whose terms were changed as a new version, which takes the place of the old.

    One write makes both true, and the old row stays as it was: who bought by it keeps that.
    """
    line = "-".join(changed.pk.split("-")[:2])
    numbers = [_version(plan.pk) for plan in Plan.objects.filter(pk__startswith=line)]
    made = Plan(
        **{
            field.name: getattr(changed, field.name)
            for field in Plan._meta.fields
            if field.name not in {"id", "supersedes", "first_sold"}
        },
        id=f"{line}-{max(numbers) + 1}",
        supersedes=changed.pk,
    )
    made.save(force_insert=True)
    return made


def replaced_by(plan_id: str) -> Plan | None:
    """The version that has taken the place of a plan, also while it is still being made."""
    return Plan.objects.filter(supersedes=plan_id).first()


def _version(plan_id: str) -> int:
    """The version that an id names; the oldest ids name none."""
    last = plan_id.rpartition("-")[2]
    return int(last) if last.isdigit() else 1
