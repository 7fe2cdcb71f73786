"""``/payment-redirect``: paying on a page of Stripe's."""

from typing import Any, ClassVar

from django.http import HttpRequest, HttpResponse
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.services.authentication import authenticate
from billing.services.checkouts import open_page
from billing.services.purchases import Wish
from lantern_pro.api.identity import identity_of
from lantern_pro.api.limits import PAYMENTS
from lantern_pro.api.schema import Answer
from lantern_pro.api.view import ClientView
from lantern_pro.api.waiting import hold_until_done, patience_of


def _text(longest: int, **options: Any) -> serializers.CharField:
    return serializers.CharField(
        required=False, allow_blank=True, default="", max_length=longest, **options
    )


class PaymentRedirect(ClientView):
    """Pay on a page of Stripe's.

    Answers its address. The purchase is recorded before, and the user is Pro soon after it is
    paid, whether or not the browser comes back. The same wish again gets the same page.
    """

    may_wait = True
    limits = PAYMENTS

    class Input(serializers.Serializer[Any]):
        """Parameters."""

        plan = serializers.CharField(max_length=64, help_text="An id that `/plans` answered.")
        provider = serializers.CharField(required=False, default="stripe", max_length=32)
        currency = _text(3, help_text="Must be the plan's, if given.")
        email = _text(254, help_text="Where the receipt goes.")
        deviceName = _text(120)
        countryCode = _text(64, help_text="ISO 3166.")
        couponCode = _text(64, help_text="A promotion's code.")
        idempotencyKey = _text(200, help_text="One key for one purchase.")
        insist = serializers.BooleanField(
            required=False, default=False, help_text="Buy again, minutes after another purchase."
        )
        locale = _text(32)
        timeout = serializers.IntegerField(required=False, min_value=0)

    class Output(Answer):
        """Where to go."""

        redirect = serializers.CharField(help_text="Open it in a browser.")

    example: ClassVar[dict[str, Any]] = {
        "redirect": "https://checkout.stripe.com/c/pay/cs_example",
    }

    def get(self, request: Request) -> Response:
        """Open the page."""
        told = self.read()
        wish = wish_of(request, told)
        url = hold_until_done(lambda: open_page(wish), patience_of(told.get("timeout")))
        return self.ok(redirect=url)


def wish_of(request: Request, told: dict[str, Any]) -> Wish:
    """What a client asks to pay for elsewhere."""
    identity = identity_of(request)
    known = authenticate(**identity.shown)
    return Wish(
        user_id=known.user_id,
        device_id=identity.device_id,
        device_name=told["deviceName"],
        plan=told["plan"],
        currency=told["currency"],
        provider=told["provider"],
        token="",
        payment_method="",
        email=told["email"],
        idempotency_key=told["idempotencyKey"],
        insists=told["insist"],
        country=told["countryCode"] or request.headers.get("X-Lantern-Client-Country", ""),
        coupon=told["couponCode"],
    )


def payment_returned(_request: HttpRequest) -> HttpResponse:
    """Where browsers come back to on a developer's machine; an operator has a page of their own."""
    return HttpResponse("<!doctype html><title>Lantern Pro</title><p>Go back to the app.</p>")
