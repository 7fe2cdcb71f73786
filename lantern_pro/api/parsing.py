"""Reading parameters wherever a client puts them: query, form or JSON, also mixed.

Facts: docs/protocol.md, "How a call travels". What the body says wins over the query.
"""

import json
from collections.abc import Mapping
from typing import IO, Any, Final

from django.http import QueryDict
from rest_framework import parsers
from rest_framework.request import Request

from lantern_pro.errors import InvalidParameter

LONGEST_BODY: Final = 100_000
"""Bytes; the longest real call is well below a tenth of it."""


class FormParser(parsers.BaseParser):
    """An ordinary form body."""

    media_type = "application/x-www-form-urlencoded"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> QueryDict:
        """Read the body; Django's own limits on the number of fields hold."""
        del media_type, parser_context
        return QueryDict(_read(stream))


class JsonParser(parsers.BaseParser):
    """A JSON object; an empty body is an empty object."""

    media_type = "application/json"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Mapping[str, Any]:
        """Read the body; ``InvalidParameter`` when it is no JSON object."""
        del media_type, parser_context
        body = _read(stream)
        if not body.strip():
            return {}
        try:
            values = json.loads(body)
        except (ValueError, RecursionError) as error:
            message = "The body says it is JSON, but cannot be read as JSON."
            raise InvalidParameter(message, field="body") from error
        if not isinstance(values, dict):
            message = "The body must be a JSON object: parameter names and their values."
            raise InvalidParameter(message, field="body")
        return values


class AnyParser(parsers.BaseParser):
    """A body of another type or of none: clients of 2018 to 2025 send everything in the query."""

    media_type = "*/*"

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Mapping[str, Any]:
        """Leave the body unread."""
        del stream, media_type, parser_context
        return {}


def _read(stream: IO[bytes]) -> bytes:
    body = stream.read(LONGEST_BODY + 1)
    if len(body) > LONGEST_BODY:
        message = f"The body is longer than {LONGEST_BODY} bytes."
        raise InvalidParameter(message, field="body")
    return body


def parameters(request: Request) -> dict[str, Any]:
    """Every parameter of a request, by name."""
    body: Any = request.data
    told: dict[str, Any] = body.dict() if isinstance(body, QueryDict) else body
    return {**request.query_params.dict(), **told}
