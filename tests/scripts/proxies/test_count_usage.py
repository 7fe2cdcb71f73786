"""``proxies/count_usage``, which free proxies run, and how the server keeps it known."""

import pytest
import redis

from lantern_pro import clock
from lantern_pro.jobs.schedule import stage_periodic_jobs
from lantern_pro.store.audit import undeclared_keys
from lantern_pro.store.scripts import script
from proxies.keys import CLIENT
from proxies.usage import counting_script, usage_of
from tests.fleet import HERE

DEVICE = "Zm9v:bar@7"
MONTH = 32 * 86_400


def _count(bytes_in: int, bytes_out: int, *, country: str = "cn", hours: int = 2) -> list[object]:
    ends = clock.now() // 1000 + hours * 3600
    outcome = script("proxies/count_usage")(
        counter=CLIENT(device_id=DEVICE),
        bytes_in=bytes_in,
        bytes_out=bytes_out,
        country=country,
        ends=ends,
    )
    return list(outcome)


def test_what_a_device_used_adds_up_until_its_period_ends(any_redis: redis.Redis) -> None:
    first = _count(1000, 20)
    second = _count(500, 3, country="ir", hours=50)

    assert first[:4] == ["counted", 1000, 20, "cn"]
    assert second[:4] == ["counted", 1500, 23, "cn"]
    assert 7100 < int(str(second[4])) <= 7200
    used = usage_of(DEVICE)
    assert used is not None
    assert (used.bytes_in, used.bytes_out, used.country) == (1500, 23, "cn")


def test_a_country_that_was_not_known_is_taken_when_it_is(any_redis: redis.Redis) -> None:
    _count(1, 1, country="")

    outcome = _count(1, 1, country="ir")

    assert outcome[3] == "ir"


def test_a_counter_that_lost_its_end_gets_one(any_redis: redis.Redis) -> None:
    _count(1, 1)
    any_redis.persist(CLIENT(device_id=DEVICE))

    outcome = _count(1, 1)

    assert int(str(outcome[4])) > 0


@pytest.mark.parametrize("spoilt", ["x", "-5", "1.5", "", str((1 << 63) - 1)])
def test_what_is_no_count_begins_anew(any_redis: redis.Redis, spoilt: str) -> None:
    _count(1, 1)
    any_redis.hset(CLIENT(device_id=DEVICE), mapping={"bytesIn": spoilt, "countryCode": "x" * 99})

    outcome = _count(7, 2)

    assert outcome[:4] == ["counted", 7, 3, "cn"]


@pytest.mark.parametrize("hours", [33 * 24, 10**8, 10**14])
def test_no_counter_lasts_longer_than_32_days(any_redis: redis.Redis, hours: int) -> None:
    outcome = _count(1, 1, hours=hours)

    assert MONTH - 60 < int(str(outcome[4])) <= MONTH
    assert MONTH - 60 < int(str(any_redis.ttl(CLIENT(device_id=DEVICE)))) <= MONTH


def test_a_counter_that_was_made_to_last_ends_when_it_is_next_counted(
    any_redis: redis.Redis,
) -> None:
    _count(1, 1)
    any_redis.expire(CLIENT(device_id=DEVICE), 10 * MONTH)

    outcome = _count(1, 1, hours=2)

    assert 7100 < int(str(outcome[4])) <= 7200


def test_a_device_of_which_nothing_is_counted_has_no_usage(any_redis: redis.Redis) -> None:
    assert usage_of(DEVICE) is None


def test_after_a_restart_of_redis_the_script_is_known_again(real_redis: redis.Redis) -> None:
    real_redis.script_flush()

    stage_periodic_jobs()

    assert real_redis.script_exists(counting_script().sha) == [True]


def test_the_keys_of_proxies_of_other_years_are_declared(any_redis: redis.Redis) -> None:
    _count(1, 1)
    any_redis.set("_throttle", "{}")
    any_redis.sadd("_devices:cn:2021-11-26:0.5", "a")
    any_redis.set("_deviceLastSeen:cn:0.5:a", 7)
    any_redis.set("_deviceFirstThrottled:a", 7)
    declared = list(undeclared_keys(HERE))

    any_redis.set("_nobody", 7)
    any_redis.set("_client:b", 7)

    assert declared == []
    assert sorted(undeclared_keys(HERE)) == [
        "_client:b is a string, declared as hash (_client:{device_id})",
        "_nobody carries no cell and is nobody's",
    ]
