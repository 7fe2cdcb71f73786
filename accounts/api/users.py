"""``/user-create``, ``/user-confirm`` and ``/user-data``."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.shared import DeviceAnswer, Locale
from accounts.managers import Account
from accounts.managers.recovery import Notice
from accounts.models import pro_status
from accounts.services.authentication import authenticate, read_account
from accounts.services.countries import tell_country
from accounts.services.personal import unseal
from accounts.services.recovery import first_recovery_words
from accounts.services.tokens import token_of
from accounts.services.users import create_user
from lantern_pro import clock
from lantern_pro.api.identity import address_of, country_of, device_id_of, identity_of
from lantern_pro.api.limits import SIGN_UPS
from lantern_pro.api.schema import Answer
from lantern_pro.api.throttling import spending_of
from lantern_pro.api.view import ClientView
from lantern_pro.types import Millis, UserId


class UserCreate(ClientView):
    """Create an account for a device.

    Repeating the call within 15 minutes, from the same device and address and before the first
    authenticated call, answers with the same account.
    """

    needs_user = False
    limits = SIGN_UPS

    class Input(Locale):
        """Parameters."""

        recoveryWords = serializers.BooleanField(
            required=False, default=False, help_text="Whether to make recovery words, too."
        )

    class Output(Answer):
        """The new account's credentials."""

        userId = serializers.IntegerField()
        token = serializers.CharField()
        referral = serializers.CharField(help_text="The account's own referral code.")
        expiration = serializers.IntegerField(help_text="Unix seconds; 0 when never Pro.")
        code = serializers.CharField(allow_blank=True)
        recoveryWords = serializers.CharField(
            required=False,
            allow_blank=True,
            help_text="Only when asked for: twelve words, this once; empty where they are no way.",
        )

    example_input: ClassVar[dict[str, Any]] = {"locale": "fa_IR"}
    example: ClassVar[dict[str, Any]] = {
        "userId": 4398046511104,
        "token": "Zx3mB9b0uX9k0yY2m0JYb1oX4c3N5j8u1q7w2e4r6t8",
        "referral": "AAK7PQ2M",
        "expiration": 0,
        "code": "",
    }

    def check_throttles(self, request: Request) -> None:
        """Nothing yet: the script that makes the account counts it, unless it is known."""

    def post(self, request: Request) -> Response:
        """Create the account, or find the one that this sign-up made."""
        told = self.read()
        made = create_user(
            device_id=device_id_of(request),
            address=address_of(request),
            locale=told["locale"],
            spending=spending_of(request, self.limits),
        )
        words = {}
        if told["recoveryWords"]:
            words["recoveryWords"] = first_recovery_words(made.user_id)
        return self.ok(
            **words,
            userId=made.user_id,
            token=token_of(made.user_id, made.kid, made.epoch),
            referral=made.referral,
            expiration=clock.as_seconds(made.expiration),
            code="",
        )


class UserConfirm(ClientView):
    """Tell that the client has stored its credentials. Any authenticated call does the same."""

    Input = Locale

    def post(self, request: Request) -> Response:
        """Confirm the account."""
        self.read()
        identity = identity_of(request)
        authenticate(**identity.shown)
        return self.ok()


class PlanBought(serializers.Serializer[Any]):
    """A plan that was bought."""

    plan = serializers.CharField()


class NoticeAnswer(serializers.Serializer[Any]):
    """Something that all devices of the account are told."""

    kind = serializers.ChoiceField(choices=["recovered", "words"])
    at = serializers.IntegerField(help_text="Unix seconds.")
    way = serializers.CharField(help_text="mail, words or receipt.")
    deviceId = serializers.CharField()
    deviceName = serializers.CharField(allow_blank=True)


