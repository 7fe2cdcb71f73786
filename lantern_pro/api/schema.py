"""How endpoints are described in OpenAPI: the envelope around each answer, headers, examples."""

from typing import Any

from drf_spectacular.openapi import AutoSchema
from drf_spectacular.utils import OpenApiExample, OpenApiParameter, PolymorphicProxySerializer
from rest_framework import serializers

from lantern_pro.api.identity import DEVICE_ID_HEADER, TOKEN_HEADER, USER_ID_HEADER


class Answer(serializers.Serializer[Any]):
    """A success; its fields stand beside ``status``."""

    status = serializers.ChoiceField(choices=["ok"])


class Failure(serializers.Serializer[Any]):
    """A failure, or a "not yet" (202): ``errorId`` is for machines, ``error`` for people."""

    status = serializers.ChoiceField(choices=["error"])
    error = serializers.CharField()
    errorId = serializers.CharField()
    details = serializers.DictField(required=False)


class EnvelopeSchema(AutoSchema):
    """Describes a ``ClientView`` by its nested ``Input`` and ``Output``."""

    view: Any

    def get_operation_id(self) -> str:
        """The path's words, such as ``user_create``."""
        return self.path.strip("/").replace("-", "_").replace("/", "_")

    def get_tags(self) -> list[str]:
        """The app that serves the endpoint."""
        return [type(self.view).__module__.split(".")[0]]

    def get_request_serializer(self) -> Any:
        """The parameters as a form or JSON body; any of them may stand in the query instead."""
        return self.view.Input

    def get_response_serializers(self) -> Any:
        """A success or a refusal at 200, and the statuses at which asking again helps."""
        output = self.view.Output
        return {
            "200": PolymorphicProxySerializer(
                component_name=f"{self.get_operation_id()}_answer",
                serializers=[output, Failure],
                resource_type_field_name=None,
            ),
            "202": Failure,
            "503": Failure,
        }

    def get_override_parameters(self) -> list[Any]:
        """The credentials' headers, and for GET the parameters in the query."""
        headers = [DEVICE_ID_HEADER]
        if self.view.needs_user:
            headers += [USER_ID_HEADER, TOKEN_HEADER]
        found: list[Any] = [
            OpenApiParameter(name, str, OpenApiParameter.HEADER, required=self.view.needs_user)
            for name in headers
        ]
        if self.method == "GET":
            found.append(self.view.Input)
        return found

    def get_examples(self) -> list[OpenApiExample]:
        """The view's example of a success."""
        if not self.view.example:
            return []
        return [
            OpenApiExample(
                "success",
                value={"status": "ok", **self.view.example},
                response_only=True,
                status_codes=["200"],
            )
        ]
