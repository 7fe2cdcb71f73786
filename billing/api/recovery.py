"""``/user-recover-receipt`` and ``/restore-purchase``."""

import re
from typing import Any, ClassVar, Final

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.recovery import NewcomerInput, newcomer_of
from accounts.api.shared import (
    CREDENTIALS_EXAMPLE,
    CredentialsAnswer,
    credentials_answer,
    optional_text,
)
from accounts.managers import Credentials
from accounts.services.link_codes import who_asks
from accounts.services.recovery import Newcomer
from accounts.services.recovery_by_mail import recover_by_mail
from billing.errors import UnsupportedProvider
from billing.services.recovery import recover_by_receipt
from lantern_pro.api.identity import address_of, identity_of
from lantern_pro.api.limits import GUESSES, RECEIPTS
from lantern_pro.api.throttling import guess_spending_of
from lantern_pro.api.view import ClientView
from lantern_pro.errors import InvalidParameter, MissingParameter

_RECEIPT: Final = re.compile(r"^ch_[A-Za-z0-9]{6,80}$")
_LAST4: Final = re.compile(r"^\d{4}$")


class UserRecoverReceipt(ClientView):
    """Join the account of a purchase, by its receipt and the last four digits of the card.

    Every receipt that opens nothing gets the same answer, in the same time. What follows is as for
    `/user-recover-words`: `too-many-devices` in a full account, and all devices are told.
    """

    needs_user = False
    limits = GUESSES

    class Input(NewcomerInput):
        """Parameters."""

        receiptId = serializers.RegexField(
            _RECEIPT, help_text="The number on the receipt: a charge of Stripe's."
        )
        last4 = serializers.RegexField(
            _LAST4, help_text="The last four digits of the card's number."
        )

    Output = CredentialsAnswer
    example_input: ClassVar[dict[str, Any]] = {
        "receiptId": "ch_3SXbq2Q0Ec3cY3JOjFxwYPgQ",
        "last4": "4242",
        "deviceName": "Pixel 9",
    }
    example: ClassVar[dict[str, Any]] = CREDENTIALS_EXAMPLE

    def post(self, request: Request) -> Response:
        """Recover."""
        told = self.read()
        newcomer = newcomer_of(request, told)
        known = _by_receipt(told["receiptId"], told["last4"], newcomer)
        return self.ok(**credentials_answer(known))


def _by_receipt(receipt_id: str, told_last4: str, newcomer: Newcomer) -> Credentials:
    """Let a device in by a receipt and a card's digits; each receipt takes few guesses."""
    last4 = "".join(str(int(digit)) for digit in told_last4)  # digits of any script
    guess_spending_of(RECEIPTS, at=receipt_id, guess=last4).spend()
    return recover_by_receipt(receipt_id=receipt_id, last4=last4, newcomer=newcomer)


class RestorePurchase(ClientView):
    """Join the account of a purchase, by a proof that it is one's own.

    Either by the code that `/user-email-request` mailed to the buyer's address (`code`, from the
    device that asked), or by the receipt's number (`token`) and the last four digits of the card
    (`code`). What opens nothing gets the answers of those calls, and counts as a guess.
    """

    needs_user = False
    limits = GUESSES

    class Input(NewcomerInput):
        """Parameters."""

        provider = serializers.CharField(required=False, default="stripe", max_length=32)
        token = optional_text(90, "A receipt's number (ch_…).")
        email = optional_text(254, "Only for the app: the code tells whose it is.")
        code = optional_text(16, "The mailed code, or, with a receipt, the card's last digits.")

    Output = CredentialsAnswer
    example_input: ClassVar[dict[str, Any]] = {
        "provider": "stripe",
        "email": "reader@example.org",
        "code": "042917",
    }
    example: ClassVar[dict[str, Any]] = CREDENTIALS_EXAMPLE

    def post(self, request: Request) -> Response:
        """Restore."""
        told = self.read()
        if told["provider"] != "stripe":
            raise UnsupportedProvider(field="provider", details={"supported": ["stripe"]})
        newcomer = newcomer_of(request, told)
        code = "".join(told["code"].split())
        if not code:
            message = "code: ask for one by /user-email-request, or send a receipt's token with it."
            raise MissingParameter(message, field="code")
        if told["token"]:
            _check_form(told["token"], code)
            return self.ok(**credentials_answer(_by_receipt(told["token"], code, newcomer)))
        identity = identity_of(request)
        known = recover_by_mail(
            who_asks(**identity.shown, address=address_of(request)),
            device_id=newcomer.device_id,
            code=code,
            name=newcomer.name,
            place=newcomer.place,
        )
        return self.ok(**credentials_answer(known))


def _check_form(receipt_id: str, last4: str) -> None:
    if not _RECEIPT.match(receipt_id):
        message = "token: a receipt's number is ch_ with letters and digits behind."
        raise InvalidParameter(message, field="token")
    if not _LAST4.match(last4):
        message = "code: with a receipt, the last four digits of the card's number."
        raise InvalidParameter(message, field="code")
