"""``/webhooks/mandrill``: Mandrill speaks here, not a client; statuses are proper ones."""

from typing import Any, Final

from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, extend_schema
from rest_framework import serializers, status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.services.mailing import take_reports
from lantern_pro.api.envelope import failure
from lantern_pro.api.schema import Answer, Failure
from lantern_pro.mail.errors import ForgedReport
from lantern_pro.mail.reports import read_reports

SIGNATURE_HEADER: Final = "X-Mandrill-Signature"
MOST_BYTES: Final = 16 * 1024 * 1024
"""A delivery has up to 1,000 events of a few kilobytes; Django's own limit is for forms."""


class ReportsTaken(Answer):
    """The events are acknowledged; ``used`` counts those that told something new."""

    used = serializers.IntegerField()


class MandrillWebhook(APIView):
    """Where Mandrill tells of bounces and complaints; 400 for what Mandrill did not sign."""

    @extend_schema(
        operation_id="mandrill_webhook",
        tags=["accounts"],
        summary="Take in events of Mandrill's.",
        description=(
            "Only Mandrill calls this. The signature is checked over the webhook's address and the "
            "parameters; events may come twice and in any order."
        ),
        parameters=[
            OpenApiParameter(
                SIGNATURE_HEADER,
                str,
                OpenApiParameter.HEADER,
                required=True,
                description="HMAC-SHA1, base64",
            )
        ],
        request={"application/x-www-form-urlencoded": OpenApiTypes.OBJECT},
        responses={200: ReportsTaken, 400: Failure, 503: Failure},
        examples=[
            OpenApiExample(
                "success", value={"status": "ok", "used": 1}, response_only=True,
                status_codes=["200"],
            )
        ],
    )  # fmt: skip
    def post(self, request: Request) -> Response:
        """Take the events in and acknowledge them."""
        try:
            body = request._request.read(MOST_BYTES)  # noqa: SLF001 - past Django's limit for forms
            reports = read_reports(body, request.headers.get(SIGNATURE_HEADER, ""))
        except ForgedReport as forged:
            return Response(failure(forged), status=status.HTTP_400_BAD_REQUEST)
        answer: dict[str, Any] = {"status": "ok", "used": take_reports(reports)}
        return Response(answer)

    @extend_schema(exclude=True)
    def head(self, request: Request) -> Response:
        """Be there: Mandrill looks before it begins to deliver."""
        del request
        return Response()
