"""``proxies/watch_heartbeats``: who is well, by what is heard and what is not."""

import pytest
import redis
from pytest_django import Settings

from lantern_pro.jobs.models import Job
from lantern_pro.jobs.worker import drain
from lantern_pro.store.audit import index_faults, undeclared_keys
from lantern_pro.store.client import text_client
from proxies import keys
from proxies.changes import history_of
from proxies.heartbeats import BEAT_MS, heartbeats_of
from proxies.models import Proxy
from proxies.records import Health
from proxies.services.states import drain_proxy, retire_proxy
from tests import beats, fleet
from tests.fleet import HERE

pytestmark = pytest.mark.usefixtures("any_redis")

SUSPECT_MS, DOWN_MS = 45_000, 120_000


@pytest.fixture(autouse=True)
def _limits(settings: Settings) -> None:
    settings.PROXY_SUSPECT_SECONDS = SUSPECT_MS // 1000
    settings.PROXY_DOWN_SECONDS = DOWN_MS // 1000


def test_a_proxy_that_never_sent_a_heartbeat_is_not_judged() -> None:
    proxy_id = fleet.pro_proxy()

    beats.look()

    assert beats.health(proxy_id) is Health.UNKNOWN
    assert heartbeats_of([proxy_id]) == [None]


def test_a_proxy_that_is_heard_is_well() -> None:
    proxy_id = fleet.pro_proxy()
    version = Proxy.objects.fleet_version(HERE)

    beats.beat(proxy_id)
    beats.look()

    assert beats.health(proxy_id) is Health.OK
    assert Proxy.objects.fleet_version(HERE) == version
    assert list(index_faults(Proxy, HERE)) == []
    assert list(undeclared_keys(HERE)) == []


@pytest.mark.parametrize(
    ("silence_ms", "health"),
    [
        (SUSPECT_MS - 12_000, Health.OK),
        (SUSPECT_MS, Health.SUSPECT),
        (DOWN_MS - 12_000, Health.SUSPECT),
        (DOWN_MS, Health.DOWN),
    ],
)
def test_silence_makes_a_proxy_suspect_and_then_down(silence_ms: int, health: Health) -> None:
    beats.bystanders()
    proxy_id = fleet.pro_proxy()

    beats.silent(proxy_id, silence_ms)

    assert beats.health(proxy_id) is health
    assert fleet.broken_laws() == []


def test_a_proxy_that_is_down_takes_nobody_new_and_its_buckets_draw_others() -> None:
    beats.bystanders()
    own, free = fleet.pro_proxy(), fleet.free_proxy()

    for proxy_id in (own, free):
        beats.silent(proxy_id, DOWN_MS)

    assert own not in fleet.open_proxies()
    assert free not in Proxy.objects.active_free(HERE)
    assert "populate_free_table" in {job.kind for job in Job.objects.all()}
    assert history_of(own)[0].what == "down"
    assert fleet.broken_laws() == []


def test_the_users_of_a_proxy_that_is_down_get_others_without_staff() -> None:
    beats.bystanders()
    silent, kept = fleet.pro_proxy(city="Oslo"), fleet.pro_proxy(city="Bern")
    user_id = fleet.pro_user()
    fleet.assigned(user_id)
    new = fleet.pro_proxy(city="Lima")

    beats.silent(silent, DOWN_MS)
    drain(HERE)

    assert fleet.proxies_of(user_id) == {kept, new}
    assert fleet.broken_laws() == []


def test_a_proxy_that_is_suspect_goes_on_taking_users() -> None:
    proxy_id = fleet.pro_proxy()

    beats.silent(proxy_id, SUSPECT_MS)

    assert fleet.open_proxies() == {proxy_id}
    assert fleet.broken_laws() == []


def test_a_proxy_that_is_heard_again_is_well_and_takes_users_again() -> None:
    beats.bystanders()
    proxy_id, user_id = fleet.pro_proxy(), fleet.pro_user()
    beats.silent(proxy_id, DOWN_MS)
    assert fleet.assigned(user_id) == set()

    beats.beat(proxy_id)
    beats.look()
    drain(HERE)

    assert beats.health(proxy_id) is Health.OK
    assert fleet.proxies_of(user_id) == {proxy_id}
    assert [each.what for each in history_of(proxy_id)][:2] == ["heard again", "down"]
    assert fleet.broken_laws() == []


def test_a_heartbeat_whose_time_does_not_change_is_none() -> None:
    proxy_id = fleet.pro_proxy()
    beats.silent(proxy_id, SUSPECT_MS)
    told = text_client().hgetall(keys.HEARTBEAT(proxy_id=proxy_id))

    text_client().hset(keys.HEARTBEAT(proxy_id=proxy_id), mapping={**told, "connections": 9})
    beats.look()

    assert beats.health(proxy_id) is Health.SUSPECT


