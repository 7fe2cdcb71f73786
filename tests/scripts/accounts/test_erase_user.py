"""``accounts/erase_user``, an outcome each."""

import pytest
import redis

from accounts.keys import DEVICES, INVITEES, REFERRAL_CODE, USERS
from accounts.managers import erasure
from accounts.models import User
from lantern_pro.jobs.keys import DUE
from lantern_pro.store.audit import all_index_faults
from lantern_pro.types import UserId
from proxies.jobs import AssignProxies
from tests.dump import dump, places_of
from tests.people import HERE, a_user


@pytest.fixture
def user_id(any_redis: redis.Redis) -> UserId:
    """A user who has invited another."""
    made = a_user()
    any_redis.zadd(INVITEES(user_id=made), {"7": 1})
    return made


def row_of(user_id: UserId) -> dict[str, str]:
    """The account's row as it is."""
    account = User.objects.get_account(user_id)
    assert account is not None
    return account.row


def test_erased_row_indexes_code_and_own_keys_go_and_what_follows_is_staged(
    user_id: UserId, any_redis: redis.Redis
) -> None:
    row = row_of(user_id)
    follow = AssignProxies.of(user_id, "test")

    outcome = erasure.erase(user_id=user_id, row=row, follow=[follow])

    assert outcome == "erased"
    assert not any_redis.exists(
        USERS.row(user_id),
        DEVICES(user_id=user_id),
        REFERRAL_CODE(code=row["referral"], cell=HERE),
    )
    assert list(all_index_faults(HERE)) == []
    left = places_of(str(user_id), dump())
    assert [key for key in left if ":job" not in key] == [INVITEES(user_id=user_id)]
    assert any_redis.zscore(DUE(cell=HERE, kind="assign_proxies"), follow.job_id)


@pytest.mark.parametrize(("column", "value"), [("locale", "ru_RU"), ("email_hash", "another")])
def test_changed_a_row_that_is_no_longer_as_read_stays(
    user_id: UserId, any_redis: redis.Redis, column: str, value: str
) -> None:
    row = row_of(user_id)
    any_redis.hset(USERS.row(user_id), column, value)

    outcome = erasure.erase(user_id=user_id, row=row, follow=[])

    assert outcome == "changed"
    assert row_of(user_id) == {**row, column: value}


def test_no_such_user_nothing_changes(user_id: UserId) -> None:
    row = row_of(user_id)
    erasure.erase(user_id=user_id, row=row, follow=[])
    before = dump()

    outcome = erasure.erase(user_id=user_id, row=row, follow=[])

    assert outcome == "no_such_user"
    assert dump() == before
