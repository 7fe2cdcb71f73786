"""Looking at subscriptions when something tells of them, or the clock does; and their mails."""

from dataclasses import dataclass
from typing import ClassVar, Final

from billing.events import SubscriptionMoved
from billing.services import dunning, renewals
from billing.subscription import Subscription
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import JobArguments, LeasedJob
from lantern_pro.jobs.lanes import Lane
from lantern_pro.jobs.registry import Retry, job
from lantern_pro.jobs.schedule import periodic
from lantern_pro.mail.sending import PHASES, RETRY
from lantern_pro.types import Cell, SubscriptionId

AT_ONCE: Final = 100
"""How many one look of the clock stages; the next takes the others."""


@dataclass(frozen=True, slots=True)
class OfSubscription(JobArguments):
    """Arguments of a job about one subscription."""

    kind: ClassVar[str] = ""
    subscription_id: SubscriptionId

    @property
    def about(self) -> int:
        """The subscriber, whom the id names."""
        return int(self.subscription_id.split(".")[1])


@dataclass(frozen=True, slots=True)
class LookAtSubscription(OfSubscription):
    """Ask Stripe how a subscription stands, give what was paid for, and record it."""

    kind: ClassVar[str] = "look_at_subscription"


@dataclass(frozen=True, slots=True)
class MailRenewalFailed(OfSubscription):
    """Tell the owner that a renewal could not be paid."""

    kind: ClassVar[str] = "mail_renewal_failed"


@dataclass(frozen=True, slots=True)
class MailSubscriptionEnded(OfSubscription):
    """Tell the owner that their subscription has ended."""

    kind: ClassVar[str] = "mail_subscription_ended"


@job(LookAtSubscription, lane=Lane.VENDOR, phases=(renewals.LOOKING,), retry=Retry(attempts=40))
def look_at_subscription(leased: LeasedJob, arguments: LookAtSubscription) -> None:
    """Look."""
    renewals.look_by_job(arguments.subscription_id, leased)


@job(MailRenewalFailed, lane=Lane.MAIL, phases=PHASES, retry=RETRY)
def mail_renewal_failed(leased: LeasedJob, arguments: MailRenewalFailed) -> None:
    """Mail it."""
    dunning.mail_renewal_failed(arguments.subscription_id, leased)


@job(MailSubscriptionEnded, lane=Lane.MAIL, phases=PHASES, retry=RETRY)
def mail_subscription_ended(leased: LeasedJob, arguments: MailSubscriptionEnded) -> None:
    """Mail it."""
    dunning.mail_subscription_ended(arguments.subscription_id, leased)


@periodic
def look_for_due_subscriptions(cell: Cell) -> None:
    """Have those looked at of which nobody has told for too long."""
    for subscription_id, since in Subscription.objects.due(cell, now=clock.now(), most=AT_ONCE):
        ledger.stage(*following(SubscriptionMoved(cell, subscription_id, str(since))))
