"""``/user-charges``, ``/charge-by-id`` and ``/receipt-send``: previous payments, to their owner."""

from typing import Any, ClassVar

from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from accounts.services.authentication import authenticate
from billing.services.charges import LONGEST_PAGE, PastPayment, payment_of, payments_of
from billing.services.receipts import ask_for_receipt
from lantern_pro import clock
from lantern_pro.api.identity import identity_of
from lantern_pro.api.limits import MAILS
from lantern_pro.api.schema import Answer
from lantern_pro.api.view import ClientView
from lantern_pro.errors import MissingParameter
from lantern_pro.types import PurchaseId

CHARGE_EXAMPLE: dict[str, Any] = {
    "id": "c0.4398046511104.5f1d6a0c2e9b4d7a8c33",
    "plan": "1y-usd-10",
    "created": 1764000000,
    "amount": 4800,
    "refunded": 0,
    "currency": "usd",
    "state": "paid",
    "reason": "",
    "chargeId": "ch_3SXbq2",
    "chargeStatus": "succeeded",
    "card": "visa 4242",
    "receiptUrl": "https://pay.stripe.com/receipts/example",
}


def _text(longest: int, **options: Any) -> serializers.CharField:
    return serializers.CharField(
        required=False, allow_blank=True, default="", max_length=longest, **options
    )


class Payment(serializers.Serializer[Any]):
    """A previous payment; what only Stripe knows is null when Stripe does not tell."""

    id = serializers.CharField()
    plan = serializers.CharField()
    created = serializers.IntegerField(help_text="Unix seconds.")
    amount = serializers.IntegerField(help_text="In the currency's smallest unit.")
    refunded = serializers.IntegerField(help_text="How much of it went back, in the same unit.")
    currency = serializers.CharField()
    state = serializers.ChoiceField(choices=["begun", "waiting", "paid", "declined"])
    reason = serializers.CharField(allow_blank=True)
    chargeId = serializers.CharField(allow_null=True)
    chargeStatus = serializers.CharField(allow_null=True)
    card = serializers.CharField(allow_null=True, help_text="Brand and last four digits.")
    receiptUrl = serializers.CharField(allow_null=True)


class UserCharges(ClientView):
    """Previous payments, the newest first.

    What Stripe tells of them may be a minute old.
    """

    class Input(serializers.Serializer[Any]):
        """Parameters."""

        limit = serializers.IntegerField(
            required=False, default=10, min_value=1, max_value=LONGEST_PAGE
        )
        cursor = _text(80, help_text="nextCursor of the page before.")
        locale = _text(32)
        timeout = serializers.IntegerField(required=False, min_value=0)

    class Output(Answer):
        """A page."""

        charges = Payment(many=True)
        nextCursor = serializers.CharField(allow_null=True)
        complete = serializers.BooleanField(
            help_text="False when Stripe did not tell of all of them just now."
        )

    example: ClassVar[dict[str, Any]] = {
        "charges": [CHARGE_EXAMPLE],
        "nextCursor": None,
        "complete": True,
    }

    def get(self, request: Request) -> Response:
        """Show a page of payments."""
        told = self.read()
        known = authenticate(**identity_of(request).shown)
        page = payments_of(
            known.user_id,
            limit=told["limit"],
            cursor=PurchaseId(told["cursor"]) if told["cursor"] else None,
        )
        return self.ok(
            charges=[_payment(each) for each in page.payments],
            nextCursor=page.next_cursor,
            complete=page.complete,
        )


class _ChargeInput(serializers.Serializer[Any]):
    """Parameters."""

    chargeId = _text(80, help_text="A `chargeId` or an `id` that `/user-charges` answered.")
    locale = _text(32)


class ChargeById(ClientView):
    """One of the user's own payments. Another's is answered like one that is not there."""

    class Input(_ChargeInput):
        """Parameters."""

        changeId = _text(80, help_text="The same, as apps have always written it.")
        timeout = serializers.IntegerField(required=False, min_value=0)

    class Output(Answer):
        """The payment."""

        charge = Payment()
        complete = serializers.BooleanField(
            help_text="False when Stripe did not tell of it just now."
        )

    example: ClassVar[dict[str, Any]] = {"charge": CHARGE_EXAMPLE, "complete": True}

    def get(self, request: Request) -> Response:
        """Show the payment."""
        told = self.read()
        known = authenticate(**identity_of(request).shown)
        past = payment_of(known.user_id, _named(told["changeId"] or told["chargeId"], "changeId"))
        return self.ok(charge=_payment(past), complete=past.is_complete)


class ReceiptSend(ClientView):
    """Mail the receipt of one of the user's own payments once more.

    It goes to the address that was given with the payment, to no other. Asking again within ten
    minutes sends nothing more.
    """

    limits = MAILS
    Input = _ChargeInput
    Output = Answer
    example_input: ClassVar[dict[str, Any]] = {"chargeId": "ch_3SXbq2"}
    example: ClassVar[dict[str, Any]] = {}

    def post(self, request: Request) -> Response:
        """Have it mailed."""
        told = self.read()
        known = authenticate(**identity_of(request).shown)
        ask_for_receipt(known.user_id, _named(told["chargeId"], "chargeId"))
        return self.ok()


def _named(charge_id: str, field: str) -> str:
    if not charge_id:
        message = f"{field}: a chargeId that /user-charges answered."
        raise MissingParameter(message, field=field)
    return charge_id


def _payment(past: PastPayment) -> dict[str, object]:
    row, charge = past.purchase, past.charge
    return {
        "id": row.pk,
        "plan": row.plan,
        "created": clock.as_seconds(clock.as_millis(row.created)),
        "amount": row.amount_minor,
        "refunded": row.returned_minor or 0,
        "currency": row.currency,
        "state": row.state,
        "reason": row.reason,
        "chargeId": row.charge_id,
        "chargeStatus": charge.status if charge else None,
        "card": f"{charge.brand} {charge.last4}" if charge else None,
        "receiptUrl": charge.receipt_url if charge else None,
    }
