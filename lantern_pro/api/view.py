"""The base of every endpoint: its contract is nested in it, so a call fits on one screen."""

import json
from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from lantern_pro.api.limits import CALLS, Limits
from lantern_pro.api.parsing import parameters
from lantern_pro.api.schema import Answer, EnvelopeSchema
from lantern_pro.api.throttling import spending_of
from lantern_pro.errors import InvalidParameter, MissingParameter


class NoInput(serializers.Serializer[Any]):
    """The endpoint takes no parameters."""


class ClientView(APIView):
    """An endpoint for client apps.

    ``Input`` declares the parameters, ``Output`` the answer beside the envelope, ``limits`` how
    often the call may be made. The rest is for the API description only: ``needs_device`` and
    ``needs_user`` whether the headers of the device and of the credentials are required,
    ``may_wait`` whether 202 is an answer, and an example of a call and of its success.
    """

    Input: ClassVar[type[serializers.Serializer[Any]]] = NoInput
    Output: ClassVar[type[serializers.Serializer[Any]]] = Answer
    limits: ClassVar[Limits] = CALLS
    needs_device: ClassVar[bool] = True
    needs_user: ClassVar[bool] = True
    may_wait: ClassVar[bool] = False
    example_input: ClassVar[dict[str, Any]] = {}
    example: ClassVar[dict[str, Any]] = {}
    schema = EnvelopeSchema()
    http_method_names = ["get", "head", "post"]

    def check_throttles(self, request: Request) -> None:
        """Count the call; ``TooManyRequests`` when one of its limits is full.

        A repetition says the same under the same key: another guess under it is another call.
        """
        told = parameters(request)
        same = json.dumps(told, sort_keys=True) if told.get("idempotencyKey") else ""
        spending_of(request, self.limits, repeated_as=same).spend()

    def finalize_response(
        self, request: Request, response: Response, *args: object, **kwargs: object
    ) -> Response:
        """Let nothing on the way keep an answer: it holds credentials, and paths lead over CDNs."""
        answer: Response = super().finalize_response(request, response, *args, **kwargs)
        answer["Cache-Control"] = "no-store"
        return answer

    def read(self) -> dict[str, Any]:
        """Read and validate the parameters; ``InvalidParameter`` names the first at fault."""
        told = self.Input(data=parameters(self.request))
        if told.is_valid():
            return dict(told.validated_data)
        field, problems = next(iter(told.errors.items()))
        kind = MissingParameter if problems[0].code == "required" else InvalidParameter
        raise kind(f"{field}: {problems[0]}", field=str(field))

    def ok(self, **fields: object) -> Response:
        """Answer a success."""
        return Response({"status": "ok", **fields})
