"""What is offered to whom: the plans on sale, with what each gives and costs one customer.

The id of an offer names all that its price depends on: the plan with its version, and the
promotion, if one applies (``1y-usd-10-spring``). So an app pays what it was shown, or is refused.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from accounts.models import User
from billing import money, rules
from billing.errors import NotFirstPurchase, PromotionOver, UnknownPlan, WrongCoupon
from billing.models import Plan, Promotion
from billing.services import promotions
from billing.services.countries import currency_in
from billing.services.plans import current_plans, plan_on_sale
from lantern_pro import clock
from lantern_pro.types import Millis, Minor, UserId

DEFAULT_CURRENCY: Final = "usd"
PURCHASE_KIND: Final = "purchase"


@dataclass(frozen=True, slots=True)
class Customer:
    """Who asks, as far as an offer depends on it.

    ``left_ms`` is what is left of the time that they bought, negative after its end, and None for
    who has bought none: they cannot renew. ``coupon`` is the code that they gave, if any.
    """

    country: str = ""
    left_ms: int | None = None
    coupon: str = ""

    @property
    def has_bought(self) -> bool:
        """Whether a purchase ever gave them time."""
        return self.left_ms is not None


@dataclass(frozen=True, slots=True)
class Offer:
    """A plan as it is offered to one customer."""

    plan: Plan
    renewal: rules.Span
    promotion: Promotion | None = None

    @property
    def name(self) -> str:
        """The id by which clients buy exactly this."""
        return f"{self.plan.pk}-{self.promotion.pk}" if self.promotion else self.plan.pk

    @property
    def price(self) -> Minor:
        """What it costs."""
        percent = self.promotion.percent if self.promotion else 0
        return money.discounted(self.plan.price, percent, self.plan.currency)

    @property
    def promoted(self) -> rules.Span:
        """What the promotion gives on top."""
        return rules.Span(self.promotion.months if self.promotion else 0)

    @property
    def bonus(self) -> rules.Span:
        """All that comes on top of the plan's own time."""
        return self.renewal + self.promoted

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
            "promotion": self.promotion.pk if self.promotion else "",
            "promotion_months": str(self.promoted.months),
            "amount_minor": str(self.price),
            "currency": plan.currency,
            "device_limit": str(plan.device_limit or ""),
            "proxies": str(plan.proxies or ""),
        }


def customer_of(
    user_id: UserId, *, country: str = "", coupon: str = "", at: Millis | None = None
) -> Customer:
    """What an offer to a user depends on."""
    account = User.objects.get_account(user_id)
    if account is None or all(each.kind != PURCHASE_KIND for each in account.time_ledger):
        return Customer(country, None, coupon)
    expiration = int(account.row.get("expiration") or 0)
    return Customer(country, expiration - (at or clock.now()), coupon)


def offers_to(
    customer: Customer, *, also: Iterable[Plan] = (), at: Millis | None = None
) -> list[Offer]:
    """All that is on sale where the customer is: in its currency, or in US dollars.

    ``also`` are plans that are shown as if they were on sale, and ``at`` another moment, for a
    preview.
    """
    here = [
        plan
        for plan in current_plans(also)
        if rules.is_among(customer.country, rules.read_countries(plan.countries or ""))
    ]
    currency = currency_in(customer.country) or DEFAULT_CURRENCY
    local = [plan for plan in here if plan.currency == currency]
    shown = local or [plan for plan in here if plan.currency == DEFAULT_CURRENCY]
    applying = promotions.running(
        country=customer.country,
        has_bought=customer.has_bought,
        code=customer.coupon,
        at=at or clock.now(),
    )
    return [_best_offer(plan, customer, applying) for plan in shown]


def _best_offer(plan: Plan, customer: Customer, applying: Iterable[Promotion]) -> Offer:
    """The plan by the promotion that makes it cheapest, and of those that which gives most."""
    possible = [Offer(plan, _renewal(plan, customer))]
    possible += [
        Offer(plan, possible[0].renewal, promotion)
        for promotion in applying
        if promotion.is_for(plan)
    ]
    return min(possible, key=lambda offer: (offer.price, -offer.promoted.months, offer.name))


def offer_named(name: str, customer: Customer) -> Offer:
    """What a customer buys by the id of an offer, with a coupon or without.

    ``UnknownPlan`` when nothing is sold by it; ``PromotionOver``, ``NotFirstPurchase`` or
    ``WrongCoupon`` when the promotion is not for them, or not any more: they never pay more than
    they were shown.
    """
    promotion = promotion_in(name)
    plan = plan_on_sale(name.rpartition("-")[0] if promotion else name)
    if promotion is None and customer.coupon:
        promotion = promotions.with_code(customer.coupon)
    if promotion:
        _must_apply(promotion, plan, customer)
    return Offer(plan, _renewal(plan, customer), promotion)


def promotion_in(name: str) -> Promotion | None:
    """The promotion that the id of an offer names; None for the id of a plan, or of nothing."""
    if Plan.objects.filter(pk=name):
        return None
    found: Promotion | None = Promotion.objects.filter(pk=name.rpartition("-")[2]).first()
    return found


def _must_apply(promotion: Promotion, plan: Plan, customer: Customer) -> None:
    """Refuse what is not for this plan and this customer, as far as one knows without counting."""
    if promotion.code and promotions.normal_code(customer.coupon) != promotion.code:
        raise WrongCoupon(field="couponCode")
    is_elsewhere = customer.country and not promotions.is_for_country(promotion, customer.country)
    if not promotion.is_for(plan) or is_elsewhere:
        raise WrongCoupon(field="couponCode") if promotion.code else UnknownPlan(field="plan")
    if not promotion.runs(clock.now(), grace_ms=promotions.GRACE_MS):
        raise PromotionOver(field="plan", details={"reason": "ended"})
    if promotion.first_purchase and customer.has_bought:
        raise NotFirstPurchase(field="plan")


def _renewal(plan: Plan, customer: Customer) -> rules.Span:
    """What the customer gets for renewing by a plan."""
    if customer.left_ms is None:
        return rules.Span()
    written = rules.read_renewal_rules(plan.renewal_bonus or "")
    return rules.renewal_bonus(written, customer.left_ms)
