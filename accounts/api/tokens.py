"""``/token-reset``."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.shared import (
    CREDENTIALS_EXAMPLE,
    CredentialsAnswer,
    Locale,
    credentials_answer,
    optional_text,
)
from accounts.services.authentication import authenticate_resetter
from accounts.services.token_reset import reset_key_of, reset_stolen_token, reset_token
from lantern_pro.api.identity import identity_of
from lantern_pro.api.view import ClientView


class TokenReset(ClientView):
    """Give the account another Pro token.

    The old one is good for reading for some minutes, so that the account's other devices learn
    the new one from `/user-data`; with `stolen` it is good for nothing at once. The same call
    again, after its answer was lost, answers the token that the first one made: within those
    minutes by itself, with `stolen` by the same `idempotencyKey`.
    """

    class Input(Locale):
        """Parameters."""

        stolen = serializers.BooleanField(
            required=False, default=False, help_text="Somebody else has the token."
        )
        idempotencyKey = optional_text(200, "A secret of the client; the same for a repetition.")

    Output = CredentialsAnswer
    example: ClassVar[dict[str, Any]] = CREDENTIALS_EXAMPLE

    def post(self, request: Request) -> Response:
        """Reset the token, once."""
        told = self.read()
        reset_key = reset_key_of(told["idempotencyKey"])
        known, is_before = authenticate_resetter(**identity_of(request).shown, reset_key=reset_key)
        if told["stolen"]:
            known = reset_stolen_token(known, reset_key=reset_key)
        elif not is_before:
            known = reset_token(known, reset_key=reset_key)
        return self.ok(**credentials_answer(known))
