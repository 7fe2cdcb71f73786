"""``/link-code-request``, ``/link-code-approve`` and ``/link-code-redeem``."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.devices import LONGEST_TOLD_NAME
from accounts.api.shared import (
    CREDENTIALS_EXAMPLE,
    CredentialsAnswer,
    Locale,
    credentials_answer,
    optional_text,
)
from accounts.services.authentication import authenticate
from accounts.services.link_codes import (
    approve_link_code,
    redeem_link_code,
    request_link_code,
    who_asks,
)
from lantern_pro import clock
from lantern_pro.api.identity import LONGEST_DEVICE_ID, address_of, identity_of
from lantern_pro.api.limits import GUESSES
from lantern_pro.api.schema import Answer
from lantern_pro.api.view import ClientView


def typed_code() -> serializers.CharField:
    """A code as a person typed it; what is none is refused as a wrong one."""
    return serializers.CharField(max_length=100, help_text="Six digits.")


class LinkCodeRequest(ClientView):
    """Give the calling device a code that a device of an account can approve.

    The same code is answered again until it has less than a minute left. It is good for whoever
    asked: with credentials, for those; without, for the device at its address.
    """

    needs_user = False

    class Input(Locale):
        """Parameters."""

        deviceName = optional_text(LONGEST_TOLD_NAME, "What the owner will know the device by.")

    class Output(Answer):
        """The code."""

        code = serializers.CharField(help_text="Six digits.")
        expireAt = serializers.IntegerField(help_text="Unix seconds.")

    example_input: ClassVar[dict[str, Any]] = {"deviceName": "Pixel 9"}
    example: ClassVar[dict[str, Any]] = {"code": "042917", "expireAt": 1764000300}

    def post(self, request: Request) -> Response:
        """Give a code."""
        told = self.read()
        askers = who_asks(**identity_of(request).shown, address=address_of(request))
        given = request_link_code(askers, name=told["deviceName"])
        return self.ok(code=given.code, expireAt=clock.as_seconds(given.until))


class LinkCodeApprove(ClientView):
    """Let the device that shows a code join the account of the caller."""

    limits = GUESSES

    class Input(Locale):
        """Parameters."""

        code = typed_code()

    example_input: ClassVar[dict[str, Any]] = {"code": "042917"}

    def post(self, request: Request) -> Response:
        """Approve the code."""
        told = self.read()
        known = authenticate(**identity_of(request).shown)
        approve_link_code(user_id=known.user_id, code="".join(told["code"].split()))
        return self.ok()


class LinkCodeRedeem(ClientView):
    """Join the account on which the calling device's code was approved.

    Clients ask every few seconds; until it is approved the answer is `link-code-pending`.
    """

    needs_user = False

    class Input(Locale):
        """Parameters."""

        code = typed_code()
        deviceName = optional_text(LONGEST_TOLD_NAME, "What the owner knows the device by.")
        replaceDeviceId = optional_text(LONGEST_DEVICE_ID, "The device whose place it takes.")

    Output = CredentialsAnswer
    example_input: ClassVar[dict[str, Any]] = {"code": "042917", "deviceName": "Pixel 9"}
    example: ClassVar[dict[str, Any]] = CREDENTIALS_EXAMPLE

    def post(self, request: Request) -> Response:
        """Redeem the code."""
        told = self.read()
        identity = identity_of(request)
        known = redeem_link_code(
            who_asks(**identity.shown, address=address_of(request)),
            device_id=identity.device_id,
            code="".join(told["code"].split()),
            name=told["deviceName"],
            place=told["replaceDeviceId"],
        )
        return self.ok(**credentials_answer(known))
