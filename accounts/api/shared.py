"""What the answers and parameters of several account calls have in common."""

from typing import Any

from rest_framework import serializers

from accounts.managers import Credentials
from accounts.services.tokens import token_of
from lantern_pro.api.schema import Answer


class Locale(serializers.Serializer[Any]):
    """What goes with most calls."""

    locale = serializers.CharField(
        required=False, allow_blank=True, default="", max_length=32, help_text="Such as en_US."
    )


class DeviceAnswer(serializers.Serializer[Any]):
    """A device of the account."""

    id = serializers.CharField()
    name = serializers.CharField(allow_blank=True)
    created = serializers.IntegerField()


class CredentialsAnswer(Answer):
    """The account's credentials; both spellings of the id, because clients look for either."""

    userId = serializers.IntegerField()
    userID = serializers.IntegerField()
    token = serializers.CharField()


CREDENTIALS_EXAMPLE: dict[str, Any] = {
    "userId": 4398046511104,
    "userID": 4398046511104,
    "token": "Zx3mB9b0uX9k0yY2m0JYb1oX4c3N5j8u1q7w2e4r6t8",
}


def optional_text(longest: int, words: str = "") -> serializers.CharField:
    """A text that may be left out."""
    return serializers.CharField(
        required=False, allow_blank=True, default="", max_length=longest, help_text=words
    )


def credentials_answer(known: Credentials) -> dict[str, object]:
    """The fields of ``CredentialsAnswer``."""
    token = token_of(known.user_id, known.kid, known.epoch)
    return {"userId": known.user_id, "userID": known.user_id, "token": token}
