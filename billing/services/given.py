"""What is given here, to be held against Stripe: the other way round than Stripe's lists."""

from collections.abc import Callable
from typing import Final, TypeVar

from billing.gateways.stripe_lists import Listed, Page
from billing.managers import reconciliation as kept
from billing.models import Purchase, Subscription
from billing.services.intents import RESELLER
from billing.services.strays import NOTHING_DUE
from lantern_pro import clock
from lantern_pro.types import Millis, Minor, PurchaseId, SubscriptionId

Id = TypeVar("Id", PurchaseId, SubscriptionId)
PAGE: Final = 10
"""Each on it is a question to Stripe, so that a page is short."""


def _pages_of(
    begun_between: Callable[..., tuple[list[Id], str]], held: Callable[[Id], Listed | None]
) -> Callable[..., Page]:
    """What walks over rows of ours, a page at a time, and passes by what is not ``held``."""

    def page(*, since: Millis, until: Millis, after: str) -> Page:
        found, next_page = begun_between(since, until, after=after, most=PAGE)
        return Page([each for each in map(held, found) if each], next_page)

    return page


def given(purchase_id: PurchaseId) -> Listed | None:
    """A purchase as something to be held against Stripe; None when it is not paid there."""
    found = Purchase.objects.filter(pk=purchase_id).first()
    if found is None or found.state != Purchase.State.PAID or found.provider == RESELLER:
        return None
    payment_intent = found.payment_intent or NOTHING_DUE
    if payment_intent.startswith(NOTHING_DUE):
        return None
    return Listed(
        object_id=payment_intent,
        created=clock.as_millis(found.created),
        payment_intent=payment_intent,
        charge_id=found.charge_id or "",
        purchase=found.pk,
        amount=Minor(found.amount_minor),
        is_kept=True,
        returned=None,
    )


def going_on(subscription_id: SubscriptionId) -> Listed | None:
    """A subscription as something to be held against Stripe; None when it does not go on here."""
    found = Subscription.objects.filter(pk=subscription_id).first()
    if found is None or found.state == Subscription.State.ENDED or not found.at_stripe:
        return None
    if not found.has_owner:
        return None
    return Listed(
        object_id=found.at_stripe,
        created=clock.as_millis(found.created),
        payment_intent="",
        charge_id="",
        purchase=found.pk,
        amount=Minor(0),
        is_kept=True,
        returned=None,
    )


purchases_given: Final = _pages_of(kept.purchases_between, given)
"""Pages of purchases that are paid by a payment of Stripe's, as they stand here."""
subscriptions_that_go_on: Final = _pages_of(kept.subscriptions_between, going_on)
"""Pages of subscriptions that go on here, as they stand here."""
