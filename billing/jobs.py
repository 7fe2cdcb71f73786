"""What follows from purchases, and what makes sure that each one ends."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from billing.errors import StripeUnreachable
from billing.services import erasure, refunds, returns, webhooks
from billing.services.asking import PAYING
from billing.services.purchases import buyer_of, settle_by_job
from billing.services.receipts import send_receipt
from billing.services.stripe_handlers import Hint
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import Done, JobArguments, LeasedJob
from lantern_pro.jobs.lanes import Lane
from lantern_pro.jobs.registry import Retry, job
from lantern_pro.mail.sending import PHASES, RETRY
from lantern_pro.types import PurchaseId, UserId

STRIPE_RETRY: Final = Retry(attempts=40, outlasts=(StripeUnreachable,))
"""For jobs that ask Stripe: when it is back, whatever waited for it goes on by itself."""
SETTLE_RETRY: Final = Retry(wait_ms=1_000, outlasts=(StripeUnreachable,))


@dataclass(frozen=True, slots=True)
class SettlePurchase(JobArguments):
    """Learn from Stripe how a purchase ended, and record it; ``closing`` waits for no buyer."""

    kind: ClassVar[str] = "settle_purchase"
    purchase_id: PurchaseId
    closing: int = 0

    @property
    def about(self) -> int:
        """The buyer."""
        return buyer_of(self.purchase_id)


@dataclass(frozen=True, slots=True)
class HandleStripeEvent(JobArguments):
    """Look anew at what an event of Stripe's names, and stage what follows from how it is now."""

    kind: ClassVar[str] = "handle_stripe_event"
    event_id: str
    type: str
    object_id: str


@dataclass(frozen=True, slots=True)
class FollowReturns(JobArguments):
    """Look at all that of a purchase's money went back, and take the time that it had given."""

    kind: ClassVar[str] = "follow_returns"
    purchase_id: PurchaseId
    payment_intent: str

    @property
    def about(self) -> int:
        """The buyer."""
        return buyer_of(self.purchase_id)


@dataclass(frozen=True, slots=True)
class SettleRefund(JobArguments):
    """Have Stripe give money back, as staff want it, and record what came of it."""

    kind: ClassVar[str] = "settle_refund"
    purchase_id: PurchaseId
    refund_id: str

    @property
    def about(self) -> int:
        """The buyer."""
        return buyer_of(self.purchase_id)


@dataclass(frozen=True, slots=True)
class SendReceipt(JobArguments):
    """Mail the receipt of a purchase; with ``asked`` because somebody asked for it."""

    kind: ClassVar[str] = "send_receipt"
    purchase_id: PurchaseId
    asked: int = 0

    @property
    def about(self) -> int:
        """The buyer."""
        return buyer_of(self.purchase_id)


@dataclass(frozen=True, slots=True)
class ForgetPurchases(JobArguments):
    """A user was erased: of their purchases the accounting record stays, here and at Stripe."""

    kind: ClassVar[str] = "forget_purchases"
    user_id: UserId


@job(SettlePurchase, lane=Lane.VENDOR, phases=(PAYING,), retry=SETTLE_RETRY)
def settle_purchase(leased: LeasedJob, arguments: SettlePurchase) -> None:
    """Settle the purchase."""
    settle_by_job(arguments.purchase_id, leased, closing=bool(arguments.closing))


@job(HandleStripeEvent, lane=Lane.VENDOR, phases=(webhooks.LOOKING,), retry=STRIPE_RETRY)
def handle_stripe_event(leased: LeasedJob, arguments: HandleStripeEvent) -> Done:
    """Look, and stage what follows."""
    hint = Hint(arguments.event_id, arguments.object_id, leased.cell)
    happened = webhooks.look_at(arguments.type, hint, leased)
    return Done([job for event in happened for job in following(event)])


@job(FollowReturns, lane=Lane.VENDOR, phases=(returns.LOOKING,), retry=STRIPE_RETRY)
def follow_returns(leased: LeasedJob, arguments: FollowReturns) -> None:
    """Look, and take or restore."""
    returns.follow_returns(arguments.purchase_id, arguments.payment_intent, leased)


@job(SettleRefund, lane=Lane.VENDOR, phases=(refunds.REFUNDING,), retry=STRIPE_RETRY)
def settle_refund(leased: LeasedJob, arguments: SettleRefund) -> None:
    """Give the money back."""
    refunds.settle_refund_by_job(arguments.purchase_id, arguments.refund_id, leased)


@job(SendReceipt, lane=Lane.MAIL, phases=PHASES, retry=RETRY)
def mail_receipt(leased: LeasedJob, arguments: SendReceipt) -> None:
    """Mail the receipt."""
    send_receipt(arguments.purchase_id, leased, asked=bool(arguments.asked))


@job(
    ForgetPurchases,
    lane=Lane.VENDOR,
    phases=(erasure.FORGETTING,),
    retry=replace(STRIPE_RETRY, attempts=100),
)
def forget_purchases(leased: LeasedJob, arguments: ForgetPurchases) -> None:
    """Leave the accounting record."""
    erasure.forget_purchases(arguments.user_id, leased)
