"""``/recovery-words`` and ``/user-recover-words``."""

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
from accounts.services.recovery import Newcomer, make_recovery_words, recover_by_words
from lantern_pro.api.identity import LONGEST_DEVICE_ID, device_id_of, identity_of
from lantern_pro.api.limits import GUESSES
from lantern_pro.api.schema import Answer
from lantern_pro.api.view import ClientView

WORDS_EXAMPLE = "legal winner thank year wave sausage worth useful legal winner thank yellow"


class NewcomerInput(Locale):
    """What a device tells that joins an account by a proof of its owner's."""

    deviceName = optional_text(LONGEST_TOLD_NAME, "What the owner knows the device by.")
    replaceDeviceId = optional_text(LONGEST_DEVICE_ID, "The device whose place it takes.")
    stolen = serializers.BooleanField(
        required=False, default=False, help_text="Somebody else has the token: reset it, too."
    )
    idempotencyKey = optional_text(200, "With `stolen`: the same for the call repeated.")


def newcomer_of(request: Request, told: dict[str, Any]) -> Newcomer:
    """The device that joins, from what it told by ``NewcomerInput``."""
    return Newcomer(
        device_id=device_id_of(request),
        name=told["deviceName"],
        place=told["replaceDeviceId"],
        resets=told["stolen"],
        key=told["idempotencyKey"],
    )


class RecoveryWords(ClientView):
    """Give the account new recovery words, shown this once.

    Whoever has them can join the account from any device, so the app shows them to be written
    down, and keeps none. Those from before are good for nothing; all devices are told.
    """

    Input = Locale

    class Output(Answer):
        """The words."""

        recoveryWords = serializers.CharField(help_text="Twelve words, by spaces.")

    example: ClassVar[dict[str, Any]] = {"recoveryWords": WORDS_EXAMPLE}

    def post(self, request: Request) -> Response:
        """Make the words."""
        self.read()
        identity = identity_of(request)
        known = authenticate(**identity.shown)
        words = make_recovery_words(known.user_id, device_id=identity.device_id)
        return self.ok(recoveryWords=words)


class UserRecoverWords(ClientView):
    """Join the account that has these recovery words.

    In a full account the answer is `too-many-devices` with the list of them; naming one in
    `replaceDeviceId` takes its place. A device of the same name gives its place by itself. All
    devices of the account are told, and its address by mail.
    """

    needs_user = False
    limits = GUESSES

    class Input(NewcomerInput):
        """Parameters."""

        words = serializers.CharField(
            max_length=300, help_text="Twelve words in any case, with any space between."
        )

    Output = CredentialsAnswer
    example_input: ClassVar[dict[str, Any]] = {"words": WORDS_EXAMPLE, "deviceName": "Pixel 9"}
    example: ClassVar[dict[str, Any]] = CREDENTIALS_EXAMPLE

    def post(self, request: Request) -> Response:
        """Recover."""
        told = self.read()
        known = recover_by_words(told["words"], newcomer_of(request, told))
        return self.ok(**credentials_answer(known))