class UserData(ClientView):
    """All that a user is told of their account."""

    class Input(Locale):
        """Parameters."""

        timeout = serializers.IntegerField(
            required=False, min_value=0, help_text="Seconds that the client is ready to wait."
        )

    class Output(Answer):
        """The user."""

        userId = serializers.IntegerField()
        token = serializers.CharField()
        email = serializers.CharField(allow_blank=True)
        telephone = serializers.CharField(allow_blank=True)
        userStatus = serializers.ChoiceField(choices=["active", "expired", "free"])
        userLevel = serializers.ChoiceField(choices=["pro", ""])
        locale = serializers.CharField(allow_blank=True)
        expiration = serializers.IntegerField(help_text="Unix seconds; 0 when never Pro.")
        devices = DeviceAnswer(many=True)
        code = serializers.CharField(allow_blank=True)
        expireAt = serializers.IntegerField()
        referral = serializers.CharField()
        subscription = serializers.CharField(
            allow_blank=True, help_text="active, ending, past_due or ended; empty without one."
        )
        inviters = serializers.ListField(child=serializers.CharField())
        invitees = serializers.ListField(child=serializers.CharField())
        purchases = PlanBought(many=True)
        autoconfToken = serializers.CharField(allow_blank=True)
        yinbiEnabled = serializers.BooleanField()
        notices = NoticeAnswer(
            many=True, help_text="What the owner should see, the newest first, for 30 days."
        )

    example: ClassVar[dict[str, Any]] = {
        "userId": 4398046511104,
        "token": "Zx3mB9b0uX9k0yY2m0JYb1oX4c3N5j8u1q7w2e4r6t8",
        "email": "reader@example.org",
        "telephone": "",
        "userStatus": "active",
        "userLevel": "pro",
        "locale": "fa_IR",
        "expiration": 1795536000,
        "devices": [{"id": "device-1", "name": "Pixel 9", "created": 1764000000}],
        "code": "",
        "expireAt": 0,
        "referral": "AAK7PQ2M",
        "subscription": "",
        "inviters": [],
        "invitees": [],
        "purchases": [{"plan": "1y-usd-10"}],
        "autoconfToken": "",
        "yinbiEnabled": False,
        "notices": [
            {
                "kind": "recovered",
                "at": 1764000000,
                "way": "words",
                "deviceId": "device-1",
                "deviceName": "Pixel 9",
            }
        ],
    }

    def check_throttles(self, request: Request) -> None:
        """Nothing yet: the round trip that reads the account counts the call."""

    def get(self, request: Request) -> Response:
        """Show the account."""
        self.read()
        identity = identity_of(request)
        spending = spending_of(request, self.limits)
        known, account = read_account(**identity.shown, spending=spending)
        tell_country(known.user_id, told=country_of(request), known=account.row.get("country", ""))
        token = token_of(known.user_id, known.kid, known.epoch)
        return self.ok(**user_answer(known.user_id, token, account))


def user_answer(user_id: UserId, token: str, account: Account) -> dict[str, object]:
    """The user as clients of all years look for it (docs/protocol.md, "User")."""
    row = account.row
    expiration = Millis(int(row["expiration"]))
    status = pro_status(expiration, clock.now())
    return {
        "userId": user_id,
        "token": token,
        "email": unseal(row.get("email_sealed", "")),
        "telephone": "",
        "userStatus": status,
        "userLevel": "pro" if status == "active" else "",
        "locale": row.get("locale", ""),
        "expiration": clock.as_seconds(expiration),
        "devices": [
            {
                "id": device.device_id,
                "name": device.name,
                "created": clock.as_seconds(device.first_seen),
            }
            for device in account.devices
        ],
        "code": "",
        "expireAt": 0,
        "referral": row["referral"],
        "subscription": row.get("subscription", ""),
        "inviters": [row["inviter"]] if "inviter" in row else [],
        "invitees": [str(invitee) for invitee in account.invitees],
        "purchases": [
            {"plan": entry.plan} for entry in account.time_ledger if entry.kind == "purchase"
        ],
        "autoconfToken": "",
        "yinbiEnabled": False,
        "notices": [_notice(each) for each in account.notices],
    }


def _notice(notice: Notice) -> dict[str, object]:
    return {
        "kind": notice.kind,
        "at": clock.as_seconds(notice.at),
        "way": notice.way,
        "deviceId": notice.device_id,
        "deviceName": notice.name,
    }
