"""Disputes: a customer asks the bank for the money back. Tests and people open and end them.

Opening withdraws the money and a fee; winning brings both again; losing leaves it at that. An
inquiry (``inquire``) only asks, and withdraws nothing unless it is escalated.
"""

from collections.abc import Callable, Mapping
from typing import Final

from devstack.standin import Object
from devstack.stripe_standin.call import Call
from devstack.stripe_standin.errors import StripeError, missing

FEE: Final = 1_500
_OPEN: Final = frozenset({"needs_response", "under_review"})
_INQUIRING: Final = frozenset({"warning_needs_response", "warning_under_review"})


def _opened(call: Call, status: str) -> Object:
    paid = call.find_named("charge", "charge")
    if paid is None:
        raise missing(param="charge")
    if not paid["paid"] or paid["disputed"]:
        message = f"Charge {paid['id']} was not paid, or is disputed already."
        raise StripeError(message, param="charge")
    amount = call.params.number("amount") or paid["amount"]
    if not 0 < amount <= paid["amount"]:
        message = f"A dispute of {paid['id']} is about {paid['amount']} at most."
        raise StripeError(message, param="amount")
    dispute = call.make(
        "dispute",
        "dp",
        amount=amount,
        balance_transactions=[],
        charge=paid["id"],
        currency=paid["currency"],
        evidence={},
        is_charge_refundable=status in _INQUIRING,
        metadata={},
        payment_intent=paid["payment_intent"],
        reason=call.params.text("reason") or "general",
        status=status,
    )
    paid["disputed"] = True
    call.put(paid)
    return dispute


def _move(call: Call, dispute: Object, sign: int) -> None:
    """Withdraw the money and the fee (-1), or bring both again (+1)."""
    movement = call.make(
        "balance_transaction",
        "txn",
        amount=sign * dispute["amount"],
        available_on=call.now,
        currency=dispute["currency"],
        description=f"Chargeback for {dispute['charge']}",
        fee=-sign * FEE,
        net=sign * (dispute["amount"] + FEE),
        reporting_category="dispute" if sign < 0 else "dispute_reversal",
        source=dispute["id"],
        status="available",
        type="adjustment",
    )
    dispute["balance_transactions"].append(call.put(movement))
    call.put(dispute)
    moved = "withdrawn" if sign < 0 else "reinstated"
    call.emit(f"charge.dispute.funds_{moved}", dispute)


def open_dispute(call: Call) -> Object:
    """``open``: the bank takes the money back until somebody has decided."""
    dispute = call.put(_opened(call, "needs_response"))
    call.emit("charge.dispute.created", dispute)
    _move(call, dispute, -1)
    return dispute


def inquire(call: Call) -> Object:
    """``inquire``: the bank asks, and takes nothing."""
    dispute = call.put(_opened(call, "warning_needs_response"))
    call.emit("charge.dispute.created", dispute)
    return dispute


def _named(call: Call, statuses: frozenset[str]) -> Object:
    dispute = call.find_named("dispute", "dispute")
    if dispute is None:
        raise missing(param="dispute")
    return _standing(dispute, statuses)


def _standing(dispute: Object, statuses: frozenset[str]) -> Object:
    if dispute["status"] not in statuses:
        message = f"The dispute {dispute['id']} is {dispute['status']}."
        raise StripeError(message, param="dispute")
    return dispute


def escalate(call: Call) -> Object:
    """``escalate``: an inquiry becomes a dispute."""
    dispute = {**_named(call, _INQUIRING), "status": "needs_response"}
    dispute["is_charge_refundable"] = False
    call.put(dispute)
    call.emit("charge.dispute.updated", dispute)
    _move(call, dispute, -1)
    return dispute


def win(call: Call) -> Object:
    """``win``: the bank decides for us, and the money comes again."""
    dispute = call.put({**_named(call, _OPEN), "status": "won"})
    call.emit("charge.dispute.closed", dispute)
    _move(call, dispute, +1)
    return dispute


def lose(call: Call) -> Object:
    """``lose``: the bank decides for the customer; an inquiry is closed."""
    return _end(call, _named(call, _OPEN | _INQUIRING))


def _end(call: Call, dispute: Object) -> Object:
    lost = "lost" if dispute["status"] in _OPEN else "warning_closed"
    ended = call.put({**dispute, "status": lost})
    call.emit("charge.dispute.closed", ended)
    return ended


ACTS: Final[Mapping[str, Callable[[Call], Object]]] = {
    "open": open_dispute,
    "inquire": inquire,
    "escalate": escalate,
    "win": win,
    "lose": lose,
}
"""What ``POST /_control/disputes/<act>`` and the page's buttons do."""


def close_dispute(call: Call, dispute_id: str) -> Object:
    """``POST /v1/disputes/:id/close``: the merchant accepts it."""
    return _end(call, _standing(call.find("dispute", dispute_id), _OPEN))


def retrieve_dispute(call: Call, dispute_id: str) -> Object:
    """``GET /v1/disputes/:id``."""
    return call.find("dispute", dispute_id)


def list_disputes(call: Call) -> Object:
    """``GET /v1/disputes``."""
    wanted = {name: call.params.text(name) for name in ("charge", "payment_intent")}
    return call.page("dispute", **wanted)
