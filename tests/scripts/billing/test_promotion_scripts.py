"""The scripts that count the uses of a promotion, an outcome each, and many callers at once."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis

from billing.errors import PaymentPending, PromotionOver
from billing.jobs import SettlePurchase
from billing.managers import Guard
from billing.managers.promotions import (
    HasAnother,
    Hold,
    hold_promotion,
    keep_promotion,
    release_promotion,
    uses_of,
)
from billing.models import Promotion, Purchase
from billing.offer_jobs import KeepPromotionUse
from billing.services.purchases import purchase_id_of
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.errors import AlreadyDone, Superseded
from lantern_pro.jobs.job import LeasedJob, NewJob
from lantern_pro.store.keys import new_id
from lantern_pro.types import Millis, PurchaseId, UserId
from tests.leasing import take
from tests.people import HERE, a_user

NOW = Millis(1_764_000_000_000)
HOUR_MS = 3_600_000


@pytest.fixture
def spring(any_redis: redis.Redis, db: None) -> Promotion:
    """A promotion for three purchases, which runs for a day."""
    del any_redis
    made: Promotion = Promotion.objects.create(
        id="spring",
        percent=25,
        uses_limit=3,
        starts=clock.as_datetime(NOW),
        ends=clock.as_datetime(Millis(NOW + 24 * HOUR_MS)),
    )
    return made


def a_purchase(user_id: UserId | None = None, key: str = "tap") -> PurchaseId:
    """The id of a purchase that is to begin, by somebody."""
    return purchase_id_of(user_id or UserId(new_id(HERE)), key)


def hold(
    purchase_id: PurchaseId, *, now: int = NOW, hold_ms: int = 60_000, user_id: int = 1 << 10
) -> Hold | HasAnother:
    """Hold a use of the promotion."""
    return hold_promotion(
        "spring",
        purchase_id=purchase_id,
        user_id=UserId(user_id),
        now=Millis(now),
        grace_ms=HOUR_MS,
        hold_ms=hold_ms,
        follow=[],
    )


def release(
    purchase_id: PurchaseId,
    *,
    is_over: bool,
    job: LeasedJob | None = None,
    only: Hold | None = None,
) -> str:
    """Give it back."""
    return release_promotion(
        "spring",
        purchase_id=purchase_id,
        user_id=UserId(1 << 10),
        is_over=is_over,
        margin_ms=0,
        fence=job.fence if job else None,
        only=only,
    )


def a_job(purchase_id: PurchaseId) -> LeasedJob:
    """A job that this test holds."""
    ledger.stage(NewJob(HERE, KeepPromotionUse("spring", purchase_id), "the-fact"))
    [job] = take(HERE, most=1)
    return job


def keep(purchase_id: PurchaseId, job: LeasedJob, *, is_first: bool = False) -> None:
    """Note that it was paid."""
    keep_promotion(
        "spring",
        purchase_id=purchase_id,
        user_id=UserId(1 << 10),
        is_first=is_first,
        fence=job.fence,
    )


def used() -> int:
    """How many uses are taken."""
    return uses_of(["spring"])["spring"]


def test_held_and_held_anew_a_use_is_taken_once_a_purchase(spring: Promotion) -> None:
    purchase_id = a_purchase()

    first, again = hold(purchase_id), hold(purchase_id)

    assert isinstance(first, Hold)
    assert isinstance(again, Hold)
    assert (first.is_shared, again.is_shared) == (False, True)
    assert again.until > first.until
    assert used() == 1


def test_used_up_nobody_gets_more_than_there_are(spring: Promotion) -> None:
    holders = [a_purchase() for _ in range(3)]
    for each in holders:
        hold(each)

    with pytest.raises(PromotionOver):
        hold(a_purchase())

    assert isinstance(hold(holders[0]), Hold)
    assert used() == 3


@pytest.mark.parametrize("now", [NOW - 1, NOW + 25 * HOUR_MS])
def test_over_outside_of_its_time_nothing_is_held(spring: Promotion, now: int) -> None:
    with pytest.raises(PromotionOver):
        hold(a_purchase(), now=now)

    assert used() == 0


def test_for_an_hour_after_its_end_it_is_given_to_who_was_shown_it(spring: Promotion) -> None:
    hold(a_purchase(), now=NOW + 25 * HOUR_MS - 1)

    assert used() == 1


def test_over_when_staff_have_stopped_it(spring: Promotion) -> None:
    Promotion.objects.filter(pk="spring").update(on=False)

    with pytest.raises(PromotionOver):
        hold(a_purchase())


def test_over_when_there_is_none(any_redis: redis.Redis) -> None:
    with pytest.raises(PromotionOver):
        hold(a_purchase())


def test_not_first_an_account_has_one_offer_for_its_first_purchase(
    any_redis: redis.Redis, db: None
) -> None:
    Promotion.objects.create(id="spring", percent=25, first_purchase=True)
    one, two = a_purchase(key="one"), a_purchase(key="two")

    hold(one)
    other = hold(two)

    assert other == HasAnother(one)
    assert isinstance(hold(one), Hold)
    assert isinstance(hold(two, user_id=2 << 10), Hold)
    release(one, is_over=True)
    assert hold(a_purchase(key="three")) != HasAnother(one)


def test_released_a_use_is_free_again(spring: Promotion) -> None:
    purchase_id = a_purchase()
    hold(purchase_id)

    assert release(purchase_id, is_over=True) == "released"
    assert used() == 0


def test_held_a_use_stays_while_its_purchase_may_begin(spring: Promotion) -> None:
    purchase_id = a_purchase()
    hold(purchase_id)

    assert release(purchase_id, is_over=False) == "held"
    assert used() == 1
    late = a_purchase()
    hold(late, hold_ms=-1)
    assert release(late, is_over=False) == "released"


def test_held_who_gives_back_their_own_hold_takes_it_from_no_other_call(spring: Promotion) -> None:
    purchase_id = a_purchase()
    first = hold(purchase_id)
    second = hold(purchase_id)
    assert isinstance(first, Hold)
    assert isinstance(second, Hold)

    assert release(purchase_id, is_over=True, only=first) == "held"
    assert used() == 1
    assert release(purchase_id, is_over=True, only=second) == "released"
    assert used() == 0


def test_used_what_was_paid_is_never_given_back(spring: Promotion) -> None:
    purchase_id = a_purchase()
    hold(purchase_id)
    keep(purchase_id, a_job(purchase_id))

    assert release(purchase_id, is_over=True) == "used"
    assert used() == 1


def test_kept_a_payment_that_came_after_all_is_a_use_again(spring: Promotion) -> None:
    purchase_id = a_purchase()
    hold(purchase_id)
    release(purchase_id, is_over=True)
    job = a_job(purchase_id)

    keep(purchase_id, job, is_first=True)

    assert used() == 1
    with pytest.raises(AlreadyDone):
        keep(purchase_id, job)


def test_a_job_that_was_taken_over_neither_keeps_nor_releases(
    spring: Promotion, settings: Any
) -> None:
    settings.JOB_LEASE_MS = 0
    purchase_id = a_purchase()
    hold(purchase_id)
    slow = a_job(purchase_id)
    take(HERE, most=1)

    with pytest.raises(Superseded):
        release(purchase_id, is_over=True, job=slow)
    with pytest.raises(Superseded):
        keep(purchase_id, slow)

    assert used() == 1


def test_late_a_purchase_does_not_begin_by_a_use_that_is_held_no_longer(any_redis: Any) -> None:
    buyer = a_user()
    purchase_id = purchase_id_of(buyer, "tap")

    with pytest.raises(PaymentPending):
        Purchase.objects.begin(
            purchase_id=purchase_id,
            user_id=buyer,
            now=NOW,
            intent={"plan": "1y-usd-10"},
            digest="d",
            follow=[NewJob(HERE, SettlePurchase(purchase_id), purchase_id)],
            guard=Guard(hold_until=Millis(1)),
        )

    assert not any_redis.exists(f"{{c0}}:purchase:{purchase_id}")


def test_of_a_thousand_at_once_as_many_get_it_as_it_is_for(real_redis: Any, db: None) -> None:
    Promotion.objects.create(id="spring", percent=25, uses_limit=7)

    def try_it(_: int) -> bool:
        try:
            hold(a_purchase())
        except PromotionOver:
            return False
        return True

    with ThreadPoolExecutor(20) as threads:
        outcomes = list(threads.map(try_it, range(1_000)))

    assert outcomes.count(True) == 7
    assert used() == 7
