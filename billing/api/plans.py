"""``/plans`` and its later forms, and ``/user-payment-gateway``."""

from collections.abc import Sequence
from typing import Any, ClassVar

from django.conf import settings
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.services.authentication import authenticate
from billing.api.plan_answers import EXAMPLE_PLAN, PlanAnswer, plan_answer
from billing.services.offers import Customer, Offer, customer_of, offers_to
from lantern_pro.api.identity import identity_of
from lantern_pro.api.schema import Answer
from lantern_pro.api.view import ClientView
from lantern_pro.errors import Refused

STRIPE = "stripe"
CARD = "credit-card"
PLATFORMS = ("android", "desktop")


class StripeProvider(serializers.Serializer[Any]):
    """What Stripe's own client code needs."""

    pubKey = serializers.CharField(help_text="Stripe's publishable key.")


class Providers(serializers.Serializer[Any]):
    """The ways of paying."""

    stripe = StripeProvider()


class Way(serializers.Serializer[Any]):
    """Who takes a payment, and what the app needs for it."""

    name = serializers.CharField()
    data = StripeProvider()  # type: ignore[assignment]  # also a property of every serializer


class Method(serializers.Serializer[Any]):
    """A method of payment, and who offers it."""

    method = serializers.CharField()
    providers = Way(many=True)


class ProvidersByPlatform(serializers.Serializer[Any]):
    """Platform -> methods of payment."""

    android = Method(many=True)
    desktop = Method(many=True)


class PlansView(ClientView):
    """The catalogue as one caller is shown it; each form adds its own fields."""

    needs_device = needs_user = False

    class Input(serializers.Serializer[Any]):
        """Parameters."""

        locale = serializers.CharField(
            required=False,
            allow_blank=True,
            default="",
            max_length=32,
            help_text="The language of the words, such as `fa_IR`.",
        )
        countrycode = serializers.CharField(
            required=False, allow_blank=True, default="", max_length=64, help_text="ISO 3166."
        )
        couponCode = serializers.CharField(
            required=False,
            allow_blank=True,
            default="",
            max_length=64,
            help_text="A promotion's code: the plans are shown with what it gives.",
        )
        timeout = serializers.IntegerField(required=False, min_value=0)

    def get(self, request: Request) -> Response:
        """List what is on sale for the caller's country and, when they are known, for them."""
        told = self.read()
        customer = _customer(request, told["countrycode"], told["couponCode"])
        return self.ok(**self.fields(offers_to(customer), told["locale"]))

    @classmethod
    def fields(cls, offers: Sequence[Offer], locale: str) -> dict[str, object]:
        """The answer, but for the envelope."""
        return {"plans": [plan_answer(offer, locale) for offer in offers], **cls.more()}

    @classmethod
    def more(cls) -> dict[str, object]:
        """What stands beside the plans."""
        raise NotImplementedError


def _customer(request: Request, told: str, coupon: str) -> Customer:
    """Who asks: an app may ask before it has an account, and must be answered all the same."""
    country = told or request.headers.get("X-Lantern-Client-Country", "")
    try:
        known = authenticate(**identity_of(request).shown)
    except Refused:
        return Customer(country, coupon=coupon)
    return customer_of(known.user_id, country=country, coupon=coupon)


class Plans(PlansView):
    """The plans on sale, in the currency of the client's country where there are such."""

    class Output(Answer):
        """The catalogue."""

        plans = PlanAnswer(many=True)
        pubKey = serializers.CharField(help_text="Stripe's publishable key.")
        providers = Providers()

    example: ClassVar[dict[str, Any]] = {
        "plans": [EXAMPLE_PLAN],
        "pubKey": "pk_test_development",
        "providers": {"stripe": {"pubKey": "pk_test_development"}},
    }

    @classmethod
    def more(cls) -> dict[str, object]:
        """Stripe's key, where apps of 2016 to 2018 and where Android look for it."""
        return {"pubKey": settings.STRIPE_PUBLISHABLE_KEY, "providers": {STRIPE: _stripe()}}


class PlansV3(PlansView):
    """The same, with the ways of paying by platform."""

    class Output(Answer):
        """The catalogue."""

        plans = PlanAnswer(many=True)
        providers = ProvidersByPlatform()

    example: ClassVar[dict[str, Any]] = {
        "plans": [EXAMPLE_PLAN],
        "providers": {
            platform: [
                {
                    "method": CARD,
                    "providers": [{"name": STRIPE, "data": {"pubKey": "pk_test_development"}}],
                }
            ]
            for platform in PLATFORMS
        },
    }

    @classmethod
    def more(cls) -> dict[str, object]:
        """The ways of paying: on every platform, by card at Stripe."""
        way = {"method": CARD, "providers": [{"name": STRIPE, "data": _stripe()}]}
        return {"providers": {platform: [way] for platform in PLATFORMS}}


class PlansV4(PlansV3):
    """The same, with pictures of the cards."""

    class Output(Answer):
        """The catalogue."""

        plans = PlanAnswer(many=True)
        providers = ProvidersByPlatform()
        icons = serializers.DictField(
            child=serializers.ListField(child=serializers.CharField()),
            help_text="Provider to addresses of pictures.",
        )

    example: ClassVar[dict[str, Any]] = {
        **PlansV3.example,
        "icons": {STRIPE: ["https://static.example.org/cards/visa.png"]},
    }

    @classmethod
    def more(cls) -> dict[str, object]:
        """The ways of paying and their pictures."""
        return {**super().more(), "icons": {STRIPE: list(settings.STRIPE_ICONS)}}


class PlansV5(PlansV4):
    """The same again; where the app came from makes no difference here."""

    class Input(PlansView.Input):
        """Parameters."""

        distributionChannel = serializers.CharField(
            required=False, allow_blank=True, default="", max_length=64
        )


class UserPaymentGateway(ClientView):
    """Who takes the payments of a caller."""

    needs_device = needs_user = False

    class Input(serializers.Serializer[Any]):
        """Parameters."""

        appVersion = serializers.CharField(
            required=False, allow_blank=True, default="", max_length=64
        )
        country = serializers.CharField(required=False, allow_blank=True, default="", max_length=64)
        deviceOS = serializers.CharField(
            required=False, allow_blank=True, default="", max_length=64
        )
        locale = serializers.CharField(required=False, allow_blank=True, default="", max_length=32)
        timeout = serializers.IntegerField(required=False, min_value=0)

    class Output(Answer):
        """The provider."""

        provider = serializers.ChoiceField(choices=[STRIPE])

    example: ClassVar[dict[str, Any]] = {"provider": STRIPE}

    def get(self, request: Request) -> Response:
        """Name the provider: everybody's is Stripe."""
        del request
        self.read()
        return self.ok(provider=STRIPE)


def _stripe() -> dict[str, str]:
    return {"pubKey": settings.STRIPE_PUBLISHABLE_KEY}
