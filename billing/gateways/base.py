"""What any payment gateway answers."""

from dataclasses import dataclass

from lantern_pro.types import Millis, Minor


@dataclass(frozen=True, slots=True)
class Order:
    """What is to be paid, and how; ``key`` makes repeating it harmless."""

    key: str
    amount: Minor
    currency: str
    source: str
    description: str
    metadata: dict[str, str]


@dataclass(frozen=True, slots=True)
class Paid:
    """The money has moved."""

    payment_intent: str
    charge_id: str


@dataclass(frozen=True, slots=True)
class Declined:
    """The money will not move; ``reason`` is the gateway's code."""

    reason: str


Outcome = Paid | Declined


@dataclass(frozen=True, slots=True)
class Charge:
    """A payment as the gateway tells of it later."""

    charge_id: str
    amount: Minor
    currency: str
    created: Millis
    status: str
    brand: str
    last4: str
    disputed: bool
    receipt_url: str


@dataclass(frozen=True, slots=True)
class EventPointer:
    """An event of the gateway's: what happened to what, and nothing of what it says about it."""

    event_id: str
    type: str
    object_id: str
    created: Millis
