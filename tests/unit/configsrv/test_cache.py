"""What config-servers keep in memory: Redis's part is played by hand here."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, NoReturn

import pytest
import redis
from redis.exceptions import ConnectionError as RedisConnectionError

from configsrv import cache, reading
from configsrv.cache import ConfigCache
from configsrv.keys import FREE_CONFIG, FREE_CONFIG_IN, USER_CONFIG
from configsrv.reading import UserConfig
from configsrv.render import NOTHING
from configsrv.withheld import Withheld
from lantern_pro.store import client as store
from lantern_pro.types import UserId
from proxies.keys import WITHHELD
from tests.fleet import HERE

USER = UserId(1024)


@dataclass(slots=True)
class Redis:
    """Whether Redis would have told of changes."""

    in_touch: bool = True


class Silent(redis.ConnectionPool):
    """A Redis that cannot be reached."""

    def get_connection(self, command_name: Any = None, *_: Any, **__: Any) -> NoReturn:  # noqa: ARG002
        """Fail."""
        raise RedisConnectionError


@contextmanager
def silence(redis_at_hand: redis.Redis) -> Iterator[None]:
    """Let Redis be silent for a while."""
    silent = redis.Redis(connection_pool=Silent())
    raw = store.raw_client()
    with store.using(text=silent, raw=silent):
        yield
    store._substitute.update({True: redis_at_hand, False: raw})


@pytest.fixture
def told() -> Redis:
    """Redis's word, as the test wants it."""
    return Redis()


@pytest.fixture
def configs(fake_redis: redis.Redis, told: Redis) -> ConfigCache:
    """A cache that listens to nobody: tests tell it what to forget."""
    return ConfigCache(most_entries=4, told=told)


def _write(redis_at_hand: redis.Redis, tag: str, bucket: int = 0) -> str:
    name = FREE_CONFIG(bucket=bucket, cell=HERE)
    redis_at_hand.hset(name, mapping={"body": "x", "tag": tag})
    return name


def _tag(configs: ConfigCache, bucket: int = 0) -> str:
    return configs.get(HERE, bucket, None).free.tag


def test_a_hit_does_not_go_to_redis(configs: ConfigCache, fake_redis: redis.Redis) -> None:
    _write(fake_redis, "old")
    _tag(configs)

    _write(fake_redis, "new")

    assert _tag(configs) == "old"


def test_what_redis_tells_of_is_read_anew(configs: ConfigCache, fake_redis: redis.Redis) -> None:
    name = _write(fake_redis, "old")
    _tag(configs)
    _write(fake_redis, "new")

    configs.forget([name])

    assert _tag(configs) == "new"


def test_after_a_flush_everything_is_read_anew(
    configs: ConfigCache, fake_redis: redis.Redis
) -> None:
    _write(fake_redis, "old")
    _tag(configs)
    _write(fake_redis, "new")

    configs.forget(None)

    assert _tag(configs) == "new"


