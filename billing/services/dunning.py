"""Mails about a subscription that was not paid, or has ended."""

from accounts.models import User
from accounts.services.mailing import mail_user
from accounts.services.personal import unseal
from billing.errors import NoSuchSubscription
from billing.gateways import stripe_subscriptions as stripe
from billing.mails import renewal_failed_letter, subscription_ended_letter
from billing.subscription import Subscription
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import LeasedJob
from lantern_pro.types import Millis, SubscriptionId


def mail_renewal_failed(subscription_id: SubscriptionId, job: LeasedJob) -> None:
    """Tell that a card could not be charged, with the page to pay on, if that is still so."""
    found, address = _whom(subscription_id)
    if found is None or not address or found.state != Subscription.State.PAST_DUE:
        ledger.complete(job.fence)
        return
    latest = stripe.subscription_now(found.at_stripe).latest
    if latest is None or latest.status != "open":
        ledger.complete(job.fence)
        return
    page, price, until = latest.page, found.price, _until(found)
    mail_user(
        job,
        user_id=found.subscriber,
        to=address,
        letter=lambda: renewal_failed_letter(price=price, page=page, until=until),
    )


def mail_subscription_ended(subscription_id: SubscriptionId, job: LeasedJob) -> None:
    """Tell that a subscription has ended, and until when its owner is Pro."""
    found, address = _whom(subscription_id)
    if found is None or not address:
        ledger.complete(job.fence)
        return
    until = _until(found)
    mail_user(
        job,
        user_id=found.subscriber,
        to=address,
        letter=lambda: subscription_ended_letter(until=until),
    )


def _whom(subscription_id: SubscriptionId) -> tuple[Subscription | None, str]:
    try:
        found = Subscription.objects.named(subscription_id)
    except NoSuchSubscription:
        return None, ""
    account = User.objects.get_account(found.subscriber)
    own = unseal(account.row.get("email_sealed", "")) if account else ""
    return found, found.email or own


def _until(found: Subscription) -> str:
    account = User.objects.get_account(found.subscriber)
    expiration = int(account.row.get("expiration", "0")) if account else 0
    return clock.as_datetime(Millis(expiration)).strftime("%Y-%m-%d")
