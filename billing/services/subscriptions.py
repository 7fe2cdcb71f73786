"""Subscriptions as their owners begin and change them. How they stand is looked at in ``renewals``.

The intent is recorded first, so that a subscription that began at Stripe is looked after whatever
becomes of the call. A user has one at a time.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from accounts.errors import NoSuchUser
from accounts.services.personal import email_hash, normal_email, seal
from billing.errors import (
    AlreadySubscribed,
    NoSuchSubscription,
    PaymentDisputed,
    PaymentPending,
    PurchaseRepeated,
    StripeRefused,
)
from billing.events import SubscriptionBegun
from billing.gateways import stripe_checkout
from billing.gateways import stripe_subscriptions as stripe
from billing.gateways.base import Recurring, Started
from billing.managers.purchases import Guard
from billing.models import Plan
from billing.money import least
from billing.services import promotions
from billing.services.changes import change_plan
from billing.services.disputed import is_contested
from billing.services.offers import Customer, Offer, customer_of, offer_named
from billing.services.plans import plan_on_sale
from billing.services.purchases import digest_of
from billing.services.recurring import length_of, recurring_of
from billing.services.renewals import look_at
from billing.services.repeats import look_before_subscribing, refuse_what_was_faster
from billing.subscription import Subscription
from lantern_pro import clock
from lantern_pro.jobs.events import following
from lantern_pro.store.keys import cell_of, text_id
from lantern_pro.types import Millis, PurchaseId, SubscriptionId, UserId

FIRST_LOOK_MS: Final = 5 * 60_000
CANCEL: Final = "cancel"
RESUME: Final = "resume"
MOST_TURNS: Final = 3
"""Giving way takes one turn, and another caller who was faster one more."""


@dataclass(frozen=True, slots=True)
class SubscriptionWish:
    """What a client asks to subscribe to."""

    user_id: UserId
    plan: str
    email: str
    coupon: str = ""
    way: str = ""
    country: str = ""
    insists: bool = False

    @property
    def digest(self) -> str:
        """What must be the same for two wishes to be one subscription."""
        return digest_of(f"{self.plan}|{self.coupon}|{self.way}")

    @property
    def customer(self) -> Customer:
        """What an offer depends on."""
        return customer_of(self.user_id, country=self.country, coupon=self.coupon)


def subscribe(wish: SubscriptionWish) -> Started:
    """Begin a subscription whose first payment the client makes.

    The same wish again goes on where the first was; ``AlreadySubscribed`` once one is paid.
    """
    for begun in _each_begun(wish):
        started = None if begun.at_stripe else stripe.start(_wanted(begun))
        look_at(begun.subscription_id, at_stripe=started.subscription if started else "")
        found = _unless_ended(begun)
        if found is None:
            continue
        if started is None:
            _refuse_subscribers(found)
        return started or stripe.started(begun.at_stripe)
    raise PaymentPending


def subscribe_on_page(wish: SubscriptionWish) -> str:
    """The address of the page of Stripe's on which a subscription begins."""
    for begun in _each_begun(wish):
        waiting = stripe.open_checkout(_wanted(begun), begun=clock.as_millis(begun.created))
        look_at(begun.subscription_id, checkout=waiting.pointer)
        found = _unless_ended(begun)
        if found is None:
            continue
        if found.is_unpaid_yet:
            return waiting.url
        return stripe_checkout.returning(stripe_checkout.RETURNED_PAID)
    raise PaymentPending


def _each_begun(wish: SubscriptionWish) -> Iterator[Subscription]:
    """What was begun for a wish; should it prove to have ended at Stripe, another one."""
    for _ in range(MOST_TURNS):
        yield _begun(wish)


def _unless_ended(begun: Subscription) -> Subscription | None:
    """How it stands now; None when it has ended untold, and its promotion's use is given back."""
    found = Subscription.objects.named(begun.subscription_id)
    if found.state != Subscription.State.ENDED:
        return found
    promotions.give_up(PurchaseId(found.pk))
    return None


def _begun(wish: SubscriptionWish) -> Subscription:
    """The intent, recorded; one for something else that nobody paid gives way.

    ``PaymentPending`` when it does not, because its payment is under way, or more was learnt of it.
    """
    known = Subscription.objects.open_of(wish.user_id)
    if known:
        _refuse_subscribers(known)
    guard = look_before_subscribing(wish.user_id, insists=wish.insists)
    if known and _is_for(known, wish):
        return known
    offer = offer_named(wish.plan, wish.customer)
    length_of(offer.plan)
    _refuse_what_is_never_charged(offer)
    for _ in range(MOST_TURNS):
        found = Subscription.objects.open_of(wish.user_id) or _begin(wish, offer, guard)
        if _is_for(found, wish):
            return found
        _refuse_subscribers(found)
        look_at(found.subscription_id, give_up=True)
        promotions.give_up(PurchaseId(found.pk))
    raise PaymentPending