def test_a_proxy_whose_clock_goes_backwards_is_heard_all_the_same() -> None:
    proxy_id = fleet.pro_proxy()
    beats.beat(proxy_id, at=1_000_000)
    beats.silent(proxy_id, SUSPECT_MS)

    beats.beat(proxy_id, at=0)
    beats.look()

    assert beats.health(proxy_id) is Health.OK


def test_time_in_which_nobody_looked_makes_nobody_down() -> None:
    proxy_id = fleet.pro_proxy()
    beats.beat(proxy_id)
    beats.look()
    watched = int(text_client().hget(keys.WATCH(proxy_id=proxy_id), "watched") or 0)
    text_client().hset(keys.WATCH(proxy_id=proxy_id), "watched", watched - 3_600_000)

    beats.look()

    assert beats.health(proxy_id) is Health.OK
    [heartbeat] = heartbeats_of([proxy_id])
    assert heartbeat is not None
    assert 0 < heartbeat.silence_ms <= 10_000


def test_when_most_are_silent_they_stay_suspect_for_it_may_be_us() -> None:
    proxies = [fleet.pro_proxy() for _ in range(6)]

    for proxy_id in proxies:
        beats.beat(proxy_id)
    beats.look()
    for proxy_id in proxies:
        beats.silent(proxy_id, DOWN_MS)

    healths = [beats.health(proxy_id) for proxy_id in proxies]
    assert healths.count(Health.DOWN) == 3
    assert healths.count(Health.SUSPECT) + healths.count(Health.OK) == 3
    assert fleet.broken_laws() == []


def test_the_only_proxy_that_is_heard_of_may_be_down() -> None:
    proxy_id = fleet.pro_proxy()

    beats.silent(proxy_id, DOWN_MS)

    assert beats.health(proxy_id) is Health.DOWN


def test_a_retired_proxy_has_no_health_and_does_not_count() -> None:
    beats.bystanders(1)
    one, other = fleet.pro_proxy(), fleet.pro_proxy()
    beats.silent(one, DOWN_MS)

    retire_proxy(one)
    beats.beat(one)
    beats.silent(other, DOWN_MS)

    assert (beats.health(one), beats.health(other)) == (Health.UNKNOWN, Health.DOWN)
    assert list(index_faults(Proxy, HERE)) == []


def test_a_proxy_that_drains_is_watched_too() -> None:
    beats.bystanders()
    proxy_id = fleet.pro_proxy()
    drain_proxy(proxy_id)

    beats.silent(proxy_id, DOWN_MS)

    assert beats.health(proxy_id) is Health.DOWN


def test_a_heartbeat_ends_a_while_after_the_last_was_seen(any_redis: redis.Redis) -> None:
    proxy_id = fleet.pro_proxy()
    name = keys.HEARTBEAT(proxy_id=proxy_id)
    beats.beat(proxy_id)

    beats.look()

    assert 0 < int(str(any_redis.pttl(name))) <= BEAT_MS
    any_redis.pexpire(name, 10 * BEAT_MS)
    beats.beat(proxy_id)
    beats.look()
    assert 0 < int(str(any_redis.pttl(name))) <= BEAT_MS


def test_what_a_retired_proxy_says_ends_too(any_redis: redis.Redis) -> None:
    proxy_id = fleet.pro_proxy()
    retire_proxy(proxy_id)
    beats.beat(proxy_id)

    beats.look()

    assert int(str(any_redis.pttl(keys.HEARTBEAT(proxy_id=proxy_id)))) > 0


@pytest.mark.parametrize(
    "told",
    [
        {"at": "7" * 21},
        {"connections": "7" * 21},
        {"software": "x" * 201},
        {f"more_{number}": "x" for number in range(13)},
    ],
)
def test_a_heartbeat_that_is_too_large_is_dropped_unread(
    any_redis: redis.Redis, told: dict[str, str]
) -> None:
    proxy_id = fleet.pro_proxy()
    beats.beat(proxy_id, **told)

    beats.look()

    assert any_redis.exists(keys.HEARTBEAT(proxy_id=proxy_id)) == 0
    assert any_redis.exists(keys.WATCH(proxy_id=proxy_id)) == 0
    assert beats.health(proxy_id) is Health.UNKNOWN


def test_a_heartbeat_just_small_enough_is_heard(any_redis: redis.Redis) -> None:
    proxy_id = fleet.pro_proxy()
    more = {f"more_{number}": "x" for number in range(12)}
    beats.beat(proxy_id, at="7" * 20, software="x" * 200, **more)

    beats.look()

    assert beats.health(proxy_id) is Health.OK
