"""Asking for a configuration by mail, an outcome each, on fakeredis and on the real server."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis

from accounts.errors import NoSuchUser
from accounts.keys import USERS
from configsrv.errors import ConfigIsForPro, ConfigMailedLately, NoConfirmedEmail
from configsrv.events import ConfigAskedFor
from configsrv.keys import CONFIG_ASKED
from configsrv.managers import ask_for_config
from lantern_pro.jobs.events import following
from lantern_pro.jobs.models import Job
from lantern_pro.store.keys import new_id
from lantern_pro.types import Millis, UserId
from tests.people import HERE, a_user

NOW = Millis(1_764_000_000_000)
PAUSE_MS = 60_000


def a_pro_user(client: Any, **changes: str) -> UserId:
    """Somebody who may ask, but for what ``changes`` say; an empty value takes a field away."""
    user_id = a_user()
    row = {"expiration": str(NOW + 1), "email_sealed": "sealed", "email_proven": "1", **changes}
    client.hset(USERS.row(user_id), mapping=row)
    for name in [name for name, value in changes.items() if not value]:
        client.hdel(USERS.row(user_id), name)
    return user_id


def ask(user_id: UserId, at: int = NOW) -> None:
    """Ask."""
    event = ConfigAskedFor(HERE, user_id, Millis(at))
    ask_for_config(user_id=user_id, now=NOW, pause_ms=PAUSE_MS, follow=following(event))


def asked_for(user_id: UserId) -> int:
    """How many mails are staged."""
    return Job.objects.filter(kind="mail_config", about=user_id).count()


def test_asked_the_mail_is_staged(any_redis: Any) -> None:
    user_id = a_pro_user(any_redis)

    ask(user_id)

    assert asked_for(user_id) == 1
    assert 0 < any_redis.pttl(CONFIG_ASKED(user_id=user_id)) <= PAUSE_MS


def test_lately_a_second_asking_is_told_how_long_to_wait(any_redis: Any) -> None:
    user_id = a_pro_user(any_redis)
    ask(user_id)

    with pytest.raises(ConfigMailedLately) as refused:
        ask(user_id, at=NOW + 1)

    assert 0 < int(str(refused.value.details["retryAfter"])) <= PAUSE_MS // 1000
    assert asked_for(user_id) == 1


@pytest.mark.parametrize(
    ("changes", "refusal"),
    [
        ({"expiration": str(NOW)}, ConfigIsForPro),
        ({"email_proven": ""}, NoConfirmedEmail),
        ({"email_sealed": ""}, NoConfirmedEmail),
    ],
)
def test_not_pro_and_no_address_nothing_is_staged(
    any_redis: Any, changes: dict[str, str], refusal: type[Exception]
) -> None:
    user_id = a_pro_user(any_redis, **changes)

    with pytest.raises(refusal):
        ask(user_id)

    assert asked_for(user_id) == 0
    assert not any_redis.exists(CONFIG_ASKED(user_id=user_id))


def test_no_such_user_nothing_is_staged(any_redis: Any) -> None:
    del any_redis
    nobody = UserId(new_id(HERE))

    with pytest.raises(NoSuchUser):
        ask(nobody)

    assert asked_for(nobody) == 0


def test_of_many_who_ask_at_once_one_is_heard(real_redis: redis.Redis) -> None:
    user_id = a_pro_user(real_redis)

    def try_it(number: int) -> bool:
        try:
            ask(user_id, at=NOW + number)
        except ConfigMailedLately:
            return False
        return True

    with ThreadPoolExecutor(8) as pool:
        heard = sum(pool.map(try_it, range(24)))

    assert (heard, asked_for(user_id)) == (1, 1)
