"""``/plans``."""

from typing import Any, ClassVar

from django.conf import settings
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from billing.models import Plan, price_text
from billing.services.plans import plans_for
from lantern_pro.api.schema import Answer
from lantern_pro.api.view import ClientView
from lantern_pro.types import Minor
from referrals.services.bonuses import bonus_months


class Span(serializers.Serializer[Any]):
    """A length of time."""

    days = serializers.IntegerField()
    months = serializers.IntegerField()
    years = serializers.IntegerField(required=False)


class PlanAnswer(serializers.Serializer[Any]):
    """A plan as clients read it; prices are in the currency's smallest unit."""

    id = serializers.CharField()
    description = serializers.CharField()
    duration = Span()
    price = serializers.DictField(child=serializers.IntegerField())
    expectedMonthlyPrice = serializers.DictField(child=serializers.IntegerField())
    usdPrice = serializers.IntegerField()
    subscription = serializers.BooleanField()
    bestValue = serializers.BooleanField()
    renewalBonusExpected = Span()
    totalCost = serializers.CharField()
    oneMonthCost = serializers.CharField()
    totalCostBilledOneTime = serializers.CharField()
    formattedBonus = serializers.CharField(allow_blank=True)
    renewalText = serializers.CharField(allow_blank=True)


class StripeProvider(serializers.Serializer[Any]):
    """What Stripe's own client code needs."""

    pubKey = serializers.CharField()


class Providers(serializers.Serializer[Any]):
    """The ways of paying."""

    stripe = StripeProvider()


class Plans(ClientView):
    """The plans on sale, in the currency of the client's country where there are such."""

    needs_device = needs_user = False

    class Input(serializers.Serializer[Any]):
        """Parameters."""

        locale = serializers.CharField(required=False, allow_blank=True, max_length=32)
        countrycode = serializers.CharField(
            required=False, allow_blank=True, default="", max_length=64, help_text="ISO 3166."
        )
        timeout = serializers.IntegerField(required=False, min_value=0)

    class Output(Answer):
        """The catalogue."""

        plans = PlanAnswer(many=True)
        pubKey = serializers.CharField(help_text="Stripe's publishable key.")
        providers = Providers()

    example: ClassVar[dict[str, Any]] = {
        "plans": [
            {
                "id": "1y-usd-10",
                "description": "One year",
                "duration": {"days": 0, "months": 0, "years": 1},
                "price": {"usd": 4800},
                "expectedMonthlyPrice": {"usd": 400},
                "usdPrice": 4800,
                "subscription": False,
                "bestValue": False,
                "renewalBonusExpected": {"days": 0, "months": 0},
                "totalCost": "48.00 USD",
                "oneMonthCost": "4.00 USD",
                "totalCostBilledOneTime": "48.00 USD, billed one time",
                "formattedBonus": "",
                "renewalText": "",
            }
        ],
        "pubKey": "pk_test_development",
        "providers": {"stripe": {"pubKey": "pk_test_development"}},
    }

    def get(self, request: Request) -> Response:
        """List the plans."""
        told = self.read()
        country = told["countrycode"] or request.headers.get("X-Lantern-Client-Country", "")
        return self.ok(
            plans=[plan_answer(plan) for plan in plans_for(country)],
            pubKey=settings.STRIPE_PUBLISHABLE_KEY,
            providers={"stripe": {"pubKey": settings.STRIPE_PUBLISHABLE_KEY}},
        )


def plan_answer(plan: Plan) -> dict[str, object]:
    """A plan in the clients' words (docs/protocol.md, "Plan")."""
    monthly = Minor(round(plan.price_minor / plan.total_months))
    total = price_text(Minor(plan.price_minor), plan.currency)
    bonus = bonus_months(plan.months)
    return {
        "id": plan.pk,
        "description": plan.description,
        "duration": {"days": plan.days, "months": plan.months % 12, "years": plan.months // 12},
        "price": {plan.currency: plan.price_minor},
        "expectedMonthlyPrice": {plan.currency: monthly},
        "usdPrice": plan.price_minor if plan.currency == "usd" else 0,
        "subscription": False,
        "bestValue": plan.best_value,
        "renewalBonusExpected": {"days": 0, "months": 0},
        "totalCost": total,
        "oneMonthCost": price_text(monthly, plan.currency),
        "totalCostBilledOneTime": f"{total}, billed one time",
        "formattedBonus": f"{bonus} months" if bonus > 1 else "1 month" if bonus else "",
        "renewalText": "",
    }
