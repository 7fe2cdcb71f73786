"""``accounts/reap_user`` and the look that finds whom to reap."""

from typing import Any

import pytest
import redis
from django.conf import settings

from accounts.jobs import ReapUser, stage_reaping
from accounts.keys import INVITEES, REFERRAL_CODE, TIME_LEDGER, UNCONFIRMED, USERS
from accounts.models import User
from accounts.services.reaping import DAY_MS
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.errors import AlreadyDone, Superseded
from lantern_pro.jobs.job import Fence, NewJob
from lantern_pro.jobs.worker import drain
from lantern_pro.store.audit import all_index_faults
from lantern_pro.types import UserId
from tests.leasing import take
from tests.people import HERE, a_user


@pytest.fixture
def forgotten(any_redis: redis.Redis) -> UserId:
    """A user who was made a day too long ago and never confirmed."""
    del any_redis
    with clock.shifted(-(settings.UNCONFIRMED_DAYS + 1) * DAY_MS):
        return a_user()


def reap() -> None:
    """Look, and do what is due."""
    stage_reaping(HERE)
    drain(HERE)


def held(user_id: UserId) -> Fence:
    """The job that reaps this user, held by this test."""
    ledger.stage(NewJob(HERE, ReapUser(user_id), str(user_id)))
    [job] = take(HERE, most=1)
    return job.fence


def test_reaped_nothing_of_an_unused_account_is_left(
    forgotten: UserId, any_redis: redis.Redis
) -> None:
    referral = any_redis.hget(USERS.row(forgotten), "referral")

    reap()

    left = [key for key in any_redis.scan_iter() if ":user" in key and str(forgotten) in key]
    assert left == []
    assert not any_redis.exists(REFERRAL_CODE(code=str(referral), cell=HERE))
    assert any_redis.zcard(UNCONFIRMED(cell=HERE)) == 0
    assert list(all_index_faults(HERE)) == []


def test_a_new_account_is_not_looked_at(any_redis: redis.Redis) -> None:
    user_id = a_user()

    reap()

    assert any_redis.exists(USERS.row(user_id))


@pytest.mark.parametrize(
    "use",
    [
        lambda user_id, _: User.objects.confirm(user_id=user_id, signup_digest="", now=clock.now()),
        lambda user_id, store: store.hset(TIME_LEDGER(user_id=user_id), "purchase.pi_1", "{}"),
        lambda user_id, store: store.zadd(INVITEES(user_id=user_id), {"4096": 1}),
    ],
)
def test_kept_what_is_in_use_by_then_stays(
    forgotten: UserId, any_redis: redis.Redis, use: Any
) -> None:
    fence = held(forgotten)
    use(forgotten, any_redis)

    reaped = User.objects.reap(user_id=forgotten, fence=fence)

    assert not reaped
    assert any_redis.exists(USERS.row(forgotten))
    assert any_redis.zcard(UNCONFIRMED(cell=HERE)) == 0


def test_already_done_and_superseded_change_nothing(
    forgotten: UserId, any_redis: redis.Redis
) -> None:
    fence = held(forgotten)

    with pytest.raises(Superseded):
        User.objects.reap(user_id=forgotten, fence=Fence(fence.job_id, fence.epoch - 1))
    assert any_redis.exists(USERS.row(forgotten))
    assert User.objects.reap(user_id=forgotten, fence=fence)
    with pytest.raises(AlreadyDone):
        User.objects.reap(user_id=forgotten, fence=fence)
