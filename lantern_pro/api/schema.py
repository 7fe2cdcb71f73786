"""How endpoints are described in OpenAPI: the envelope around each answer, headers, examples."""

from typing import Any, Final

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import (
    OpenApiExample,
    OpenApiParameter,
    OpenApiResponse,
    PolymorphicProxySerializer,
)
from rest_framework import serializers

from lantern_pro.api.identity import DEVICE_ID_HEADER, TOKEN_HEADER, USER_ID_HEADER

ANY_WAY: Final = (
    "The parameters may travel as a form, as a JSON object or in the query with an empty body, "
    "also mixed; what the body says wins."
)
HEADERS: Final = {
    DEVICE_ID_HEADER: "An opaque text that the client chose for its device, up to 256 characters.",
    USER_ID_HEADER: "`userId` as `/user-create` answered it.",
    TOKEN_HEADER: "`token` as `/user-create` answered it.",
}


class Answer(serializers.Serializer[Any]):
    """A success; its fields stand beside ``status``."""

    status = serializers.ChoiceField(choices=["ok"])


class Failure(serializers.Serializer[Any]):
    """A failure, or a "not yet" (202): ``errorId`` is for machines, ``error`` for people."""

    status = serializers.ChoiceField(choices=["error"])
    error = serializers.CharField()
    errorId = serializers.CharField(help_text="One of those in docs/errors.md.")
    details = serializers.DictField(
        required=False, help_text="`field` names the parameter at fault, if one is."
    )


class EnvelopeSchema(AutoSchema):
    """Describes a ``ClientView`` by its nested ``Input`` and ``Output`` and its examples."""

    view: Any

    def get_operation(self, *args: Any, **options: Any) -> Any:
        """Describe the call; a body is never required, since all of it may stand in the query."""
        described = super().get_operation(*args, **options)
        if described is not None and "requestBody" in described:
            described["requestBody"].pop("required", None)
        return described

    def get_operation_id(self) -> str:
        """The path's words, such as ``user_create``."""
        return self.path.strip("/").replace("-", "_").replace("/", "_")

    def get_tags(self) -> list[str]:
        """The app that serves the endpoint."""
        return [type(self.view).__module__.split(".")[0]]

    def get_summary(self) -> str:
        """The first sentence of the view's docstring."""
        return str((type(self.view).__doc__ or "").strip().splitlines()[0])

    def get_description(self) -> str:  # type: ignore[override]  # spectacular's, not DRF's
        """The rest of it, and how parameters may travel."""
        told = (type(self.view).__doc__ or "").strip().partition("\n")[2]
        lines = " ".join(told.replace("``", "`").split())
        return " ".join(filter(None, [lines, ANY_WAY if self.method == "POST" else ""]))

    def get_serializer_name(self, serializer: Any, direction: Any) -> str:
        """The class's name with its view's before it: ``PurchaseInput``."""
        del direction
        return str(type(serializer).__qualname__.replace(".", ""))

    def map_parsers(self) -> list[str]:
        """The two kinds of body that are read."""
        return [each for each in super().map_parsers() if each != "*/*"]

    def get_request_serializer(self) -> Any:
        """The parameters as a form or JSON body; any of them may stand in the query instead."""
        return self.view.Input

    def get_response_serializers(self) -> Any:
        """A success or a refusal at 200, and the statuses at which asking again helps."""
        answer = PolymorphicProxySerializer(
            component_name=f"{type(self.view).__name__}Answer",
            serializers=[self.view.Output, Failure],
            resource_type_field_name=None,
        )
        found = {"200": OpenApiResponse(answer, "Done, or refused: see `status`.")}
        if self.view.may_wait:
            found["202"] = OpenApiResponse(Failure, "Under way: the same call again joins it.")
        found["503"] = OpenApiResponse(Failure, "Not now: the same call later will help.")
        found["500"] = OpenApiResponse(Failure, "A bug; `details.reference` finds it in the log.")
        return found

    def get_override_parameters(self) -> list[Any]:
        """The headers that the call needs, and for GET the parameters in the query."""
        names = [DEVICE_ID_HEADER] if self.view.needs_device else []
        names += [USER_ID_HEADER, TOKEN_HEADER] if self.view.needs_user else []
        found: list[Any] = [
            OpenApiParameter(
                name, str, OpenApiParameter.HEADER, required=True, description=HEADERS[name]
            )
            for name in names
        ]
        if self.method == "GET":
            found.append(self.view.Input)
        return found

    def get_examples(self) -> list[OpenApiExample]:
        """The view's example of a call and of its success, and one of each way to say no."""
        success = {"status": "ok", **self.view.example}
        credentials = _failure("wrong-credentials", "The user id and the token do not match.")
        field = _failure("invalid-parameter", "locale: Too long.", details={"field": "locale"})
        examples = [
            _answered("success", 200, success),
            _answered("refused", 200, credentials if self.view.needs_user else field),
            _answered("not yet", 202, _failure("not-yet", "Still working on it.")),
            _answered("unavailable", 503, _failure("unavailable", "Not available just now.")),
        ]
        if self.view.example_input:
            examples.append(
                OpenApiExample("usual", value=self.view.example_input, request_only=True)
            )
        return examples


def _answered(name: str, status: int, value: dict[str, Any]) -> OpenApiExample:
    return OpenApiExample(name, value=value, response_only=True, status_codes=[str(status)])


def _failure(error_id: str, words: str, **more: Any) -> dict[str, Any]:
    return {"status": "error", "error": words, "errorId": error_id, **more}
