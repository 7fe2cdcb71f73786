"""Buying Pro, in three phases: the intent is recorded, Stripe is asked, the outcome is recorded.

The client's call, the webhook and the job for purchases left open all run the second and third
phase (``settle``). They may do so at once and as often as they like: Stripe gets one key for one
purchase, and the last script has its effect once.
"""

import hashlib
from dataclasses import dataclass

from django.conf import settings

from accounts.errors import NoSuchUser
from billing.errors import (
    CardDeclined,
    MissingPaymentSource,
    PaymentPending,
    PurchaseRepeated,
    UnsupportedProvider,
    WrongCurrency,
)
from billing.events import PaymentUnclear, PromotionUsed, PurchaseBegun, PurchaseCompleted
from billing.gateways.base import Declined, Outcome, Paid, Waiting
from billing.managers import Guard
from billing.models import Purchase
from billing.services import promotions
from billing.services.asking import CHECKOUT, INVOICE, ask_stripe
from billing.services.intents import RESELLER, person
from billing.services.offers import Offer, customer_of, offer_named
from billing.services.overtaken import overtaken_by
from billing.services.repeats import look_before, refuse_what_was_faster
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.events import Event, following
from lantern_pro.jobs.job import Fence, LeasedJob, NewJob
from lantern_pro.store.keys import cell_of, text_id
from lantern_pro.types import JobId, Millis, PurchaseId, UserId
from referrals.services.bonuses import INVITED_FACT, bonus_months


@dataclass(frozen=True, slots=True)
class Wish:
    """What a client asks to buy."""

    user_id: UserId
    device_id: str
    device_name: str
    plan: str
    currency: str
    provider: str
    token: str
    payment_method: str
    email: str
    idempotency_key: str
    country: str = ""
    coupon: str = ""
    way: str = ""
    insists: bool = False

    @property
    def source(self) -> str:
        """Where the money comes from: Stripe's token or payment method."""
        return self.token or self.payment_method

    @property
    def key(self) -> str:
        """What the client says is one purchase; a token serves, because it pays only once."""
        return self.idempotency_key or self.token

    @property
    def digest(self) -> str:
        """What must be the same for two wishes with one key to be one purchase."""
        told = [self.plan, self.source, *filter(None, [self.coupon, self.way])]
        return digest_of("|".join(told))


@dataclass(frozen=True, slots=True)
class Settled:
    """A purchase that is paid, or waits for its buyer; then ``waiting`` says by what they go on."""

    purchase: Purchase
    waiting: Waiting | None = None


def purchase(wish: Wish) -> Settled:
    """Buy a plan: it is paid, or its buyer has to go on at their bank or on Stripe's page.

    The same wish again, by its idempotency key, joins the first, whatever has become of the plan
    since. ``CardDeclined`` when it is declined; ``PaymentPending`` while Stripe has not told the
    outcome.
    """
    _check(wish)
    purchase_id = purchase_id_of(wish.user_id, wish.key)
    if not Purchase.objects.was_begun(purchase_id, digest=wish.digest):
        customer = customer_of(wish.user_id, country=wish.country, coupon=wish.coupon)
        offer = offer_named(wish.plan, customer)
        currency = offer.plan.currency
        if wish.currency and wish.currency.lower() != currency:
            raise WrongCurrency(field="currency", details={"currency": currency})
        _begin(wish, offer, purchase_id)
    try:
        return settle(purchase_id)
    except PaymentPending as pending:
        raise PaymentPending(waits_for=_ask_on(purchase_id)) from pending


def _ask_on(purchase_id: PurchaseId) -> JobId:
    """Have the outcome asked about from now on, not only in a minute; the job that does it."""
    [asking] = following(PaymentUnclear(cell_of(purchase_id), purchase_id))
    ledger.stage(asking)
    return asking.job_id


def _check(wish: Wish) -> None:
    if wish.provider != "stripe":
        raise UnsupportedProvider(field="provider", details={"supported": ["stripe", RESELLER]})
    if not (wish.source or wish.way):
        raise MissingPaymentSource(field="stripeToken")
    if not wish.key:
        raise MissingPaymentSource(field="idempotencyKey")


def _begin(wish: Wish, offer: Offer, purchase_id: PurchaseId) -> None:
    """Phase one: record the intent, with a job that settles it should we not come back."""
    guard = look_before(wish.user_id, purchase_id, insists=wish.insists, way=wish.way)
    intent = {
        **offer.intent,
        "provider": wish.provider,
        "source": wish.source,
        "way": wish.way,
        **person(wish.device_id, wish.device_name, wish.email),
        "reason": "",
    }
    if offer.promotion is None:
        _record_intent(wish, purchase_id, intent, guard)
        return
    held = promotions.hold(offer.promotion, purchase_id=purchase_id, user_id=wish.user_id)
    try:
        _record_intent(wish, purchase_id, intent, guard._replace(hold_until=held.until))
    except (PurchaseRepeated, NoSuchUser):
        promotions.give_back(
            offer.promotion.pk, held, purchase_id=purchase_id, user_id=wish.user_id
        )
        raise


