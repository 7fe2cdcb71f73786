"""Keys that a taken proxy made a hash of: they stop no work of ours, and are taken back."""

from collections.abc import Callable

import pytest
import redis

from lantern_pro.types import ProxyId
from proxies import keys
from proxies.jobs import AssignProxies
from proxies.services.states import retire_proxy
from tests import fleet

SPOILT = [keys.ADMISSIONS, keys.CHANGES]
Name = Callable[..., str]


def _spoil(store: redis.Redis, name: str) -> None:
    """What ``HSET`` does to a key that is not there (any more)."""
    store.delete(name)
    store.hset(name, "a", "b")


def _is_told(store: redis.Redis, proxy_id: ProxyId) -> bool:
    admissions = store.type(keys.ADMISSIONS(proxy_id=proxy_id))
    return admissions in {"set", "none"} and store.type(keys.CHANGES(proxy_id=proxy_id)) == "stream"


@pytest.mark.parametrize("key", SPOILT)
def test_a_buyer_gets_the_proxy_all_the_same(any_redis: redis.Redis, key: Name) -> None:
    proxy_id, user_id = fleet.pro_proxy(), fleet.pro_user()
    _spoil(any_redis, key(proxy_id=proxy_id))

    gained = fleet.assigned(user_id)

    assert gained == {proxy_id}
    assert _is_told(any_redis, proxy_id)
    assert fleet.told(proxy_id) == [("1-0", "admit", fleet.known_as(user_id))]
    assert fleet.broken_laws() == []


@pytest.mark.parametrize("key", SPOILT)
def test_other_devices_reach_it_all_the_same(any_redis: redis.Redis, key: Name) -> None:
    proxy_id, user_id = fleet.pro_proxy(), fleet.pro_user()
    fleet.take_device(user_id, fleet.DEVICE)
    fleet.assigned(user_id)
    _spoil(any_redis, key(proxy_id=proxy_id))
    fleet.add_device(user_id, fleet.DEVICE)

    fleet.stage(AssignProxies.of(user_id, "devices-2"))
    fleet.run_jobs()

    assert any_redis.smembers(keys.ADMISSIONS(proxy_id=proxy_id)) == {fleet.known_as(user_id)}
    assert fleet.broken_laws() == []


@pytest.mark.parametrize("key", SPOILT)
def test_a_proxy_that_is_retired_leaves_no_half_links(any_redis: redis.Redis, key: Name) -> None:
    proxy_id, users = fleet.pro_proxy(), [fleet.pro_user() for _ in range(3)]
    for each in users:
        fleet.assigned(each)
    _spoil(any_redis, key(proxy_id=proxy_id))
    other = fleet.pro_proxy(city="Bern")

    retire_proxy(proxy_id)
    fleet.run_jobs()

    assert [fleet.proxies_of(each) for each in users] == [{other}] * 3
    assert _is_told(any_redis, proxy_id)
    assert fleet.broken_laws() == []


@pytest.mark.parametrize("key", SPOILT)
def test_the_laws_tell_it_and_go_on(any_redis: redis.Redis, key: Name) -> None:
    proxy_id = fleet.pro_proxy()
    fleet.assigned(fleet.pro_user())
    _spoil(any_redis, key(proxy_id=proxy_id))

    faults = fleet.broken_laws()

    assert [each for each in faults if f"proxy {proxy_id}: its" in each and "no " in each]
