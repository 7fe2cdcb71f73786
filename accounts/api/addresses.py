"""``/user-update`` and ``/user-email-confirm``."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.link_codes import typed_code
from accounts.api.recovery_by_mail import LONGEST_EMAIL
from accounts.api.shared import Locale
from accounts.services.address_changes import change_address, confirm_address
from accounts.services.authentication import authenticate
from lantern_pro.api.identity import identity_of
from lantern_pro.api.limits import GUESSES, MAILS
from lantern_pro.api.schema import Answer
from lantern_pro.api.view import ClientView


class UserUpdate(ClientView):
    """Give the account a mail address.

    An account that has none has it at once; else it is changed when the code that is mailed to
    the new address came back, and that of the old address where the old one is proven.
    """

    limits = MAILS

    class Input(Locale):
        """Parameters."""

        email = serializers.CharField(max_length=LONGEST_EMAIL)

    class Output(Answer):
        """Whose address it is."""

        userId = serializers.IntegerField()

    example_input: ClassVar[dict[str, Any]] = {"email": "reader@example.org"}
    example: ClassVar[dict[str, Any]] = {"userId": 4398046511104}

    def post(self, request: Request) -> Response:
        """Begin the change."""
        told = self.read()
        known = authenticate(**identity_of(request).shown)
        change_address(known.user_id, told["email"])
        return self.ok(userId=known.user_id)


class UserEmailConfirm(ClientView):
    """Take a code that was mailed for a change of the account's address."""

    limits = GUESSES

    class Input(Locale):
        """Parameters."""

        code = typed_code()

    class Output(Answer):
        """Whether the change is done."""

        confirmed = serializers.BooleanField(
            help_text="False while the code of the other address is missing."
        )

    example_input: ClassVar[dict[str, Any]] = {"code": "042917"}
    example: ClassVar[dict[str, Any]] = {"confirmed": True}

    def post(self, request: Request) -> Response:
        """Take the code."""
        told = self.read()
        known = authenticate(**identity_of(request).shown)
        return self.ok(confirmed=confirm_address(known.user_id, "".join(told["code"].split())))
