"""``/device-add``, ``/user-link-remove`` and ``/migrate-device-id``."""

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
from accounts.services.authentication import authenticate, authenticate_resetter
from accounts.services.devices import add_device, move_device, remove_device
from accounts.services.token_reset import reset_key_of, reset_stolen_token
from lantern_pro.api.identity import LONGEST_DEVICE_ID, Identity, identity_of
from lantern_pro.api.view import ClientView
from lantern_pro.errors import MissingParameter

LONGEST_TOLD_NAME = 1_000
"""A longer name of a device is no name; below that it is cut, for no device is worth a refusal."""


class DeviceAdd(ClientView):
    """Register the calling device with the account.

    At the limit the answer is `too-many-devices`, and `details.devices` lists the account's
    devices; naming one of them in `replaceDeviceId` lets the calling device take its place.
    """

    class Input(Locale):
        """Parameters."""

        deviceName = optional_text(LONGEST_TOLD_NAME, "What the owner knows the device by.")
        replaceDeviceId = optional_text(LONGEST_DEVICE_ID, "The device whose place it takes.")

    example_input: ClassVar[dict[str, Any]] = {"deviceName": "Pixel 9"}

    def post(self, request: Request) -> Response:
        """Add the device."""
        told = self.read()
        identity = identity_of(request)
        known = authenticate(**identity.shown)
        add_device(
            user_id=known.user_id,
            device_id=identity.device_id,
            name=told["deviceName"],
            place=told["replaceDeviceId"],
        )
        return self.ok()


class UserLinkRemove(ClientView):
    """Take a device off the account.

    Its access ends at every proxy within a second, and the token alone does not bring it back.
    With `stolen` the token is reset besides, and the old one is good for nothing.
    """

    class Input(Locale):
        """Parameters; the device under either spelling."""

        deviceID = optional_text(LONGEST_DEVICE_ID, "The device that is taken off.")
        deviceId = optional_text(LONGEST_DEVICE_ID, "The same.")
        stolen = serializers.BooleanField(
            required=False, default=False, help_text="Somebody else has the device, or the token."
        )
        idempotencyKey = optional_text(200, "With `stolen`: the same for the call repeated.")

    Output = CredentialsAnswer
    example_input: ClassVar[dict[str, Any]] = {"deviceID": "device-2"}
    example: ClassVar[dict[str, Any]] = CREDENTIALS_EXAMPLE

    def post(self, request: Request) -> Response:
        """Remove the device."""
        told = self.read()
        device_id = told["deviceID"] or told["deviceId"]
        if not device_id:
            message = "deviceID: This field is required."
            raise MissingParameter(message, field="deviceID")
        identity = identity_of(request)
        if told["stolen"]:
            return self.ok(**self._remove_stolen(identity, device_id, told["idempotencyKey"]))
        known = authenticate(**identity.shown)
        remove_device(user_id=known.user_id, device_id=device_id, by=identity.device_id)
        return self.ok(**credentials_answer(known))

    def _remove_stolen(self, identity: Identity, device_id: str, key: str) -> dict[str, object]:
        reset_key = reset_key_of(key)
        known, _ = authenticate_resetter(**identity.shown, reset_key=reset_key)
        remove_device(user_id=known.user_id, device_id=device_id, by=identity.device_id)
        return credentials_answer(reset_stolen_token(known, reset_key=reset_key))


class MigrateDeviceId(ClientView):
    """Let the calling device go on under the id in its header, which was another until now."""

    class Input(Locale):
        """Parameters."""

        oldDeviceID = serializers.CharField(max_length=LONGEST_DEVICE_ID)

    example_input: ClassVar[dict[str, Any]] = {"oldDeviceID": "device-0"}

    def post(self, request: Request) -> Response:
        """Move the device."""
        told = self.read()
        identity = identity_of(request)
        known = authenticate(**identity.shown)
        move_device(user_id=known.user_id, old_id=told["oldDeviceID"], new_id=identity.device_id)
        return self.ok()
