"""The scripts of money that goes back, an outcome each, on fakeredis and on the real server."""

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Final

import pytest
import redis

from accounts.keys import TIME_LEDGER, USERS
from accounts.laws import ledger_explains_expiration
from accounts.managers import read_time_ledger
from billing.errors import NoSuchPurchase, NotPaid, RefundUnderWay, TooMuchToRefund
from billing.gateways.base import Refused, Returned, Stands
from billing.jobs import FollowReturns, SettleRefund
from billing.keys import PURCHASES
from billing.managers import returns
from billing.services.purchases import purchase_id_of
from lantern_pro.jobs import ledger
from lantern_pro.jobs.errors import AlreadyDone, Superseded
from lantern_pro.jobs.job import Fence, NewJob
from lantern_pro.types import Millis, Minor, PurchaseId, UserId
from tests.leasing import take
from tests.people import HERE, a_user
from tests.scripts.billing.test_purchase_scripts import NOW, begin, complete

PRICE: Final = Minor(4800)
YEAR_MS: Final = 365 * 86_400_000


@pytest.fixture
def buyer(any_redis: redis.Redis) -> Iterator[UserId]:
    """A user, of whom the law of time holds afterwards."""
    del any_redis
    yield a_user()
    assert list(ledger_explains_expiration(HERE)) == []


@pytest.fixture
def paid(buyer: UserId) -> PurchaseId:
    """A purchase of a year, paid."""
    purchase_id = begin(buyer)
    complete(buyer, purchase_id, follow=[])
    return purchase_id


def money(minor: int, *, fact: str = "refund.re_1", stands: Stands = Stands.TAKEN) -> Returned:
    """Money that went back."""
    kind = fact.partition(".")[0]
    return Returned(fact, kind, Minor(minor), Millis(NOW + 1_000), "succeeded", stands)


def record(
    buyer: UserId, purchase_id: PurchaseId, *returned: Returned, fence: Fence | None = None
) -> int:
    """Record what went back."""
    return returns.record_returns(
        purchase_id=purchase_id,
        user_id=buyer,
        returned=returned,
        takings=returns.takings_of(purchase_id, PRICE, returned),
        fence=fence,
        follow=[],
    )


def spans(buyer: UserId, store: Any) -> list[int]:
    """What the entries of the buyer's time come to."""
    entries = read_time_ledger(store.hgetall(TIME_LEDGER(user_id=buyer)))
    return [entry.span_ms for entry in entries]


def went_back(purchase_id: PurchaseId, store: Any) -> int:
    """How much of a purchase's money is back."""
    return int(store.hget(PURCHASES.row(purchase_id), "returned_minor"))


def a_job(purchase_id: PurchaseId) -> Fence:
    """A job that looks at a purchase, held by this test."""
    ledger.stage(NewJob(HERE, FollowReturns(purchase_id, "pi_1"), purchase_id))
    [job] = take(HERE, most=1, kinds=["follow_returns"])
    return job.fence


