"""Which promotions apply, and taking a use of one for a purchase: never more than it is for.

The uses are counted in the catalogue's cell and a purchase begins in its buyer's, so there are two
steps. A use is held for some minutes; the purchase begins by it within that time or not at all; and
a job gives it back when nothing came of it.
"""

from collections.abc import Iterable
from enum import Enum, auto
from typing import Final

from billing import rules
from billing.errors import NotFirstPurchase, PaymentPending, WrongCoupon
from billing.events import PromotionHeld
from billing.managers.promotions import (
    CATALOGUE_CELL,
    HasAnother,
    Hold,
    hold_promotion,
    keep_promotion,
    release_promotion,
    uses_of,
)
from billing.models import Promotion, Purchase, Subscription
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.events import following
from lantern_pro.jobs.job import LeasedJob
from lantern_pro.types import Millis, PurchaseId, UserId

HOLD_MS: Final = 5 * 60 * 1000
"""How long a use is held for a purchase to begin: far longer than it takes."""
MARGIN_MS: Final = 60 * 1000
"""By how much the clocks of two Redis servers may differ."""
RELEASE_AFTER_MS: Final = HOLD_MS + 2 * MARGIN_MS
"""When it is looked at what came of a hold."""
GRACE_MS: Final = 60 * 60 * 1000
"""How long after its end a promotion is still given to who was shown it."""


def normal_code(written: str) -> str:
    """A code as people type it: any case, with spaces."""
    return "".join(written.upper().split())


def running(*, country: str, has_bought: bool, code: str, at: Millis) -> list[Promotion]:
    """What a customer may be offered now, by itself or by the code that they gave."""
    codes = {"", normal_code(code)}
    found = [
        promotion
        for promotion in Promotion.objects.filter(on=True)
        if (promotion.code or "") in codes
        and promotion.runs(at)
        and is_for_country(promotion, country)
        and not (promotion.first_purchase and has_bought)
    ]
    taken = uses_of([each.pk for each in found if each.uses_limit])
    return [each for each in found if not each.uses_limit or taken[each.pk] < each.uses_limit]


def with_code(written: str) -> Promotion:
    """The promotion that a code is for; ``WrongCoupon`` when there is none."""
    code = normal_code(written)
    found: Promotion | None = Promotion.objects.filter(code=code).first() if code else None
    if found is None or not found.runs(clock.now()):
        raise WrongCoupon(field="couponCode")
    return found


def is_for_country(promotion: Promotion, country: str) -> bool:
    """Whether it is offered in a country."""
    return rules.is_among(country, rules.read_countries(promotion.countries or ""))


def hold(promotion: Promotion, *, purchase_id: PurchaseId, user_id: UserId) -> Hold:
    """Take a use for a purchase, which must begin before the hold's end.

    ``PromotionOver`` when none is left; ``NotFirstPurchase`` when the buyer has had such an offer.
    """
    outcome = _hold(promotion, purchase_id, user_id)
    if isinstance(outcome, HasAnother) and give_up(outcome.purchase_id):
        outcome = _hold(promotion, purchase_id, user_id)
    if isinstance(outcome, HasAnother):
        raise NotFirstPurchase(field="plan")
    return outcome


def _hold(promotion: Promotion, purchase_id: PurchaseId, user_id: UserId) -> Hold | HasAnother:
    now = clock.now()
    return hold_promotion(
        promotion.pk,
        purchase_id=purchase_id,
        user_id=user_id,
        now=now,
        grace_ms=GRACE_MS,
        hold_ms=HOLD_MS,
        follow=following(PromotionHeld(CATALOGUE_CELL, promotion.pk, purchase_id, now)),
    )


def give_back(promotion: str, held: Hold, *, purchase_id: PurchaseId, user_id: UserId) -> None:
    """Give a use back at once whose purchase was refused, and which no other call of it has."""
    if not held.is_shared:
        release_promotion(
            promotion,
            purchase_id=purchase_id,
            user_id=user_id,
            is_over=True,
            margin_ms=MARGIN_MS,
            fence=None,
            only=held,
        )


def give_up(purchase_id: PurchaseId) -> bool:
    """Give back at once the use of what came to nothing; False when it did not, or not yet."""
    found = _found(purchase_id)
    if found is None or _stands(found) is not Stands.OVER:
        return False
    if found.promotion:
        release_promotion(
            found.promotion,
            purchase_id=purchase_id,
            user_id=UserId(found.user_id),
            is_over=True,
            margin_ms=MARGIN_MS,
            fence=None,
        )
    return True


class Stands(Enum):
    """How far that has come which a use is for."""

    OPEN = auto()
    OVER = auto()
    """It came to nothing; or it was paid, and has ended since: the use itself tells."""
    PAID = auto()


def use_of(found: Purchase) -> PurchaseId:
    """By which name the use of a purchase is counted.

    That of the subscription, of which it is the first period: it was held when that began.
    """
    return PurchaseId(found.subscription or found.pk)


def _found(purchase_id: PurchaseId) -> Purchase | Subscription | None:
    bought: Purchase | None = Purchase.objects.filter(pk=purchase_id).first()
    return bought or Subscription.objects.filter(pk=purchase_id).first()


def _stands(found: Purchase | Subscription) -> Stands:
    if isinstance(found, Purchase):
        is_open, is_over = found.is_open, found.state == Purchase.State.DECLINED
    else:
        is_over = found.state == Subscription.State.ENDED or not found.has_owner
        is_open = found.is_unpaid_yet and not is_over
    if is_open:
        return Stands.OPEN
    return Stands.OVER if is_over else Stands.PAID


def settle_use(promotion: str, purchase_id: PurchaseId, user_id: UserId, job: LeasedJob) -> None:
    """Give a use back whose purchase has not begun, or was declined; keep it when it was paid.

    Raises ``PaymentPending`` while nobody knows.
    """
    found = _found(purchase_id)
    stands = _stands(found) if found else None
    if stands is Stands.OPEN:
        raise PaymentPending
    if stands is Stands.PAID:
        ledger.complete(job.fence)
        return
    outcome = release_promotion(
        promotion,
        purchase_id=purchase_id,
        user_id=user_id,
        is_over=found is not None,
        margin_ms=MARGIN_MS,
        fence=job.fence,
    )
    if outcome == "held":
        raise PaymentPending


def keep_use(promotion: str, purchase_id: PurchaseId, user_id: UserId, job: LeasedJob) -> None:
    """Note that a purchase by a promotion was paid."""
    kept: Iterable[Promotion] = Promotion.objects.filter(pk=promotion)
    keep_promotion(
        promotion,
        purchase_id=purchase_id,
        user_id=user_id,
        is_first=any(each.first_purchase for each in kept),
        fence=job.fence,
    )
