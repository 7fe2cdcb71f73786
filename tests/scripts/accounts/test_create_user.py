"""``accounts/create_user`` and ``accounts/confirm_user``, an outcome each."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis

from accounts.errors import WrongCredentials
from accounts.keys import DEVICES, SIGNUP, USERS
from accounts.models import User
from accounts.services.users import SIGNUP_TTL_MS
from lantern_pro.api.spending import Spending
from lantern_pro.store.keys import new_id
from lantern_pro.types import Cell, Millis, UserId

CELL = Cell(0)
NOW = Millis(1_764_000_000_000)


def create(**changes: Any) -> UserId | None:
    """Create a user, all as usual but for ``changes``."""
    told: dict[str, Any] = {
        "user_id": UserId(new_id(CELL)),
        "device_id": "device-1",
        "now": NOW,
        "signup_digest": "d1",
        "signup_ttl_ms": SIGNUP_TTL_MS,
        "referral": "AAK7PQ2M",
        "kid": "dev",
        "locale": "en_US",
        "spending": Spending.nothing(CELL),
    }
    return User.objects.create(**(told | changes))


def test_created_the_account_its_device_and_its_indexes_are_there(any_redis: redis.Redis) -> None:
    user_id = create()

    assert user_id is not None
    assert any_redis.hget(USERS.row(user_id), "expiration") == "0"
    assert any_redis.zscore(DEVICES(user_id=user_id), "device-1") == NOW
    assert any_redis.zscore(USERS.by("created", cell=CELL), user_id) == NOW
    assert User.objects.owner_of_code("AAK7PQ2M", CELL) == user_id


def test_known_the_same_sign_up_finds_its_account(any_redis: redis.Redis) -> None:
    first = create()

    second = create(referral="AAK7PQ2N")

    assert second == first
    assert any_redis.zcard(USERS.by("id", cell=CELL)) == 1


def test_code_taken_nothing_changes(any_redis: redis.Redis) -> None:
    create()
    before = sorted(any_redis.scan_iter())

    made = create(signup_digest="d2")

    assert made is None
    assert sorted(any_redis.scan_iter()) == before


def test_id_taken_nothing_changes(any_redis: redis.Redis) -> None:
    first = create()
    before = sorted(any_redis.scan_iter())

    made = create(user_id=first, signup_digest="d2", referral="AAK7PQ2N")

    assert made is None
    assert sorted(any_redis.scan_iter()) == before


def test_a_sign_up_is_forgotten_in_time(any_redis: redis.Redis) -> None:
    create()

    lives = any_redis.pttl(SIGNUP(digest="d1", cell=CELL))

    assert 0 < int(str(lives)) <= SIGNUP_TTL_MS


def test_of_twenty_equal_sign_ups_at_once_one_makes_an_account(real_redis: redis.Redis) -> None:
    codes = [f"AAK7PQ{letter}2" for letter in "ABCDEFGHJKLMNPQRSTUV"]

    with ThreadPoolExecutor(20) as threads:
        made = list(threads.map(lambda code: create(referral=code), codes))

    assert len(set(made)) == 1
    assert real_redis.zcard(USERS.by("id", cell=CELL)) == 1


def test_confirmed_once_and_then_the_sign_up_is_gone(any_redis: redis.Redis) -> None:
    user_id = create()
    assert user_id is not None

    first = User.objects.confirm(user_id=user_id, signup_digest="d1", now=NOW)
    second = User.objects.confirm(user_id=user_id, signup_digest="d1", now=Millis(NOW + 1))

    assert (first, second) == (True, False)
    assert any_redis.hget(USERS.row(user_id), "confirmed") == str(NOW)
    assert not any_redis.exists(SIGNUP(digest="d1", cell=CELL))


def test_who_was_reaped_since_they_were_read_is_not_confirmed_but_refused(
    any_redis: redis.Redis,
) -> None:
    user_id = UserId(new_id(CELL))

    with pytest.raises(WrongCredentials):
        User.objects.confirm(user_id=user_id, signup_digest="d1", now=NOW)

    assert not any_redis.exists(USERS.row(user_id))


@pytest.mark.parametrize("cell", [0, 1, 1023])
def test_an_id_names_its_cell(cell: int, any_redis: redis.Redis) -> None:
    user_id = create(user_id=UserId(new_id(Cell(cell))))

    assert user_id is not None
    assert any_redis.exists(f"{{c{cell}}}:user:{user_id}")
