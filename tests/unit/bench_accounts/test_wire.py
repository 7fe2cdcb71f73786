"""The wire that counts round trips to Redis."""

from collections.abc import Iterator

import pytest
import redis

from devstack.bench_accounts.wire import CountingWire, counting


@pytest.fixture
def wire(real_redis: redis.Redis) -> Iterator[CountingWire]:
    """A wire to the test's Redis."""
    told = real_redis.get_connection_kwargs()
    with counting(told["host"], told["port"]) as made:
        yield made


@pytest.fixture
def client(real_redis: redis.Redis, wire: CountingWire) -> Iterator[redis.Redis]:
    """A client that speaks through the wire, connected already."""
    told = real_redis.get_connection_kwargs()
    with redis.Redis(port=wire.port, password=told["password"]) as made:
        made.ping()
        yield made


def test_each_command_that_waits_for_the_one_before_is_a_round_trip(
    client: redis.Redis, wire: CountingWire
) -> None:
    before = wire.round_trips

    client.set("a", 1)
    client.get("a")

    assert wire.round_trips - before == 2


def test_a_pipeline_is_one_round_trip_however_long(client: redis.Redis, wire: CountingWire) -> None:
    before = wire.round_trips

    with client.pipeline(transaction=False) as pipe:
        for number in range(50):
            pipe.set(f"key {number}", number)
        pipe.execute()

    assert wire.round_trips - before == 1


def test_what_goes_through_the_wire_arrives_whole(client: redis.Redis) -> None:
    long = 1_000_000 * "x"

    client.set("long", long)

    assert client.get("long") == long.encode()
