"""``/referral-attach`` and ``/referral-attach-v2``."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.services.authentication import authenticate
from lantern_pro.api.identity import identity_of
from lantern_pro.api.view import ClientView
from referrals.services.codes import attach_referral


class ReferralAttach(ClientView):
    """Attach the referral code of the user who invited this one, once.

    With the first purchase afterwards both get the same bonus.
    """

    class Input(serializers.Serializer[Any]):
        """Parameters."""

        code = serializers.CharField(max_length=64, help_text="The inviter's referral code.")

    example_input: ClassVar[dict[str, Any]] = {"code": "AAK7PQ2M"}

    def post(self, request: Request) -> Response:
        """Attach the code."""
        told = self.read()
        identity = identity_of(request)
        known = authenticate(**identity.shown)
        attach_referral(user_id=known.user_id, written=told["code"])
        return self.ok()


class ReferralAttachV2(ReferralAttach):
    """The same, by the name that newer apps use."""
