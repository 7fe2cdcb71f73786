"""What erases purchases but for the books' record."""

import pytest
import redis

from accounts.managers import erasure
from accounts.models import User
from billing.jobs import ForgetPurchases
from billing.keys import PURCHASES, USER_PURCHASES
from billing.managers import PERSONAL_COLUMNS
from billing.models import Purchase
from lantern_pro.jobs import ledger
from lantern_pro.jobs.errors import AlreadyDone, Superseded
from lantern_pro.jobs.job import Fence, NewJob
from lantern_pro.store.audit import all_index_faults
from lantern_pro.types import PurchaseId, UserId
from tests.leasing import take
from tests.people import HERE, a_user
from tests.scripts.billing.test_purchase_scripts import begin


def held(user_id: UserId) -> Fence:
    """The job of this user's erasure, held by this test."""
    ledger.stage(NewJob(HERE, ForgetPurchases(user_id), "test"))
    [job] = take(HERE, most=1)
    return job.fence


def test_a_purchase_that_begins_keeps_its_buyer_from_an_erasure_that_has_not_seen_it(
    any_redis: redis.Redis,
) -> None:
    buyer = a_user()
    account = User.objects.get_account(buyer)
    assert account is not None
    begin(buyer)

    outcome = erasure.erase(user_id=buyer, row=account.row, follow=[])

    assert outcome == "changed"
    assert User.objects.get_account(buyer) is not None


def test_dropped_the_list_is_gone_and_the_job_done(any_redis: redis.Redis) -> None:
    user_id = a_user()
    any_redis.zadd(USER_PURCHASES(user_id=user_id), {"c0.7.x": 1})
    fence = held(user_id)

    Purchase.objects.drop_list(user_id=user_id, fence=fence)

    assert Purchase.objects.ids_of(user_id) == []
    assert any_redis.zscore("{c0}:jobs:done", fence.job_id)


def test_already_done_and_superseded_change_nothing(any_redis: redis.Redis) -> None:
    user_id = a_user()
    fence = held(user_id)

    with pytest.raises(Superseded):
        Purchase.objects.drop_list(user_id=user_id, fence=Fence(fence.job_id, fence.epoch - 1))
    Purchase.objects.drop_list(user_id=user_id, fence=fence)

    with pytest.raises(AlreadyDone):
        Purchase.objects.drop_list(user_id=user_id, fence=fence)


def test_what_tells_of_the_person_is_in_no_index(any_redis: redis.Redis) -> None:
    purchase_id = PurchaseId("c0.7168.abc")
    for column in (*PERSONAL_COLUMNS, "plan"):
        any_redis.hset(PURCHASES.row(purchase_id), column, "x")
    any_redis.hset(PURCHASES.row(purchase_id), "id", purchase_id)
    any_redis.zadd(PURCHASES.by("id", cell=HERE), {purchase_id: 0})

    Purchase.objects.strip(purchase_id)

    assert any_redis.hkeys(PURCHASES.row(purchase_id)) == ["plan", "id"]
    assert list(all_index_faults(HERE)) == []
