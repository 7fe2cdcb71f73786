"""A plan in the words of the clients (docs/protocol.md, "Plan")."""

from typing import Any, Final

from rest_framework import serializers

from billing import money, words
from billing.services.offers import Offer
from lantern_pro import clock
from lantern_pro.mail.languages import in_language_of


class Span(serializers.Serializer[Any]):
    """A length of time."""

    days = serializers.IntegerField()
    months = serializers.IntegerField()
    years = serializers.IntegerField(required=False)


class PromotionAnswer(serializers.Serializer[Any]):
    """What a promotion gives, where one applies."""

    plan = serializers.CharField(help_text="The plan's own id, by which it costs its own price.")
    percent = serializers.IntegerField()
    months = serializers.IntegerField()
    fullPrice = serializers.DictField(child=serializers.IntegerField())
    until = serializers.IntegerField(help_text="Unix seconds; 0: without an end.")


class PlanAnswer(serializers.Serializer[Any]):
    """A plan as clients read it; prices are in the currency's smallest unit."""

    id = serializers.CharField(help_text="What `/purchase` takes; exactly this is then paid for.")
    description = serializers.CharField()
    duration = Span()
    price = serializers.DictField(child=serializers.IntegerField())
    expectedMonthlyPrice = serializers.DictField(child=serializers.IntegerField())
    usdPrice = serializers.IntegerField()
    subscription = serializers.BooleanField()
    bestValue = serializers.BooleanField()
    renewalBonusExpected = Span(
        help_text="What the caller gets on top of the duration by a purchase. "
        "A subscription gives of it `promotion.months` alone, with its first period."
    )
    totalCost = serializers.CharField()
    oneMonthCost = serializers.CharField()
    totalCostBilledOneTime = serializers.CharField()
    formattedBonus = serializers.CharField(
        allow_blank=True, help_text="`renewalBonusExpected` in words."
    )
    renewalText = serializers.CharField(
        allow_blank=True, help_text="An invitation to buy once more; not for subscriptions."
    )
    promotion = PromotionAnswer(required=False)


EXAMPLE_PLAN: Final[dict[str, Any]] = {
    "id": "1y-usd-10",
    "description": "One year",
    "duration": {"days": 0, "months": 0, "years": 1},
    "price": {"usd": 4800},
    "expectedMonthlyPrice": {"usd": 400},
    "usdPrice": 4800,
    "subscription": False,
    "bestValue": False,
    "renewalBonusExpected": {"days": 15, "months": 1},
    "totalCost": "48.00 USD",
    "oneMonthCost": "4.00 USD",
    "totalCostBilledOneTime": "48.00 USD, billed one time",
    "formattedBonus": "1 month, 15 days",
    "renewalText": "Renew now and get 1 month, 15 days on top.",
}


def plan_answer(offer: Offer, locale: str) -> dict[str, object]:
    """What an app is told of an offer, with words for its locale."""
    plan, bonus = offer.plan, offer.bonus
    monthly = money.shared(offer.price, plan.total_months, plan.currency)
    with in_language_of(locale):
        total = money.price_text(offer.price, plan.currency)
        return {
            "id": offer.name,
            "description": plan.words(locale),
            "duration": {"days": plan.days, "months": plan.months % 12, "years": plan.months // 12},
            "price": {plan.currency: offer.price},
            "expectedMonthlyPrice": {plan.currency: monthly},
            "usdPrice": offer.price if plan.currency == "usd" else 0,
            "subscription": False,
            "bestValue": plan.best_value,
            "renewalBonusExpected": {"days": bonus.days, "months": bonus.months},
            "totalCost": total,
            "oneMonthCost": money.price_text(monthly, plan.currency),
            "totalCostBilledOneTime": words.billed_once(total),
            "formattedBonus": words.span_words(bonus),
            "renewalText": words.renewal_words(offer.renewal),
            **_promotion(offer),
        }


def _promotion(offer: Offer) -> dict[str, object]:
    """What a promotion changes, beside the fields that every app reads; nothing without one."""
    promotion = offer.promotion
    if promotion is None:
        return {}
    told = {
        "plan": offer.plan.pk,
        "percent": promotion.percent,
        "months": promotion.months,
        "fullPrice": {offer.plan.currency: offer.plan.price},
        "until": clock.as_seconds(clock.as_millis(promotion.ends)) if promotion.ends else 0,
    }
    return {"promotion": told}
