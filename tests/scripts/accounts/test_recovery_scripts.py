"""``accounts/set_recovery_words``, an outcome each, and what a notice of a joining leaves."""

import pytest
import redis

from accounts.keys import NOTICES, RECOVERY_WORDS, USERS
from accounts.managers import recovery
from accounts.managers.recovery import Notice
from accounts.models import User
from lantern_pro.types import Millis, UserId
from tests.people import HERE, a_user

NOW = Millis(1_764_000_000_000)
NOTICE = Notice("words", NOW, "words", "device-1", "")


@pytest.fixture
def user_id(any_redis: redis.Redis) -> UserId:
    """A user without words."""
    del any_redis
    return a_user()


def give(user_id: UserId, digest: str, notice: Notice | None = None) -> bool:
    """Give an account words by their hash."""
    return recovery.set_words(user_id=user_id, digest=digest, now=NOW, notice=notice)


def test_set_the_words_lead_to_the_account_and_the_old_ones_to_nobody(user_id: UserId) -> None:
    give(user_id, "first")

    is_set = give(user_id, "second")

    assert is_set
    assert recovery.owner_of_words("first", HERE) is None
    assert recovery.owner_of_words("second", HERE) == user_id


def test_set_the_devices_are_told_the_newest_first(user_id: UserId, any_redis: redis.Redis) -> None:
    for number in range(25):
        give(user_id, f"digest {number}", Notice("words", Millis(number), "words", "d", ""))

    account = User.objects.get_account(user_id)
    assert account is not None
    assert [notice.at for notice in account.notices] == list(range(24, 4, -1))
    assert any_redis.ttl(NOTICES(user_id=user_id)) > 29 * 86_400


def test_changed_words_that_came_between_stay(
    user_id: UserId, any_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    give(user_id, "first")
    before = any_redis.hget(USERS.row(user_id), "words")
    real = any_redis.hget
    monkeypatch.setattr(any_redis, "hget", lambda *_: None)

    is_set = give(user_id, "second", NOTICE)

    monkeypatch.setattr(any_redis, "hget", real)
    assert not is_set
    assert before == any_redis.hget(USERS.row(user_id), "words") == "first"
    assert any_redis.exists(RECOVERY_WORDS(digest="second", cell=HERE)) == 0
    assert any_redis.exists(NOTICES(user_id=user_id)) == 0


def test_no_such_user_nothing_is_kept(any_redis: redis.Redis) -> None:
    is_set = give(UserId(7168), "first", NOTICE)

    assert not is_set
    assert any_redis.exists(NOTICES(user_id=UserId(7168))) == 0
    assert recovery.owner_of_words("first", HERE) is None
