"""What any payment gateway answers."""

from dataclasses import dataclass
from enum import IntEnum
from typing import Final

from lantern_pro.types import Millis, Minor

ENDED: Final = frozenset({"canceled", "incomplete_expired"})
"""How a subscription stands at Stripe that goes on no more."""
DISPUTE: Final = "dispute"
NEVER_TOLD: Final = Millis(0)
"""In place of the moment of a charge, where the gateway tells of none."""
LOST: Final = "lost"


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
    """The money has moved; ``charged_at`` is when, by the gateway's clock."""

    payment_intent: str
    charge_id: str
    charged_at: Millis = NEVER_TOLD


@dataclass(frozen=True, slots=True)
class Declined:
    """The money will not move; ``reason`` is the gateway's code."""

    reason: str


@dataclass(frozen=True, slots=True)
class Waiting:
    """The buyer must do something first: confirm at their bank, or pay on a page of the gateway's.

    ``pointer`` is the gateway's id of what waits; ``client_secret`` or ``url`` is what the buyer's
    client goes on with. Neither is kept: whoever needs them asks again.
    """

    pointer: str
    client_secret: str = ""
    url: str = ""


Outcome = Paid | Declined | Waiting


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


@dataclass(frozen=True, slots=True)
class PaymentNow:
    """A payment as it is now. ``purchase`` is what it says it is for; empty when it says nothing.

    ``charge_id`` is empty while nothing was charged.
    """

    purchase: str
    is_paid: bool
    paid: Paid
    amount: Minor

    @property
    def payment_intent(self) -> str:
        """Its id."""
        return self.paid.payment_intent

    @property
    def charge_id(self) -> str:
        """What was charged last."""
        return self.paid.charge_id


class Stands(IntEnum):
    """What becomes of time by money that moved, in the order in which it may change."""

    NOTHING = 0
    """Nothing: no money has left us, as with an inquiry."""
    TAKEN = 1
    """The money went back: so does the time."""
    RESTORED = 2
    """The money came again, or never left: so does the time."""


@dataclass(frozen=True, slots=True)
class Returned:
    """Money of a payment that went back: by a refund or a dispute. ``state`` is Stripe's word.

    ``fact`` names it here; ``begun_as`` is our own refund's id, if it began here.
    """

    fact: str
    kind: str
    minor: Minor
    at: Millis
    state: str
    stands: Stands
    begun_as: str = ""

    @property
    def is_lost(self) -> bool:
        """Whether the bank has decided against us."""
        return self.kind == DISPUTE and self.state == LOST

    @property
    def is_contested(self) -> bool:
        """Whether the money was taken, and the bank has not decided yet."""
        return self.kind == DISPUTE and self.stands == Stands.TAKEN and self.state != LOST


@dataclass(frozen=True, slots=True)
class Refused:
    """What was asked for will not be done; ``reason`` is the gateway's code."""

    reason: str


@dataclass(frozen=True, slots=True)
class Recurring:
    """What is to be paid again and again; ``key`` makes beginning it twice harmless.

    ``off`` is what a promotion takes off the first payment.
    """

    key: str
    plan: str
    description: str
    amount: Minor
    currency: str
    interval: str
    count: int
    email: str
    metadata: dict[str, str]
    promotion: str
    off: Minor


@dataclass(frozen=True, slots=True)
class Started:
    """A subscription whose first payment waits for the client, who goes on by the secret."""

    subscription: str
    customer: str
    client_secret: str


@dataclass(frozen=True, slots=True)
class Invoice:
    """What one period of a subscription costs; ``plan`` is what it was for when it was made.

    ``is_held`` says that we keep it from being charged by itself.
    """

    invoice: str
    status: str
    is_renewal: bool
    attempts: int
    plan: str
    amount: Minor
    currency: str
    start: Millis
    end: Millis
    page: str
    is_held: bool


@dataclass(frozen=True, slots=True)
class Terms:
    """What a subscription costs, and until when its period lasts."""

    period_end: Millis
    amount: Minor
    currency: str


@dataclass(frozen=True, slots=True)
class SubscriptionNow:
    """A subscription as the gateway has it now.

    ``terms`` are those of its one item, or, where somebody has made it of several, of the one that
    is for our plan; None when that is not one.
    ``stopped_by`` is why it was let end with its period, where we did that for a reason of ours;
    ``canceled_at`` when anybody did so last, by the gateway's clock, 0 for never.
    """

    subscription: str
    customer: str
    status: str
    is_ending: bool
    plan: str
    terms: Terms | None
    latest: Invoice | None
    stopped_by: str
    canceled_at: Millis
