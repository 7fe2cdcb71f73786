"""``/user-recover-receipt``."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.api.recovery import NewcomerInput, newcomer_of
from accounts.api.shared import CREDENTIALS_EXAMPLE, CredentialsAnswer, credentials_answer
from billing.services.recovery import recover_by_receipt
from lantern_pro.api.limits import GUESSES, RECEIPTS
from lantern_pro.api.throttling import guess_spending_of
from lantern_pro.api.view import ClientView


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
            r"^ch_[A-Za-z0-9]{6,80}$", help_text="The number on the receipt: a charge of Stripe's."
        )
        last4 = serializers.RegexField(
            r"^\d{4}$", help_text="The last four digits of the card's number."
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
        receipt_id = told["receiptId"]
        last4 = "".join(str(int(digit)) for digit in told["last4"])  # digits of any script
        guess_spending_of(RECEIPTS, at=receipt_id, guess=last4).spend()
        known = recover_by_receipt(receipt_id=receipt_id, last4=last4, newcomer=newcomer)
        return self.ok(**credentials_answer(known))
