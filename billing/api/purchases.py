"""``/purchase`` and ``/user-charges``."""

from typing import Any, ClassVar

from django.conf import settings
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.services.authentication import authenticate
from billing.services.intents import RESELLER
from billing.services.purchases import Wish, purchase
from billing.services.reseller import Redeemer, redeem_code
from lantern_pro.api.identity import identity_of
from lantern_pro.api.limits import GUESSES, PAYMENTS
from lantern_pro.api.schema import Answer
from lantern_pro.api.throttling import spending_of
from lantern_pro.api.view import ClientView
from lantern_pro.api.waiting import hold_until_done, patience_of
from lantern_pro.errors import MissingParameter
from lantern_pro.types import UserId


def _text(longest: int, **options: Any) -> serializers.CharField:
    return serializers.CharField(
        required=False, allow_blank=True, default="", max_length=longest, **options
    )


class Purchase(ClientView):
    """Buy a plan.

    Pays at once by Stripe, with a card's token or a payment method. The same call again, with
    the same ``idempotencyKey``, joins the first and never pays twice. 202 while the outcome is
    not known yet. A payment method may need its holder: then ``paymentStatus`` is
    ``requires_action``, Stripe's client confirms by ``clientSecret``, and the user is Pro soon
    after, which ``/user-data`` and this call again tell. A token is declined instead.
    """

    may_wait = True
    limits = PAYMENTS

    class Input(serializers.Serializer[Any]):
        """Parameters."""

        plan = _text(64, help_text="An id that `/plans` answered; required by Stripe.")
        provider = serializers.CharField(required=False, default="stripe", max_length=32)
        currency = _text(3, help_text="Must be the plan's, if given.")
        email = _text(254, help_text="Where the receipt goes.")
        deviceName = _text(120)
        couponCode = _text(64, help_text="A promotion's code, for `plan` as it is.")
        idempotencyKey = _text(200, help_text="One key for one purchase.")
        insist = serializers.BooleanField(
            required=False, default=False, help_text="Buy again, minutes after another purchase."
        )
        resellerCode = _text(64, help_text="With the provider `reseller-code`, and no plan.")
        stripeToken = _text(80, help_text="A card's token (tok_…).")
        stripePaymentMethod = _text(80, help_text="A payment method (pm_…).")
        stripeEmail = _text(254)
        stripePublicKey = _text(200)
        locale = _text(32)
        timeout = serializers.IntegerField(required=False, min_value=0)

    class Output(Answer):
        """The purchase."""

        paymentStatus = serializers.ChoiceField(choices=["completed", "requires_action"])
        plan = serializers.CharField()
        clientSecret = serializers.CharField(
            required=False, help_text="With requires_action: what Stripe's own client goes on with."
        )
        publishableKey = serializers.CharField(required=False, help_text="Goes with it.")

    example_input: ClassVar[dict[str, Any]] = {
        "provider": "stripe",
        "plan": "1y-usd-10",
        "currency": "usd",
        "email": "reader@example.org",
        "deviceName": "Pixel 9",
        "stripeToken": "tok_visa",
        "idempotencyKey": "1764000000123",
    }
    example: ClassVar[dict[str, Any]] = {"paymentStatus": "completed", "plan": "1y-usd-10"}

    def post(self, request: Request) -> Response:
        """Buy, holding the call while the outcome is not known and the client has patience."""
        told = self.read()
        identity = identity_of(request)
        known = authenticate(**identity.shown)
        if told["provider"] == RESELLER:
            return self._redeem(request, known.user_id, told)
        if not told["plan"]:
            message = "plan: an id that /plans answered."
            raise MissingParameter(message, field="plan")
        wish = Wish(
            user_id=known.user_id,
            device_id=identity.device_id,
            device_name=told["deviceName"],
            plan=told["plan"],
            currency=told["currency"],
            provider=told["provider"],
            token=told["stripeToken"],
            payment_method=told["stripePaymentMethod"],
            email=told["email"] or told["stripeEmail"],
            idempotency_key=told["idempotencyKey"],
            insists=told["insist"],
            country=request.headers.get("X-Lantern-Client-Country", ""),
            coupon=told["couponCode"],
        )
        settled = hold_until_done(lambda: purchase(wish), patience_of(told.get("timeout")))
        if settled.waiting:
            return self.ok(
                paymentStatus="requires_action",
                plan=settled.purchase.plan,
                clientSecret=settled.waiting.client_secret,
                publishableKey=settings.STRIPE_PUBLISHABLE_KEY,
            )
        return self.ok(paymentStatus="completed", plan=settled.purchase.plan)

    def _redeem(self, request: Request, user_id: UserId, told: dict[str, Any]) -> Response:
        """Redeem a reseller's code. Each code that is tried is a guess; repeating one is not."""
        code = told["resellerCode"]
        if not code:
            message = "resellerCode: the code that the reseller sold."
            raise MissingParameter(message, field="resellerCode")
        spending_of(request, GUESSES, repeated_as=code).spend()
        redeemer = Redeemer(
            user_id=user_id,
            device_id=identity_of(request).device_id,
            device_name=told["deviceName"],
            email=told["email"],
        )
        given = redeem_code(code, redeemer)
        return self.ok(paymentStatus="completed", plan=given.plan)
