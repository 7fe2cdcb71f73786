"""What happens in billing."""

from dataclasses import dataclass

from lantern_pro.jobs.events import Event
from lantern_pro.types import PurchaseId, SubscriptionId, UserId


@dataclass(frozen=True, slots=True)
class PurchaseBegun(Event):
    """The intent to pay is recorded; Stripe has not been asked yet."""

    purchase_id: PurchaseId


@dataclass(frozen=True, slots=True)
class StripeEventTaken(Event):
    """An event of Stripe's came for the first time; it is kept as a pointer."""

    event_id: str
    type: str
    object_id: str


@dataclass(frozen=True, slots=True)
class PaymentReported(Event):
    """Stripe told that a payment has moved; ``cell`` is the event's, not the purchase's."""

    purchase_id: PurchaseId


@dataclass(frozen=True, slots=True)
class ReceiptAskedFor(Event):
    """Somebody wants the receipt of a purchase once more; ``at`` tells one asking from the next."""

    purchase_id: PurchaseId
    at: int


@dataclass(frozen=True, slots=True)
class MoneyReturned(Event):
    """Money of a purchase went back, or is disputed; ``fact`` is who told: an event, a refund."""

    purchase_id: PurchaseId
    payment_intent: str
    fact: str


@dataclass(frozen=True, slots=True)
class PaymentFound(Event):
    """Stripe has a payment as paid whose purchase is not; ``cell`` is that of whoever found it."""

    purchase_id: PurchaseId
    payment_intent: str


@dataclass(frozen=True, slots=True)
class RefundBegun(Event):
    """Staff want to give money back; the intent is recorded, and Stripe has not been asked yet."""

    purchase_id: PurchaseId
    refund_id: str


@dataclass(frozen=True, slots=True)
class PaymentUnclear(Event):
    """Stripe was asked, and did not tell the outcome yet."""

    purchase_id: PurchaseId


@dataclass(frozen=True, slots=True)
class PurchaseOvertaken(Event):
    """Its buyer has paid for another purchase, and could still pay for this one as well."""

    purchase_id: PurchaseId


@dataclass(frozen=True, slots=True)
class SubscriptionOvertaken(Event):
    """Its owner has paid for a purchase, and could still make its first payment as well."""

    subscription_id: SubscriptionId


@dataclass(frozen=True, slots=True)
class PromotionHeld(Event):
    """A use of a promotion is held for a purchase that has not begun; ``at`` is when, ms."""

    promotion: str
    purchase_id: PurchaseId
    at: int


@dataclass(frozen=True, slots=True)
class PromotionUsed(Event):
    """A purchase by a promotion was paid; ``cell`` is the purchase's, not the promotion's."""

    promotion: str
    purchase_id: PurchaseId


@dataclass(frozen=True, slots=True)
class ResellerCodeRedeemed(Event):
    """A code became a user's; ``cell`` is the code's, and what it gives follows in the user's."""

    code_id: str
    user_id: UserId


@dataclass(frozen=True, slots=True)
class PurchaseCompleted(Event):
    """A purchase was paid for, and the buyer has their Pro time."""

    purchase_id: PurchaseId
    user_id: UserId
    plan: str
    months: int


@dataclass(frozen=True, slots=True)
class SubscriptionBegun(Event):
    """The intent of a subscription is recorded; Stripe has not been asked yet."""

    subscription_id: SubscriptionId


@dataclass(frozen=True, slots=True)
class SubscriptionMoved(Event):
    """Something told of a subscription, or it is time to ask; ``fact`` names the occasion."""

    subscription_id: SubscriptionId
    fact: str


@dataclass(frozen=True, slots=True)
class SubscriptionDisputed(Event):
    """A bank has opened, moved or decided the dispute of a payment; ``fact`` is how all stand."""

    subscription_id: SubscriptionId
    fact: str


@dataclass(frozen=True, slots=True)
class PlanChangeBegun(Event):
    """A subscription is to be another plan; Stripe has not been asked yet. ``key`` names it."""

    subscription_id: SubscriptionId
    key: str


@dataclass(frozen=True, slots=True)
class RenewalFailed(Event):
    """A renewal could not be paid, at the attempt of this number."""

    subscription_id: SubscriptionId
    invoice: str
    attempt: int


@dataclass(frozen=True, slots=True)
class SubscriptionEnded(Event):
    """A subscription that was paid before has ended."""

    subscription_id: SubscriptionId
