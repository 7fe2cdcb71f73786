"""Charges, refunds, the balance: where money moves, or is refused."""

import secrets
from typing import Literal

from devstack.standin import Object
from devstack.stripe_standin.call import Call, visible
from devstack.stripe_standin.cards import Behaviour
from devstack.stripe_standin.errors import StripeError, missing
from devstack.stripe_standin.money import written

_REASONS = {"duplicate", "fraudulent", "requested_by_customer"}


def charge(call: Call, intent: Object, method: Object, refusal: Behaviour | None) -> Object:
    """Charge the method what the intent asks; with a refusal the charge is a failed one."""
    item = call.make(
        "charge",
        "ch",
        amount=intent["amount"],
        amount_captured=0 if refusal else intent["amount"],
        amount_refunded=0,
        application=None,
        balance_transaction=None,
        billing_details=method["billing_details"],
        calculated_statement_descriptor="LANTERN PRO",
        captured=not refusal,
        currency=intent["currency"],
        customer=intent["customer"],
        description=intent["description"],
        disputed=False,
        failure_balance_transaction=None,
        failure_code=refusal.code if refusal else None,
        failure_message=refusal.message if refusal else None,
        fraud_details={},
        metadata=intent["metadata"],
        outcome=_outcome(refusal),
        paid=not refusal,
        payment_intent=intent["id"],
        payment_method=method["id"],
        payment_method_details={"card": _charged_card(method, intent["amount"]), "type": "card"},
        receipt_email=intent["receipt_email"],
        receipt_number=None,
        receipt_url=None,
        refunded=False,
        shipping=None,
        statement_descriptor=intent["statement_descriptor"],
        status="failed" if refusal else "succeeded",
    )
    if not refusal:
        _settle(call, item)
    call.put(item)
    call.emit("charge.failed" if refusal else "charge.succeeded", item)
    return item


def _settle(call: Call, item: Object) -> None:
    item["balance_transaction"] = _book(call, item, "charge", item["amount"])["id"]
    item["receipt_url"] = f"{call.base_url}/receipts/{item['id']}"
    if item["receipt_email"]:
        item["receipt_number"] = f"{secrets.randbelow(9000) + 1000}-{secrets.randbelow(10000):04}"


def _charged_card(method: Object, amount: int) -> Object:
    card = visible(method["card"])
    kept = (
        "brand",
        "checks",
        "country",
        "exp_month",
        "exp_year",
        "fingerprint",
        "funding",
        "last4",
    )
    return {
        **{name: card[name] for name in kept},
        "amount_authorized": amount,
        "network": card["brand"],
        "three_d_secure": None,
        "wallet": None,
    }


def _outcome(refusal: Behaviour | None) -> Object:
    return {
        "advice_code": None,
        "network_status": "declined_by_network" if refusal else "approved_by_network",
        "reason": (refusal.decline_code or refusal.code) if refusal else None,
        "risk_level": "normal",
        "risk_score": 20,
        "seller_message": (
            "The bank did not return any further details with this decline."
            if refusal
            else "Payment complete."
        ),
        "type": "issuer_declined" if refusal else "authorized",
    }


def _book(call: Call, source: Object, kind: Literal["charge", "refund"], amount: int) -> Object:
    """Write the movement into the balance. The fee of a charge is 2.9 % and 30 minor units."""
    fee = min(amount, round(amount * 0.029) + 30) if kind == "charge" else 0
    return call.put(
        call.make(
            "balance_transaction",
            "txn",
            amount=amount,
            available_on=call.now,
            currency=source["currency"],
            description=source.get("description"),
            fee=fee,
            net=amount - fee,
            reporting_category=kind,
            source=source["id"],
            status="available",
            type=kind,
        )
    )


def retrieve_charge(call: Call, charge_id: str) -> Object:
    """``GET /v1/charges/:id``."""
    return call.find("charge", charge_id)


