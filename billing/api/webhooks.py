"""``/webhooks/stripe``: Stripe speaks here, not a client; statuses are proper ones."""

from typing import Any

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from billing.errors import ForgedWebhook, NotAnEvent
from billing.services.webhooks import receive_stripe_event
from lantern_pro.api.envelope import failure
from lantern_pro.api.schema import Answer, Failure

SIGNATURE_HEADER = "Stripe-Signature"


class EventTaken(Answer):
    """The event is acknowledged; ``used`` says whether it told us anything."""

    used = serializers.BooleanField()


class StripeWebhook(APIView):
    """Where Stripe tells of payments that moved; 400 for what Stripe did not sign."""

    @extend_schema(
        operation_id="stripe_webhook",
        tags=["billing"],
        summary="Take in an event of Stripe's.",
        description=(
            "Only Stripe calls this. The signature is checked over the body as it came. An event "
            "is a hint: a pointer to it is kept, and Stripe is asked before anything follows. "
            "`used` is false for a type of event that says nothing to us."
        ),
        parameters=[
            OpenApiParameter(
                SIGNATURE_HEADER,
                str,
                OpenApiParameter.HEADER,
                required=True,
                description="`t=<Unix seconds>,v1=<HMAC-SHA256, hexadecimal>`",
            )
        ],
        request={"application/json": OpenApiTypes.OBJECT},
        responses={200: EventTaken, 400: Failure, 503: Failure},
        examples=[
            OpenApiExample(
                "success", value={"status": "ok", "used": True}, response_only=True,
                status_codes=["200"],
            )
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Take an event in and acknowledge it."""
        try:
            used = receive_stripe_event(request.body, request.headers.get(SIGNATURE_HEADER, ""))
        except (ForgedWebhook, NotAnEvent) as refused:
            return Response(failure(refused), status=status.HTTP_400_BAD_REQUEST)
        answer: dict[str, Any] = {"status": "ok", "used": used}
        return Response(answer)