def _record_intent(
    wish: Wish, purchase_id: PurchaseId, intent: dict[str, str], guard: Guard
) -> None:
    try:
        Purchase.objects.begin(
            purchase_id=purchase_id,
            user_id=wish.user_id,
            now=clock.now(),
            intent=intent,
            digest=wish.digest,
            follow=following(PurchaseBegun(cell_of(purchase_id), purchase_id)),
            guard=guard,
        )
    except PurchaseRepeated:
        refuse_what_was_faster(wish.user_id)


def purchase_id_of(user_id: UserId, key: str) -> PurchaseId:
    """The id that a user's idempotency key gives a purchase."""
    return PurchaseId(text_id(cell_of(user_id), f"{user_id}.{digest_of(key)[:20]}"))


def buyer_of(purchase_id: PurchaseId) -> UserId:
    """The buyer, whom the id names."""
    return UserId(int(purchase_id.split(".")[1]))


def settle(
    purchase_id: PurchaseId, *, job: LeasedJob | None = None, closing: bool = False
) -> Settled:
    """Phases two and three: learn the outcome from Stripe, and record it.

    Who is ``closing`` it waits for no buyer any longer.
    """
    found = Purchase.objects.named(purchase_id)
    if found.is_open:
        outcome = _outcome_of(found, job, closing=closing)
        _record(found, outcome, job.fence if job else None)
        found = Purchase.objects.named(purchase_id)
        if isinstance(outcome, Waiting) and found.is_open:
            return Settled(found, outcome)
    elif job:
        # What followed was staged when it ended, perhaps so long ago that those jobs are forgotten.
        ledger.complete(job.fence)
    if found.state == Purchase.State.DECLINED:
        raise CardDeclined(details={"reason": found.reason})
    return Settled(found)


def _outcome_of(found: Purchase, job: LeasedJob | None, *, closing: bool) -> Outcome:
    """How it ended: what was paid for elsewhere is paid, the rest is asked of Stripe."""
    if found.provider == RESELLER:
        return Paid(found.source, "")
    return ask_stripe(found, job, closing=closing)


def _record(found: Purchase, outcome: Outcome, fence: Fence | None) -> None:
    match outcome:
        case Waiting(pointer):
            Purchase.objects.await_buyer(purchase_id=found.purchase_id, at_stripe=pointer)
        case Declined(reason):
            Purchase.objects.decline(
                purchase_id=found.purchase_id, now=clock.now(), reason=reason, fence=fence
            )
        case Paid(payment_intent, charge_id, charged_at):
            Purchase.objects.complete(
                purchase_id=found.purchase_id,
                user_id=found.buyer,
                now=clock.now(),
                paid_at=_counts_from(found, charged_at),
                device_limit=settings.DEVICE_LIMIT,
                payment_intent=payment_intent,
                charge_id=charge_id,
                bonus_months=bonus_months(found.months),
                bonus_fact=INVITED_FACT,
                fence=fence,
                follow=_follows_payment(found),
            )


def _counts_from(found: Purchase, charged_at: Millis) -> Millis:
    """From when on a purchase gives its time: its beginning, or its charge, when that came later.

    A fact at Stripe, and not when anybody learnt of it: so it is the same whoever tells. A renewal
    begins with the period of its invoice, however late that is paid.
    """
    begun = clock.as_millis(found.created)
    return begun if found.way == INVOICE else max(begun, charged_at)


def _follows_payment(found: Purchase) -> tuple[NewJob, ...]:
    cell = cell_of(found.purchase_id)
    completed = PurchaseCompleted(
        cell=cell,
        purchase_id=found.purchase_id,
        user_id=found.buyer,
        plan=found.plan,
        months=found.months,
    )
    happened: list[Event] = [completed, *overtaken_by(found)]
    if found.promotion:
        happened.append(PromotionUsed(cell, found.promotion, promotions.use_of(found)))
    return tuple(job for event in happened for job in following(event))


def adopt(purchase_id: PurchaseId, paid: Paid) -> Purchase:
    """Record that a purchase is paid, as Stripe tells of a payment that says it is for it.

    Whatever was thought of it before: declined, or not known. What is paid stays as it was paid.
    """
    found = Purchase.objects.named(purchase_id)
    if found.state != Purchase.State.PAID:
        _record(found, paid, None)
        found = Purchase.objects.named(purchase_id)
    return found


def settle_by_job(purchase_id: PurchaseId, job: LeasedJob, *, closing: bool = False) -> None:
    """Settle a purchase for a job: a decline is an outcome like another.

    ``PaymentPending`` while the buyer is waited for, or the payment is under way: the job asks
    again, ever less often. To close it is no reason to ask for a payment that nobody knows of yet;
    to learn what page was opened for it asks for no money.
    """
    if closing:
        found = Purchase.objects.named(purchase_id)
        if found.state == Purchase.State.BEGUN and found.way != CHECKOUT:
            raise PaymentPending
    try:
        settled = settle(purchase_id, job=job, closing=closing)
    except CardDeclined:
        return
    if settled.waiting:
        raise PaymentPending


def digest_of(text: str) -> str:
    """The digest of what makes two wishes the same purchase."""
    return hashlib.sha256(text.encode()).hexdigest()
