"""Money that goes back, at Stripe: refunds and disputes, and the payments that they are of."""

from collections.abc import Callable, Iterator
from typing import Any, Final

import stripe

from billing.errors import StripeUnreachable
from billing.gateways.base import DISPUTE, PaymentNow, Refused, Returned, Stands
from billing.gateways.stripe_client import MISSING, client, reaching, said
from billing.gateways.stripe_paid import CHARGE, paid_by
from lantern_pro.types import Millis, Minor

PAGE: Final = 100
REFUND_CAME_TO_NOTHING: Final = frozenset({"failed", "canceled"})
_INQUIRY: Final = "warning_"
_PREVENTED: Final = "prevented"
_WON: Final = "won"


def payment_now(payment_intent: str) -> PaymentNow | None:
    """A payment as it is now; None when Stripe knows none."""
    asked: Any = {"expand": [CHARGE]}
    told = _asked(lambda: client().v1.payment_intents.retrieve(payment_intent, asked))
    if told is None:
        return None
    return PaymentNow(
        purchase=said(told, "purchase"),
        is_paid=told["status"] == "succeeded",
        paid=paid_by(told),
        amount=Minor(int(told["amount"])),
    )


def payment_of_charge(charge_id: str) -> str | None:
    """The payment that a charge belongs to."""
    return _payment_in(_asked(lambda: client().v1.charges.retrieve(charge_id)))


def payment_of_refund(refund_id: str) -> str | None:
    """The payment that a refund gives back."""
    return _payment_in(_asked(lambda: client().v1.refunds.retrieve(refund_id)))


def payment_of_dispute(dispute_id: str) -> str | None:
    """The payment that a dispute is about."""
    return _payment_in(_asked(lambda: client().v1.disputes.retrieve(dispute_id)))


def returned_of(payment_intent: str) -> list[Returned]:
    """All that was given back of a payment, or is disputed, as it is now."""
    refunds = _all(client().v1.refunds.list, payment_intent=payment_intent)
    disputes = _all(client().v1.disputes.list, payment_intent=payment_intent)
    return [*map(read_refund, refunds), *map(read_dispute, disputes)]


def disputes_of(customer: str, *, since: Millis) -> list[Returned]:
    """The disputes of all that a customer was charged since a moment, as they are now.

    One whom Stripe does not know was charged nothing.
    """
    if not customer:
        message = "without a customer, Stripe tells of everybody's charges"
        raise ValueError(message)
    charged = _of_known(client().v1.charges.list, customer=customer, created={"gte": since // 1000})
    disputed = [each["id"] for each in charged if each["disputed"]]
    found = [_all(client().v1.disputes.list, charge=each) for each in disputed]
    return [read_dispute(each) for some in found for each in some]


def refund(
    *, key: str, payment_intent: str, amount: Minor, metadata: dict[str, str]
) -> Returned | Refused:
    """Give money back. The same key again gets the same answer for 24 hours.

    ``StripeUnreachable`` when the outcome is not known.
    """
    asked: dict[str, Any] = {
        "payment_intent": payment_intent,
        "amount": amount,
        "reason": "requested_by_customer",
        "metadata": metadata,
    }
    try:
        with reaching(unknown=StripeUnreachable):
            made: Any = client().v1.refunds.create(asked, {"idempotency_key": key})  # type: ignore[arg-type]
    except stripe.InvalidRequestError as error:
        return Refused(str(error.code or "invalid_request"))
    return read_refund(made.to_dict())


def read_refund(told: dict[str, Any]) -> Returned:
    """A refund. One that failed brought the money to us again, and took nothing in the end."""
    failed = told["status"] in REFUND_CAME_TO_NOTHING
    return Returned(
        fact=f"refund.{told['id']}",
        kind="refund",
        minor=Minor(int(told["amount"])),
        at=Millis(int(told["created"]) * 1000),
        state=str(told["status"]),
        stands=Stands.RESTORED if failed else Stands.TAKEN,
        begun_as=said(told, "refund"),
    )


def read_dispute(told: dict[str, Any]) -> Returned:
    """A dispute. An inquiry takes no money; whatever else is not won has taken it."""
    state = str(told["status"])
    stands = Stands.TAKEN
    if state.startswith(_INQUIRY) or state == _PREVENTED:
        stands = Stands.NOTHING
    elif state == _WON:
        stands = Stands.RESTORED
    return Returned(
        fact=f"dispute.{told['id']}",
        kind=DISPUTE,
        minor=Minor(int(told["amount"])),
        at=Millis(int(told["created"]) * 1000),
        state=state,
        stands=stands,
    )


def _of_known(ask: Callable[[Any], Any], **of: object) -> Iterator[dict[str, Any]]:
    """All of a list; nothing when what it is to be of is not known."""
    try:
        yield from _all(ask, **of)
    except stripe.InvalidRequestError as error:
        if error.code != MISSING:
            raise


def _asked(ask: Callable[[], Any]) -> dict[str, Any] | None:
    try:
        with reaching(unknown=StripeUnreachable):
            told: dict[str, Any] = ask().to_dict()
    except stripe.InvalidRequestError:
        return None
    return told


def _payment_in(told: dict[str, Any] | None) -> str | None:
    return str(told["payment_intent"]) if told and told.get("payment_intent") else None


def _all(ask: Callable[[Any], Any], **of: object) -> Iterator[dict[str, Any]]:
    asked: dict[str, Any] = {**of, "limit": PAGE}
    while True:
        with reaching(unknown=StripeUnreachable):
            page = ask(asked)
        yield from (each.to_dict() for each in page.data)
        if not page.has_more:
            return
        asked["starting_after"] = page.data[-1].id