def test_recorded_the_time_goes_with_the_money_once(
    buyer: UserId, paid: PurchaseId, any_redis: Any
) -> None:
    first = record(buyer, paid, money(1200))
    again = record(buyer, paid, money(1200))

    assert (first, again) == (1, 0)
    assert spans(buyer, any_redis) == [YEAR_MS, -YEAR_MS // 4]
    assert went_back(paid, any_redis) == 1200


def test_recorded_what_is_restored_was_taken_first(
    buyer: UserId, paid: PurchaseId, any_redis: Any
) -> None:
    record(buyer, paid, money(4800, fact="dispute.dp_1", stands=Stands.RESTORED))

    assert spans(buyer, any_redis) == [YEAR_MS, -YEAR_MS, YEAR_MS]
    assert went_back(paid, any_redis) == 0


def test_recorded_an_older_look_does_not_undo_a_newer_one(
    buyer: UserId, paid: PurchaseId, any_redis: Any
) -> None:
    record(buyer, paid, money(4800, fact="dispute.dp_1", stands=Stands.RESTORED))

    record(buyer, paid, money(4800, fact="dispute.dp_1", stands=Stands.TAKEN))

    [known] = returns.returns_of(paid)
    assert known.stands is Stands.RESTORED
    assert went_back(paid, any_redis) == 0
    assert sum(spans(buyer, any_redis)) == YEAR_MS


def test_recorded_an_inquiry_is_kept_and_takes_nothing(
    buyer: UserId, paid: PurchaseId, any_redis: Any
) -> None:
    new = record(buyer, paid, money(4800, fact="dispute.dp_1", stands=Stands.NOTHING))

    assert new == 0
    assert [known.stands for known in returns.returns_of(paid)] == [Stands.NOTHING]
    assert spans(buyer, any_redis) == [YEAR_MS]


def test_recorded_of_an_erased_buyer_the_books_alone(
    buyer: UserId, paid: PurchaseId, any_redis: Any
) -> None:
    any_redis.delete(USERS.row(buyer), TIME_LEDGER(user_id=buyer))
    any_redis.zrem(USERS.by("id", cell=HERE), buyer)

    record(buyer, paid, money(4800))

    assert went_back(paid, any_redis) == 4800
    assert not any_redis.exists(USERS.row(buyer), TIME_LEDGER(user_id=buyer))


def test_not_paid_nothing_is_recorded(buyer: UserId) -> None:
    purchase_id = begin(buyer)

    with pytest.raises(NotPaid):
        record(buyer, purchase_id, money(4800))

    assert returns.returns_of(purchase_id) == []


def test_no_such_purchase_is_told(buyer: UserId) -> None:
    with pytest.raises(NoSuchPurchase):
        record(buyer, purchase_id_of(buyer, "never"), money(1))


def test_the_job_that_records_is_done_in_the_same_step(buyer: UserId, paid: PurchaseId) -> None:
    fence = a_job(paid)

    record(buyer, paid, money(1200), fence=fence)

    with pytest.raises(AlreadyDone):
        record(buyer, paid, money(2400, fact="refund.re_2"), fence=fence)


def test_a_superseded_job_records_nothing(buyer: UserId, paid: PurchaseId, settings: Any) -> None:
    settings.JOB_LEASE_MS = 0
    slow = a_job(paid)
    take(HERE, most=1, kinds=["follow_returns"])

    with pytest.raises(Superseded):
        record(buyer, paid, money(4800), fence=slow)

    assert returns.returns_of(paid) == []


def test_of_twenty_looks_at_once_one_takes(real_redis: Any) -> None:
    buyer = a_user()
    purchase_id = begin(buyer)
    complete(buyer, purchase_id, follow=[])

    with ThreadPoolExecutor(20) as threads:
        new = list(threads.map(lambda _: record(buyer, purchase_id, money(1200)), range(20)))

    assert sorted(new) == [0] * 19 + [1]
    assert spans(buyer, real_redis) == [YEAR_MS, -YEAR_MS // 4]


def begin_refund(purchase_id: PurchaseId, name: str = "r1", amount: int | None = None) -> bool:
    """Begin a refund, as staff would."""
    return returns.begin_refund(
        purchase_id=purchase_id,
        refund_id=name,
        amount=None if amount is None else Minor(amount),
        why="asked for it",
        now=NOW,
        follow=[NewJob(HERE, SettleRefund(purchase_id, name), f"{purchase_id}.{name}")],
    )


def settle(purchase_id: PurchaseId, answer: Returned | Refused, fence: Fence | None = None) -> bool:
    """Record what Stripe said."""
    return returns.settle_refund(
        purchase_id=purchase_id, refund_id="r1", answer=answer, fence=fence, follow=[]
    )


def test_begun_all_that_is_left(buyer: UserId, paid: PurchaseId) -> None:
    record(buyer, paid, money(1200))

    begun = begin_refund(paid)

    assert begun
    assert [(each.amount, each.state) for each in returns.refunds_of(paid)] == [(3600, "begun")]


def test_known_the_same_refund_is_begun_once(paid: PurchaseId) -> None:
    begin_refund(paid, amount=100)

    again = begin_refund(paid, amount=200)

    assert not again
    assert [each.amount for each in returns.refunds_of(paid)] == [100]


def test_under_way_one_refund_at_a_time(paid: PurchaseId) -> None:
    begin_refund(paid, amount=100)

    with pytest.raises(RefundUnderWay):
        begin_refund(paid, "r2", amount=100)

    assert len(returns.refunds_of(paid)) == 1


@pytest.mark.parametrize(("amount", "back"), [(4801, 0), (None, 4800), (1, 4800), (3601, 1200)])
def test_too_much_nothing_is_begun(
    buyer: UserId, paid: PurchaseId, amount: int | None, back: int
) -> None:
    if back:
        record(buyer, paid, money(back))

    with pytest.raises(TooMuchToRefund) as refused:
        begin_refund(paid, amount=amount)

    assert refused.value.details["left"] == PRICE - back
    assert returns.refunds_of(paid) == []


def test_what_is_not_paid_is_not_refunded(buyer: UserId) -> None:
    with pytest.raises(NotPaid):
        begin_refund(begin(buyer))
    with pytest.raises(NoSuchPurchase):
        begin_refund(purchase_id_of(buyer, "never"))


def test_settled_the_money_counts_as_back_from_then_on(paid: PurchaseId, any_redis: Any) -> None:
    begin_refund(paid, amount=1200)

    settled = settle(paid, money(1200))

    assert settled
    assert went_back(paid, any_redis) == 1200
    assert [(each.state, each.told) for each in returns.refunds_of(paid)] == [("done", "re_1")]


def test_settled_refused_with_the_reason(paid: PurchaseId, any_redis: Any) -> None:
    begin_refund(paid)

    settle(paid, Refused("charge_already_refunded"))

    [refund] = returns.refunds_of(paid)
    assert (refund.state, refund.told) == ("refused", "charge_already_refunded")
    assert any_redis.hget(PURCHASES.row(paid), "returned_minor") is None


def test_settled_before_the_first_answer_stays(paid: PurchaseId, any_redis: Any) -> None:
    begin_refund(paid, amount=1200)
    settle(paid, money(1200))

    again = settle(paid, Refused("late"))

    assert not again
    assert [each.state for each in returns.refunds_of(paid)] == ["done"]
    assert went_back(paid, any_redis) == 1200


def test_no_such_refund_is_told(paid: PurchaseId) -> None:
    with pytest.raises(NoSuchPurchase):
        settle(paid, money(1))


def test_of_twenty_beginnings_at_once_one_begins(real_redis: Any) -> None:
    buyer = a_user()
    purchase_id = begin(buyer)
    complete(buyer, purchase_id, follow=[])

    with ThreadPoolExecutor(20) as threads:
        begun = list(threads.map(lambda _: begin_refund(purchase_id, amount=100), range(20)))

    assert begun.count(True) == 1
