"""Looking at subscriptions when something tells of them, or the clock does; and their mails."""

from dataclasses import dataclass, replace
from typing import ClassVar, Final

from billing.events import SubscriptionMoved
from billing.jobs import STRIPE_RETRY
from billing.services import dunning, renewals
from billing.subscription import Subscription
from lantern_pro import clock
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import JobArguments, LeasedJob
from lantern_pro.jobs.lanes import Lane
from lantern_pro.jobs.registry import job
from lantern_pro.jobs.schedule import periodic
from lantern_pro.mail.sending import PHASES, RETRY
from lantern_pro.types import Cell, Millis, SubscriptionId

AT_ONCE: Final = 100
"""How many one look of the clock stages; the next takes the others."""
LOOK_AGAIN_MS: Final = 6 * 60 * 60_000
"""When a look is repeated that came to nothing: after all tries of its job have failed."""
MAIL_RETRY: Final = replace(RETRY, outlasts=STRIPE_RETRY.outlasts)
"""Stripe is asked for the page to pay on."""


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
    """Ask Stripe how a subscription stands, give what was paid for, and record it.

    ``closing`` ends one that waits for its first payment.
    """

    kind: ClassVar[str] = "look_at_subscription"
    closing: int = 0


@dataclass(frozen=True, slots=True)
class MailRenewalFailed(OfSubscription):
    """Tell the owner that a renewal could not be paid."""

    kind: ClassVar[str] = "mail_renewal_failed"


@dataclass(frozen=True, slots=True)
class MailSubscriptionEnded(OfSubscription):
    """Tell the owner that their subscription has ended."""

    kind: ClassVar[str] = "mail_subscription_ended"


@job(LookAtSubscription, lane=Lane.VENDOR, phases=(renewals.LOOKING,), retry=STRIPE_RETRY)
def look_at_subscription(leased: LeasedJob, arguments: LookAtSubscription) -> None:
    """Look."""
    renewals.look_by_job(arguments.subscription_id, leased, closing=bool(arguments.closing))


@job(MailRenewalFailed, lane=Lane.MAIL, phases=PHASES, retry=MAIL_RETRY)
def mail_renewal_failed(leased: LeasedJob, arguments: MailRenewalFailed) -> None:
    """Mail it."""
    dunning.mail_renewal_failed(arguments.subscription_id, leased)


@job(MailSubscriptionEnded, lane=Lane.MAIL, phases=PHASES, retry=RETRY)
def mail_subscription_ended(leased: LeasedJob, arguments: MailSubscriptionEnded) -> None:
    """Mail it."""
    dunning.mail_subscription_ended(arguments.subscription_id, leased)


@periodic
def look_for_due_subscriptions(cell: Cell) -> None:
    """Have those looked at of which nobody has told for too long.

    Each is put off as its look is staged: one whose look comes to nothing keeps no other from its
    turn, and is looked at once more, by another job, when it is due again.
    """
    now = clock.now()
    for subscription_id, since in Subscription.objects.due(cell, now=now, most=AT_ONCE):
        Subscription.objects.put_off(
            subscription_id,
            since=since,
            until=Millis(now + LOOK_AGAIN_MS),
            follow=following(SubscriptionMoved(cell, subscription_id, str(since))),
        )
