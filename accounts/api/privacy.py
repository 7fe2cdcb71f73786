"""``/user-export`` and ``/user-delete``."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.shared import Locale
from accounts.errors import MissingCredentials
from accounts.services.authentication import authenticate
from accounts.services.privacy import ask_to_erase, erase_user, export_user
from lantern_pro import clock
from lantern_pro.api.identity import identity_of
from lantern_pro.api.schema import Answer
from lantern_pro.api.view import ClientView
from lantern_pro.api.waiting import hold_until_done, patience_of


class UserExport(ClientView):
    """Tell all that the service holds on the user.

    What Stripe and Mandrill hold is told by their ids of it. Moments are Unix seconds.
    """

    Input = Locale

    class Output(Answer):
        """The data, by what it is about."""

        made = serializers.IntegerField(help_text="Unix seconds.")
        held = serializers.DictField(help_text="docs/privacy.md lists the names in it.")

    example: ClassVar[dict[str, Any]] = {
        "made": 1764000000,
        "held": {
            "account": {"id": "4398046511104", "email": "reader@example.org", "locale": "fa_IR"},
            "devices": [{"id": "device-1", "name": "Pixel 9", "created": 1764000000}],
        },
    }

    def get(self, request: Request) -> Response:
        """Tell everything."""
        self.read()
        identity = identity_of(request)
        known = authenticate(**identity.shown)
        held = export_user(known.user_id)
        return self.ok(made=clock.as_seconds(clock.now()), held=held)


class UserDelete(ClientView):
    """Erase the user, in two steps: the second sends back the confirmation of the first.

    The first changes nothing. The second erases at once and for good, Pro time included, and may
    be repeated until its answer has come.
    """

    class Input(Locale):
        """Parameters."""

        confirmation = serializers.CharField(
            required=False,
            allow_blank=True,
            default="",
            max_length=100,
            help_text="From the answer to the same call without it; good for ten minutes.",
        )
        timeout = serializers.IntegerField(
            required=False, min_value=0, help_text="Seconds that the client is ready to wait."
        )

    class Output(Answer):
        """Whether the user is erased, or how to confirm that they shall be."""

        erased = serializers.BooleanField()
        confirmation = serializers.CharField(allow_blank=True)
        confirmUntil = serializers.IntegerField(help_text="Unix seconds; 0 when erased.")

    example: ClassVar[dict[str, Any]] = {
        "erased": False,
        "confirmation": "1764000600000.0b5e0c6d2f",
        "confirmUntil": 1764000600,
    }

    def post(self, request: Request) -> Response:
        """Ask for a confirmation, or erase."""
        told = self.read()
        identity, patience = identity_of(request), patience_of(told.get("timeout"))
        if not told["confirmation"]:
            known = authenticate(**identity.shown)
            asked = hold_until_done(lambda: ask_to_erase(known.user_id, identity.token), patience)
            until = clock.as_seconds(asked.until)
            return self.ok(erased=False, confirmation=asked.text, confirmUntil=until)
        user_id, token, confirmation = identity.user_id, identity.token, told["confirmation"]
        if user_id is None or not token:
            raise MissingCredentials
        hold_until_done(lambda: erase_user(user_id, token, confirmation), patience)
        return self.ok(erased=True, confirmation="", confirmUntil=0)
