"""``/user-config-mail``."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.services.authentication import authenticate
from configsrv.services.mailing import ask_for_config
from lantern_pro.api.identity import identity_of
from lantern_pro.api.view import ClientView


class ConfigMail(ClientView):
    """Mail the user's own configuration, as `proxies.yaml`, to their confirmed address.

    For Pro users, once a day, where the operator allows it.
    """

    class Input(serializers.Serializer[Any]):
        """Parameters."""

        locale = serializers.CharField(
            required=False, allow_blank=True, default="", max_length=32, help_text="Such as en_US."
        )

    example_input: ClassVar[dict[str, Any]] = {"locale": "fa_IR"}

    def post(self, request: Request) -> Response:
        """Ask for the mail."""
        self.read()
        identity = identity_of(request)
        known = authenticate(**identity.shown)
        ask_for_config(known.user_id)
        return self.ok()
