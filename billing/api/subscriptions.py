"""``/stripe-subscription``, ``/stripe-billing-portal`` and ``/subscription-update``."""

from typing import Any, ClassVar

from django.conf import settings
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.services.authentication import authenticate
from billing.api.redirects import PaymentRedirect
from billing.services.asking import CHECKOUT
from billing.services.subscriptions import (
    SubscriptionWish,
    portal_of,
    subscribe,
    subscribe_on_page,
    update_subscription,
)
from lantern_pro.api.identity import Shown, identity_of
from lantern_pro.api.limits import PAYMENTS
from lantern_pro.api.schema import Answer
from lantern_pro.api.view import ClientView
from lantern_pro.api.waiting import hold_until_done, patience_of
from lantern_pro.types import UserId

ONE_TIME = "one_time"


def _text(longest: int, **options: Any) -> serializers.CharField:
    return serializers.CharField(
        required=False, allow_blank=True, default="", max_length=longest, **options
    )


class StripeSubscription(ClientView):
    """Begin a subscription, which renews until it is ended.

    The app pays the first invoice with Stripe's own client code, by ``clientSecret``. The same
    call again, until then, goes on where the first was.
    """

    may_wait = True
    limits = PAYMENTS

    class Input(serializers.Serializer[Any]):
        """Parameters."""

        planId = serializers.CharField(max_length=64, help_text="An id that `/plans` answered.")
        email = _text(254, help_text="Where receipts go.")
        couponCode = _text(64, help_text="A promotion's code; it is for the first period.")
        insist = serializers.BooleanField(
            required=False, default=False, help_text="Subscribe, though something was just bought."
        )
        locale = _text(32)
        timeout = serializers.IntegerField(required=False, min_value=0)

    class Output(Answer):
        """What Stripe's client code needs."""

        customerId = serializers.CharField()
        subscriptionId = serializers.CharField()
        clientSecret = serializers.CharField()
        publishableKey = serializers.CharField()

    example_input: ClassVar[dict[str, Any]] = {"planId": "1m-usd-10", "email": "a@example.org"}
    example: ClassVar[dict[str, Any]] = {
        "customerId": "cus_example",
        "subscriptionId": "sub_example",
        "clientSecret": "pi_example_secret_example",
        "publishableKey": "pk_test_development",
    }

    def post(self, request: Request) -> Response:
        """Begin it."""
        told = self.read()
        known = authenticate(**identity_of(request).shown)
        wish = SubscriptionWish(
            user_id=known.user_id,
            plan=told["planId"],
            email=told["email"],
            coupon=told["couponCode"],
            insists=told["insist"],
            country=request.headers.get("X-Lantern-Client-Country", ""),
        )
        started = hold_until_done(lambda: subscribe(wish), patience_of(told.get("timeout")))
        return self.ok(
            customerId=started.customer,
            subscriptionId=started.subscription,
            clientSecret=started.client_secret,
            publishableKey=settings.STRIPE_PUBLISHABLE_KEY,
        )


class SubscriptionPaymentRedirect(PaymentRedirect):
    """Begin a subscription on a page of Stripe's, or pay once, as ``billingType`` says."""

    class Input(PaymentRedirect.Input):
        """Parameters."""

        billingType = _text(32, help_text="subscription (the usual), or one_time.")

    def get(self, request: Request) -> Response:
        """Open the page."""
        told = self.read()
        if told["billingType"] == ONE_TIME:
            return super().get(request)
        known = authenticate(**identity_of(request).shown)
        wish = SubscriptionWish(
            user_id=known.user_id,
            plan=told["plan"],
            email=told["email"],
            coupon=told["couponCode"],
            insists=told["insist"],
            way=CHECKOUT,
            country=request.headers.get("X-Lantern-Client-Country", ""),
        )
        url = hold_until_done(lambda: subscribe_on_page(wish), patience_of(told.get("timeout")))
        return self.ok(redirect=url)


class StripeBillingPortal(ClientView):
    """The page of Stripe's on which a user sees to their subscription.

    Apps open this very address in a browser, with the credentials in the query: a browser is sent
    on to the page, and whoever asks for JSON is told it.
    """

    needs_device = needs_user = False
    limits = PAYMENTS

    class Input(serializers.Serializer[Any]):
        """Parameters."""

        userId = serializers.IntegerField(required=False, min_value=1, max_value=(1 << 53) - 1)
        proToken = _text(200)
        referer = _text(300)
        locale = _text(32)
        timeout = serializers.IntegerField(required=False, min_value=0)

    class Output(Answer):
        """Where to go."""

        redirect = serializers.CharField()

    example: ClassVar[dict[str, Any]] = {"redirect": "https://billing.stripe.com/p/session/example"}

    def get(self, request: Request) -> Response:
        """Open the page."""
        told = self.read()
        shown: Shown = {"user_id": None, "token": told["proToken"], "device_id": ""}
        if told.get("userId"):
            shown["user_id"] = UserId(told["userId"])
        else:
            shown = identity_of(request).shown
        url = portal_of(authenticate(**shown).user_id)
        answer = self.ok(redirect=url)
        if "text/html" in request.headers.get("Accept", ""):
            answer.status_code = status.HTTP_303_SEE_OTHER
            answer["Location"] = url
            answer["Referrer-Policy"] = "no-referrer"  # the address holds credentials
        return answer


class SubscriptionUpdate(ClientView):
    """Change a subscription: another plan, its end with the period, or that it goes on after all.

    Nothing is prorated. A plan of the same length holds from the next period on; another is paid
    for and begins at once, and the time that is left stays.
    """

    limits = PAYMENTS

    class Input(serializers.Serializer[Any]):
        """Parameters."""

        plan = serializers.CharField(max_length=64, help_text="A plan's id, `cancel` or `resume`.")
        locale = _text(32)
        timeout = serializers.IntegerField(required=False, min_value=0)

    class Output(Answer):
        """How it stands now."""

        plan = serializers.CharField()
        subscription = serializers.ChoiceField(choices=["active", "ending", "past_due", "ended"])

    example_input: ClassVar[dict[str, Any]] = {"plan": "cancel"}
    example: ClassVar[dict[str, Any]] = {"plan": "1m-usd-10", "subscription": "ending"}

    def post(self, request: Request) -> Response:
        """Change it."""
        told = self.read()
        known = authenticate(**identity_of(request).shown)
        found = update_subscription(known.user_id, told["plan"])
        return self.ok(plan=found.plan, subscription=str(found.state))
