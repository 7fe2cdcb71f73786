"""The laws of the fleet tell each kind of breach."""

from collections.abc import Callable

import pytest
import redis

from lantern_pro.store.laws import wrong_twice
from lantern_pro.types import ProxyId, UserId
from proxies import keys
from proxies.jobs import AssignProxies
from tests import fleet
from tests.fleet import HERE

Breach = Callable[[redis.Redis, ProxyId, UserId], object]

BREACHES: dict[str, Breach] = {
    "has no card": lambda store, proxy_id, _: store.delete(keys.CARD(proxy_id=proxy_id)),
    "the card is not of its track": lambda store, proxy_id, _: store.set(
        keys.CARD(proxy_id=proxy_id), "{}"
    ),
    "which does not have them": lambda store, proxy_id, _: store.delete(
        keys.USERS(proxy_id=proxy_id)
    ),
    "who does not have it": lambda store, _, user_id: store.delete(
        keys.PROXIES_OF(user_id=user_id)
    ),
    "load 7": lambda store, proxy_id, _: store.hset(keys.PROXIES.row(proxy_id), "load", 7),
    "(9.0)": lambda store, proxy_id, _: store.zadd(
        keys.PROXIES.by("load", cell=HERE), {str(proxy_id): 9}
    ),
    "capacity 0": lambda store, proxy_id, _: store.hset(keys.PROXIES.row(proxy_id), "capacity", 0),
    "in the open index at None": lambda store, _, __: store.delete(keys.OPEN(cell=HERE)),
    "in the index of sites, should be": lambda store, _, __: store.delete(
        keys.OPEN_SITES(cell=HERE)
    ),
    "does not wait for more": lambda store, _, __: store.delete(keys.WAITING(cell=HERE)),
    "withheld 'CN'": lambda store, proxy_id, _: store.hset(
        keys.WITHHELD(cell=HERE), str(proxy_id), "CN"
    ),
    "free set True": lambda store, proxy_id, _: store.zadd(
        keys.FREE(cell=HERE), {str(proxy_id): 1}
    ),
    "admissions are not its users'": lambda store, proxy_id, _: store.sadd(
        keys.ADMISSIONS(proxy_id=proxy_id), "stranger"
    ),
    "admitted by another token or other devices": lambda _, __, user_id: fleet.reset_token(user_id),
    "stream at 1": lambda store, proxy_id, _: store.hincrby(
        keys.PROXIES.row(proxy_id), "version", 1
    ),
}


@pytest.mark.parametrize("words", BREACHES)
def test_each_breach_is_told(any_redis: redis.Redis, words: str) -> None:
    proxy_id, user_id = fleet.pro_proxy(), fleet.pro_user()
    fleet.assigned(user_id)
    before = fleet.broken_laws()

    BREACHES[words](any_redis, proxy_id, user_id)

    assert before == []
    assert any(words in fault for fault in fleet.broken_laws())


def test_a_token_whose_reset_is_on_its_way_is_no_breach(any_redis: redis.Redis) -> None:
    fleet.pro_proxy()
    user_id = fleet.pro_user()
    fleet.assigned(user_id)
    fleet.reset_token(user_id)

    fleet.stage(AssignProxies.of(user_id, "reset-1"))

    assert fleet.broken_laws() == []


def test_what_is_right_at_the_second_look_is_not_told() -> None:
    looks = iter([["load 7", "load 8"], ["load 8"], []])

    assert wrong_twice(lambda: next(looks)) == ["load 8"]
    assert wrong_twice(lambda: next(looks)) == []