def test_what_was_read_before_a_change_and_arrived_after_it_is_not_kept(
    configs: ConfigCache, fake_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = _write(fake_redis, "old")
    read = reading.read_configs

    def read_slowly(names: list[str]) -> object:
        found = read(names)
        _write(fake_redis, "new")
        configs.forget([name])
        return found

    monkeypatch.setattr(cache, "read_configs", read_slowly)
    first = _tag(configs)
    monkeypatch.setattr(cache, "read_configs", read)

    assert first == "old"
    assert _tag(configs) == "new"


def test_without_word_from_redis_an_entry_is_good_for_a_second_at_most(
    configs: ConfigCache, fake_redis: redis.Redis, told: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(fake_redis, "old")
    _tag(configs)
    _write(fake_redis, "new")
    told.in_touch = False
    at_once = _tag(configs)

    monkeypatch.setattr(cache, "GOOD_FOR_SECONDS", 0.0)

    assert at_once == "old"
    assert _tag(configs) == "new"


def test_when_redis_is_gone_the_last_good_configuration_is_served(
    configs: ConfigCache, fake_redis: redis.Redis, told: Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    _write(fake_redis, "old")
    _tag(configs)
    told.in_touch = False
    monkeypatch.setattr(cache, "GOOD_FOR_SECONDS", 0.0)

    with silence(fake_redis):
        served = _tag(configs)

    assert served == "old"


@pytest.mark.parametrize("everything", [False, True])
def test_an_old_configuration_is_better_than_none(
    configs: ConfigCache, fake_redis: redis.Redis, *, everything: bool
) -> None:
    name = _write(fake_redis, "old")
    _tag(configs)
    configs.forget(None if everything else [name])

    with silence(fake_redis):
        served = _tag(configs)

    assert served == "old"


def test_what_is_in_no_memory_cannot_be_served_without_redis(
    configs: ConfigCache, fake_redis: redis.Redis
) -> None:
    with silence(fake_redis), pytest.raises(RedisConnectionError):
        _tag(configs)


def test_the_least_recently_asked_for_goes_first(
    configs: ConfigCache, fake_redis: redis.Redis
) -> None:
    for bucket in range(3):
        _write(fake_redis, "old", bucket)
        _tag(configs, bucket)
    _tag(configs, 0)
    _write(fake_redis, "old", 3)
    _tag(configs, 3)

    for bucket in range(4):
        _write(fake_redis, "new", bucket)

    assert [_tag(configs, bucket) for bucket in (0, 3, 1)] == ["old", "old", "new"]


def test_ids_that_nobody_has_push_no_configuration_out(
    configs: ConfigCache, fake_redis: redis.Redis
) -> None:
    _write(fake_redis, "old")
    _tag(configs)
    for made_up in range(1, 20):
        configs.get(HERE, 1, UserId(made_up << 10))

    _write(fake_redis, "new")

    assert _tag(configs) == "old"


def test_who_has_a_configuration_now_and_then_none_is_served_what_is_so(
    configs: ConfigCache, fake_redis: redis.Redis
) -> None:
    name = USER_CONFIG(user_id=USER)
    before = configs.get(HERE, 0, USER).own
    fake_redis.hset(name, mapping={"body": "x", "tag": "t", "admissions": "h", "expiration": 5})
    configs.forget([name])
    meanwhile = configs.get(HERE, 0, USER).own
    fake_redis.delete(name)
    configs.forget([name])

    assert (before, configs.get(HERE, 0, USER).own) == (None, None)
    assert meanwhile is not None


def test_that_there_is_none_is_remembered_too(
    configs: ConfigCache, fake_redis: redis.Redis
) -> None:
    first = configs.get(HERE, 0, USER)

    fake_redis.hset(
        USER_CONFIG(user_id=USER),
        mapping={"body": "x", "tag": "t", "admissions": "h", "expiration": 5},
    )

    assert (first.free, first.own) == (NOTHING, None)
    assert configs.get(HERE, 0, USER).own is None
    configs.forget([USER_CONFIG(user_id=USER)])
    assert isinstance(configs.get(HERE, 0, USER).own, UserConfig)


def test_whom_no_configuration_may_name_is_remembered_and_read_anew_when_told(
    configs: ConfigCache, fake_redis: redis.Redis
) -> None:
    name = WITHHELD(cell=HERE)
    before = configs.get(HERE, 0, None).withheld
    fake_redis.hset(name, mapping={"1024": "*", "2048": "CN,IR"})
    at_once = configs.get(HERE, 0, None).withheld

    configs.forget([name])

    assert before == at_once == Withheld()
    told = configs.get(HERE, 0, None).withheld
    assert told.where("") == told.where("DE") == {1024}
    assert told.where("IR") == {1024, 2048}


def test_what_a_bucket_has_for_a_country_is_read_when_it_is_asked_for(
    configs: ConfigCache, fake_redis: redis.Redis
) -> None:
    fake_redis.hset(
        FREE_CONFIG_IN(bucket=0, country="CN", cell=HERE), mapping={"body": "x", "tag": "cn"}
    )

    assert configs.variant(HERE, 0, "CN").tag == "cn"
    assert configs.variant(HERE, 0, "IR") == NOTHING
