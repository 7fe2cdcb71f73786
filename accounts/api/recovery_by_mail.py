"""The calls by which an account is recovered with its mail address."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.devices import LONGEST_TOLD_NAME
from accounts.api.link_codes import typed_code
from accounts.api.shared import (
    CREDENTIALS_EXAMPLE,
    CredentialsAnswer,
    Locale,
    credentials_answer,
    optional_text,
)
from accounts.errors import TelephoneNotSupported
from accounts.services.link_codes import who_asks
from accounts.services.personal import normal_email
from accounts.services.recovery_by_mail import ask_by_mail, recover_by_mail, recover_own
from lantern_pro.api.identity import LONGEST_DEVICE_ID, address_of, identity_of
from lantern_pro.api.limits import GUESSES, MAILS
from lantern_pro.api.view import ClientView
from lantern_pro.errors import MissingParameter

LONGEST_EMAIL = 1_000
"""What is longer than an address may be is refused as none; this is the longest that is read."""


class EmailExists(ClientView):
    """Tell whether an address may be used. Any address may.

    The answer is the same for every address, so that nobody learns who has an account. When
    another account has proven it, it is proven anew by a code that is mailed there.
    """

    needs_user = False

    class Input(Locale):
        """Parameters."""

        email = serializers.CharField(max_length=LONGEST_EMAIL)

    example_input: ClassVar[dict[str, Any]] = {"email": "reader@example.org"}

    def get(self, request: Request) -> Response:
        """Look at the address's form, and at nothing else."""
        del request
        normal_email(self.read()["email"])
        return self.ok()


class UserLinkRequest(ClientView):
    """Mail codes by which the calling device can join the account of an address.

    The answer is the same, and takes as long, whether or not an account names the address.
    """

    needs_user = False
    limits = MAILS

    class Input(Locale):
        """Parameters."""

        email = optional_text(LONGEST_EMAIL, "The account's address.")
        telephone = optional_text(100, "Refused: accounts are not linked by telephone.")
        deviceName = optional_text(LONGEST_TOLD_NAME, "What the owner knows the device by.")

    example_input: ClassVar[dict[str, Any]] = {
        "email": "reader@example.org",
        "deviceName": "Pixel 9",
    }

    def post(self, request: Request) -> Response:
        """Ask for the codes."""
        told = self.read()
        if told["telephone"] and not told["email"]:
            raise TelephoneNotSupported(field="telephone")
        if not told["email"]:
            message = "email: This field is required."
            raise MissingParameter(message, field="email")
        askers = who_asks(**identity_of(request).shown, address=address_of(request))
        ask_by_mail(askers, email=told["email"], name=told["deviceName"])
        return self.ok()


class UserEmailRequest(UserLinkRequest):
    """The same as `/user-link-request`, under another name."""


class UserLinkConfigure(ClientView):
    """Refuse to link an account with a telephone number; nothing is linked by telephone."""

    class Input(Locale):
        """Parameters."""

        telephone = optional_text(100)

    example_input: ClassVar[dict[str, Any]] = {"telephone": "+49 30 901820"}

    def post(self, request: Request) -> Response:
        """Refuse."""
        del request
        self.read()
        raise TelephoneNotSupported(field="telephone")


class UserLinkValidate(ClientView):
    """Join the account that a mailed code leads to.

    In a full account the answer is `too-many-devices`, unless the code, or `replaceDeviceId`,
    says whose place the device takes. The code stays good then.
    """

    needs_user = False
    limits = GUESSES

    class Input(Locale):
        """Parameters."""

        code = typed_code()
        deviceName = optional_text(LONGEST_TOLD_NAME, "What the owner knows the device by.")
        replaceDeviceId = optional_text(LONGEST_DEVICE_ID, "The device whose place it takes.")

    Output = CredentialsAnswer
    example_input: ClassVar[dict[str, Any]] = {"code": "042917"}
    example: ClassVar[dict[str, Any]] = CREDENTIALS_EXAMPLE

    def post(self, request: Request) -> Response:
        """Validate the code."""
        told = self.read()
        identity = identity_of(request)
        known = recover_by_mail(
            who_asks(**identity.shown, address=address_of(request)),
            device_id=identity.device_id,
            code="".join(told["code"].split()),
            name=told["deviceName"],
            place=told["replaceDeviceId"],
        )
        return self.ok(**credentials_answer(known))


class UserRecover(ClientView):
    """Answer the credentials of the account that the caller is already known by.

    An address and a device id are no secrets, so by these alone nobody gets into an account: the
    answer is `wrong-device`, for every address alike, and clients go on to `/user-link-request`.
    """

    needs_user = False
    limits = GUESSES

    class Input(Locale):
        """Parameters."""

        email = optional_text(LONGEST_EMAIL, "The account's address.")

    Output = CredentialsAnswer
    example_input: ClassVar[dict[str, Any]] = {"email": "reader@example.org"}
    example: ClassVar[dict[str, Any]] = CREDENTIALS_EXAMPLE

    def post(self, request: Request) -> Response:
        """Recover, or say how to."""
        told = self.read()
        known = recover_own(**identity_of(request).shown, email=told["email"])
        return self.ok(**credentials_answer(known))
