"""The script that resets a token, and how resets of both kinds meet: outcomes and races."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis

from accounts import managers
from accounts.keys import USERS
from accounts.managers import Credentials
from accounts.models import User
from accounts.services.token_reset import reset_stolen_token, reset_token
from lantern_pro.store.client import text_client
from lantern_pro.types import Millis, UserId
from tests.people import a_user

NOW = Millis(1_764_000_000_000)
pytestmark = pytest.mark.usefixtures("any_redis")


@pytest.fixture
def owner(any_redis: redis.Redis) -> UserId:
    """A user with a token."""
    del any_redis
    return a_user()


def read(user_id: UserId) -> Credentials:
    """The account's credentials as they are now."""
    found = User.objects.get_credentials(user_id)
    assert found is not None
    return found


def reset(user_id: UserId, *, epoch: int = 1) -> bool:
    """Reset the token, with a minute of grace."""
    return managers.reset_token(
        user_id=user_id,
        epoch=epoch,
        kid="dev",
        good_until=Millis(NOW + 60_000),
        reset_key="key",
        follow=(),
    )


def test_reset_the_epoch_rises_and_the_one_before_is_remembered(owner: UserId) -> None:
    done = reset(owner)

    row: Any = text_client().hgetall(USERS.row(owner))
    assert done
    assert (row["epoch"], row["old_kid"], row["reset_key"]) == ("2", "dev", "key")
    assert row["old_good_until"] == str(NOW + 60_000)


def test_a_token_that_was_reset_meanwhile_is_not_reset_again(owner: UserId) -> None:
    reset(owner)

    assert not reset(owner)
    assert text_client().hget(USERS.row(owner), "epoch") == "2"


def test_a_reset_after_a_theft_goes_on_when_a_plain_one_came_between(owner: UserId) -> None:
    seen = read(owner)
    reset_token(seen, reset_key="")

    now = reset_stolen_token(seen, reset_key="key")

    assert (now.epoch, now.old_good_until, now.reset_key) == (3, 0, "key")


def test_equal_resets_after_a_theft_are_one(owner: UserId) -> None:
    seen = read(owner)

    first = reset_stolen_token(seen, reset_key="")
    second = reset_stolen_token(seen, reset_key="")

    assert first.epoch == second.epoch == 2


def test_of_twenty_equal_resets_at_once_one_resets(real_redis: redis.Redis, owner: UserId) -> None:
    with ThreadPoolExecutor(20) as threads:
        done = list(threads.map(lambda _: reset(owner), range(20)))

    assert done.count(True) == 1
    assert real_redis.hget(USERS.row(owner), "epoch") == "2"
