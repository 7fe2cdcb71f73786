"""Reading parameters wherever a client puts them: query, form or JSON, also mixed.

Facts: docs/protocol.md, "How a call travels". What the body says wins over the query.
"""

import json
from collections.abc import Mapping
from typing import IO, Any

from django.http import QueryDict
from rest_framework import parsers
from rest_framework.request import Request

from lantern_pro.errors import InvalidParameter


class FormParser(parsers.FormParser):
    """An ordinary form body."""


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
        body = stream.read()
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


def parameters(request: Request) -> dict[str, Any]:
    """Every parameter of a request, by name."""
    body: Any = request.data
    told: dict[str, Any] = body.dict() if isinstance(body, QueryDict) else body
    return {**request.query_params.dict(), **told}