def list_charges(call: Call) -> Object:
    """``GET /v1/charges``."""
    wanted = {name: call.params.text(name) for name in ("customer", "payment_intent")}
    return call.page("charge", **wanted)


def create_refund(call: Call) -> Object:
    """``POST /v1/refunds``: gives back all that is left of a charge, or a part of it."""
    paid = _charge_to_refund(call)
    left = paid["amount"] - paid["amount_refunded"]
    if not left:
        message = f"Charge {paid['id']} has already been refunded."
        raise StripeError(message, code="charge_already_refunded", executed=True)
    sent = call.params.number("amount")
    amount = left if sent is None else sent
    if amount < 1:
        message = "This value must be greater than or equal to 1."
        raise StripeError(message, code="parameter_invalid_integer", param="amount")
    if amount > left:
        message = (
            f"Refund amount ({written(amount, paid['currency'])}) is greater than unrefunded "
            f"amount on charge ({written(left, paid['currency'])})"
        )
        raise StripeError(message, param="amount", executed=True)
    reason = call.params.text("reason")
    if reason and reason not in _REASONS:
        message = f"Invalid reason: must be one of {', '.join(sorted(_REASONS))}"
        raise StripeError(message, param="reason")
    return _refund(call, paid, amount, reason)


def _refund(call: Call, paid: Object, amount: int, reason: str | None) -> Object:
    refund = call.make(
        "refund",
        "re",
        amount=amount,
        charge=paid["id"],
        currency=paid["currency"],
        destination_details={"card": {"type": "refund"}, "type": "card"},
        metadata=call.params.beneath("metadata"),
        payment_intent=paid["payment_intent"],
        reason=reason,
        receipt_number=None,
        status="succeeded",
    )
    refund["balance_transaction"] = _book(call, refund, "refund", -amount)["id"]
    paid["amount_refunded"] += amount
    paid["refunded"] = paid["amount_refunded"] == paid["amount"]
    call.put(refund)
    call.put(paid)
    call.emit("refund.created", refund)
    call.emit("charge.refunded", paid)
    return refund


def _charge_to_refund(call: Call) -> Object:
    paid = call.find_named("charge", "charge")
    if intent := call.find_named("payment_intent", "payment_intent"):
        paid = call.draft.get(intent["latest_charge"] or "")
        if intent["status"] != "succeeded":
            message = "This PaymentIntent does not have a successful charge to refund."
            raise StripeError(message, code="payment_intent_unexpected_state", executed=True)
    if paid is None:
        raise missing(param="charge")
    if not paid["paid"]:
        message = f"Charge {paid['id']} was not successful and cannot be refunded."
        raise StripeError(message, code="charge_not_refundable", executed=True)
    return paid


def retrieve_refund(call: Call, refund_id: str) -> Object:
    """``GET /v1/refunds/:id``."""
    return call.find("refund", refund_id)


def list_refunds(call: Call) -> Object:
    """``GET /v1/refunds``."""
    wanted = {name: call.params.text(name) for name in ("charge", "payment_intent")}
    return call.page("refund", **wanted)


def retrieve_transaction(call: Call, transaction_id: str) -> Object:
    """``GET /v1/balance_transactions/:id``."""
    return call.find("balance_transaction", transaction_id)


def list_transactions(call: Call) -> Object:
    """``GET /v1/balance_transactions``."""
    wanted = {name: call.params.text(name) for name in ("source", "type")}
    return call.page("balance_transaction", **wanted)


def retrieve_balance(call: Call) -> Object:
    """``GET /v1/balance``: what all charges brought, less fees and refunds."""
    sums: dict[str, int] = {}
    for movement in call.draft.all("balance_transaction"):
        sums[movement["currency"]] = sums.get(movement["currency"], 0) + movement["net"]
    available = [{"amount": net, "currency": currency} for currency, net in sorted(sums.items())]
    return {"object": "balance", "available": available, "livemode": False, "pending": []}
