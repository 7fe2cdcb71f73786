"""The answer's envelope: the same around everything that a client app is told.

Facts: docs/protocol.md, "The answer". A success never has an ``error`` key; everything that
repeating cannot mend is HTTP 200 with ``"status": "error"``, because clients of some years
hammer on any other status and those of other years throw its body away.
"""

import logging
import secrets
from collections.abc import Iterable, Mapping
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.http import HttpRequest, HttpResponse
from redis.exceptions import ConnectionError as RedisConnectionError
from redis.exceptions import TimeoutError as RedisTimeoutError
from rest_framework import status
from rest_framework.exceptions import APIException, MethodNotAllowed
from rest_framework.negotiation import BaseContentNegotiation
from rest_framework.parsers import BaseParser
from rest_framework.renderers import BaseRenderer, JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from lantern_pro.api.spending import TooManyRequests
from lantern_pro.errors import LanternError, NotYet, Refused, Unavailable

log = logging.getLogger(__name__)


class EnvelopeRenderer(JSONRenderer):
    """ASCII-only JSON: clients of 2024 and later mangle anything else, byte by byte."""

    ensure_ascii = True
    charset = None


class AlwaysJson(BaseContentNegotiation):
    """Answer JSON whatever ``Accept`` says, as clients expect."""

    def select_parser(self, request: Request, parsers: Iterable[BaseParser]) -> BaseParser | None:
        """Choose by the content type's beginning; the last parser takes what is left."""
        wanted = (request.content_type or "").split(";")[0].strip().lower()
        known = list(parsers)
        return next((each for each in known if each.media_type == wanted), known[-1])

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """Take the first renderer."""
        del request, format_suffix
        first = next(iter(renderers))
        return first, str(first.media_type)


def failure(error: LanternError) -> dict[str, object]:
    """The envelope of a failure."""
    details = {**({"field": error.field} if error.field else {}), **error.details}
    return {
        "status": "error",
        "error": error.message,
        "errorId": error.error_id,
        **({"details": details} if details else {}),
    }


def status_of(error: LanternError) -> int:
    """The HTTP status of a failure."""
    match error:
        case NotYet():
            return status.HTTP_202_ACCEPTED
        case Unavailable():
            return status.HTTP_503_SERVICE_UNAVAILABLE
        case Refused():
            return status.HTTP_200_OK
        case _:
            return status.HTTP_500_INTERNAL_SERVER_ERROR


class BadRequest(Refused):
    """The request itself cannot be read."""

    error_id = "bad-request"
    message = "The request cannot be read."


class WrongMethod(Refused):
    """The endpoint exists, but not for this method."""

    error_id = "method-not-allowed"


class UnknownEndpoint(Refused):
    """No endpoint has this path."""

    error_id = "unknown-endpoint"
    message = "There is no such endpoint."


class InternalError(LanternError):
    """A bug. The reference is in the log; nothing else is told."""

    error_id = "internal-error"


def answer_exception(error: Exception, context: Mapping[str, Any]) -> Response:
    """Put any exception of a view into the envelope."""
    del context
    told = _told(error)
    answer = Response(failure(told), status=status_of(told))
    if isinstance(told, TooManyRequests):
        answer["Retry-After"] = str(told.retry_after)
    return answer


def _told(error: Exception) -> LanternError:
    match error:
        case LanternError():
            return error
        case RedisConnectionError() | RedisTimeoutError():
            log.error("Redis does not answer: %s", type(error).__name__)
            return Unavailable()
        case MethodNotAllowed():
            return WrongMethod(str(error.detail))
        case APIException():
            return BadRequest(str(error.detail))
        case SuspiciousOperation():
            return BadRequest(f"The request is refused: {type(error).__name__}.")
        case _:
            reference = secrets.token_hex(6)
            log.error("internal error %s", reference, exc_info=error)
            return InternalError(
                f"Something broke on our side. Reference: {reference}.",
                details={"reference": reference},
            )


def _as_http(error: LanternError) -> HttpResponse:
    return HttpResponse(
        EnvelopeRenderer().render(failure(error)),
        status=status_of(error),
        content_type="application/json",
    )


def unknown_endpoint(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for a path that no route has (``handler404``).

    The status stays 404: no deployed client asks for what does not exist, and people who mistype
    an address, their browsers and their monitoring are better served by the truth.
    """
    del request, exception
    answer = _as_http(UnknownEndpoint())
    answer.status_code = status.HTTP_404_NOT_FOUND
    return answer


def broken(request: HttpRequest) -> HttpResponse:
    """Answer for an exception outside the views (``handler500``)."""
    del request
    reference = secrets.token_hex(6)
    log.error("internal error %s outside the views", reference)
    return _as_http(InternalError(f"Something broke on our side. Reference: {reference}."))