def _refuse_what_is_never_charged(offer: Offer) -> None:
    """Stripe puts off a first invoice that is for less than it charges: that would be for nothing.

    https://docs.stripe.com/currencies#minimum-and-maximum-charge-amounts
    """
    if offer.promotion and offer.price < least(offer.plan.currency):
        raise StripeRefused(field="plan", details={"reason": "amount_too_small"})


def _is_for(found: Subscription, wish: SubscriptionWish) -> bool:
    """Whether it waits for its first payment, and was begun for this very wish."""
    age = clock.now() - clock.as_millis(found.created)
    is_same = found.is_unpaid_yet and found.wish == wish.digest
    return is_same and age <= stripe_checkout.OPEN_MS


def _refuse_subscribers(found: Subscription) -> None:
    if not found.is_unpaid_yet:
        raise AlreadySubscribed(details={"plan": found.plan, "state": found.state})


def _begin(wish: SubscriptionWish, offer: Offer, guard: Guard) -> Subscription:
    """Record it, unless the user has another by now; a use of its promotion is held before."""
    now, user_id = clock.now(), wish.user_id
    fresh = _id_of_next(user_id, offer, now)
    use = PurchaseId(fresh)
    if offer.promotion is None:
        return _record(wish, offer, fresh, now, guard)
    held = promotions.hold(offer.promotion, purchase_id=use, user_id=user_id)
    begun: Subscription | None = None
    try:
        begun = _record(wish, offer, fresh, now, guard._replace(hold_until=held.until))
    except (PurchaseRepeated, NoSuchUser):
        promotions.give_back(offer.promotion.pk, held, purchase_id=use, user_id=user_id)
        raise
    if begun.pk != fresh:
        promotions.give_back(offer.promotion.pk, held, purchase_id=use, user_id=user_id)
    return begun


def _id_of_next(user_id: UserId, offer: Offer, now: Millis) -> SubscriptionId:
    """The id of a subscription that is to begin.

    By a promotion it is the same until one has begun: whoever died when a use was held for it is
    followed by a call that has that very use.
    """
    name = f"s{now}"
    if offer.promotion:
        name = f"s{len(Subscription.objects.ids_of(user_id))}-{offer.promotion.pk}"
    return SubscriptionId(text_id(cell_of(user_id), f"{user_id}.{name}"))


def _record(
    wish: SubscriptionWish, offer: Offer, fresh: SubscriptionId, now: Millis, guard: Guard
) -> Subscription:
    address = normal_email(wish.email) if wish.email else ""
    promoted = {
        "promotion": offer.promotion.pk if offer.promotion else "",
        "promotion_months": str(offer.promoted.months),
        "first_minor": str(offer.price),
    }
    try:
        kept = Subscription.objects.begin(
            subscription_id=fresh,
            user_id=wish.user_id,
            now=now,
            check_at=Millis(now + FIRST_LOOK_MS),
            intent={
                "plan": offer.plan.pk,
                "description": offer.plan.description,
                "amount_minor": str(offer.plan.price_minor),
                "currency": offer.plan.currency,
                **promoted,
                "way": wish.way,
                "wish": wish.digest,
                "email_sealed": seal(address) if address else "",
                "email_hash": email_hash(address) if address else "",
            },
            follow=following(SubscriptionBegun(cell_of(fresh), fresh)),
            guard=guard,
        )
    except PurchaseRepeated:
        refuse_what_was_faster(wish.user_id)
    return Subscription.objects.named(kept)


def _wanted(found: Subscription) -> Recurring:
    return recurring_of(Plan.objects.get(pk=found.plan), found)


def _paid(user_id: UserId) -> Subscription:
    found = Subscription.objects.open_of(user_id)
    if found is None or not found.at_stripe or found.is_unpaid_yet:
        raise NoSuchSubscription
    return found


def update_subscription(user_id: UserId, wanted: str) -> Subscription:
    """Let it end with its period (``cancel``), go on after all (``resume``), or be another plan."""
    found = _paid(user_id)
    try:
        if wanted != CANCEL:
            _refuse_disputed(found)
        if wanted in {CANCEL, RESUME}:
            stripe.set_ending(found.at_stripe, ends=wanted == CANCEL)
        else:
            plan = plan_on_sale(wanted)
            length_of(plan)
            change_plan(found, plan)
    except StripeRefused as refused:
        look_at(found.subscription_id)
        if Subscription.objects.named(found.subscription_id).state == Subscription.State.ENDED:
            raise NoSuchSubscription from refused
        raise
    look_at(found.subscription_id)
    return Subscription.objects.named(found.subscription_id)


def _refuse_disputed(found: Subscription) -> None:
    """Nothing is charged while a bank decides, whatever the owner would have go on, or begin.

    Without the customer, which the first look tells, Stripe would tell of everybody's charges.
    """
    if is_contested(found.customer or stripe.subscription_now(found.at_stripe).customer):
        raise PaymentDisputed


def portal_of(user_id: UserId) -> str:
    """The address of the page on which the user sees to their subscription."""
    return stripe.open_portal(_paid(user_id).customer)
