"""The reference http-proxy after an absence: cut off, overtaken by the stream, another history."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
import redis

from devstack.network import Network, network_to
from devstack.redis_server import RedisPlace, running
from lantern_pro.types import ProxyId, UserId
from proxies import keys
from tests import fleet
from tests.processes import eventually
from tests.through import Through, linked, running_proxy, store_at

pytestmark = pytest.mark.stack


@dataclass(frozen=True, slots=True)
class Ground:
    """A Redis of the test's own, a network that leads there, and a proxy behind it."""

    place: RedisPlace
    network: Network
    through: Through
    client: redis.Redis

    def version_known(self, proxy_id: ProxyId) -> int:
        """The version that the proxy says it knows."""
        found = self.client.hget(keys.HEARTBEAT(proxy_id=proxy_id), "admissions")
        return int(str(found or -1))


Started = tuple[RedisPlace, Network, Through]


@pytest.fixture(scope="module")
def started(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Started]:
    """Everything runs."""
    with (
        running(RedisPlace.in_folder(tmp_path_factory.mktemp("redis"))) as place,
        network_to(place.port) as network,
        running_proxy(REDIS_URL=place.url.replace(str(place.port), str(network.port))) as (
            through,
            _,
        ),
    ):
        yield place, network, through


@pytest.fixture
def ground(started: Started) -> Iterator[Ground]:
    """The network is whole, and the store empty."""
    place, network, through = started
    with store_at(place) as client:
        client.flushall()
        network.mend()
        yield Ground(place, network, through, client)


def test_what_happened_while_it_was_cut_off_is_read_from_the_stream(ground: Ground) -> None:
    proxy_id, before = linked(ground.through)
    joined, left = fleet.pro_user(), fleet.pro_user()
    fleet.assigned(left)
    eventually(lambda: ground.through.admits(proxy_id, left))

    ground.network.cut()
    fleet.assigned(joined)
    fleet.end_pro_time(left)
    fleet.release(left)
    while_cut = ground.through.admits(proxy_id, before)
    ground.network.mend()

    eventually(lambda: ground.through.admits(proxy_id, joined))
    eventually(lambda: not ground.through.admits(proxy_id, left))  # it left after who joined
    assert while_cut


def test_when_the_stream_was_trimmed_meanwhile_the_snapshot_is_read(ground: Ground) -> None:
    proxy_id, _ = linked(ground.through)
    joined, left = fleet.pro_user(), fleet.pro_user()
    fleet.assigned(left)
    eventually(lambda: ground.through.admits(proxy_id, left))

    ground.network.cut()
    fleet.end_pro_time(left)
    fleet.release(left)
    fleet.assigned(joined)
    ground.client.xtrim(keys.CHANGES(proxy_id=proxy_id), maxlen=1, approximate=False)
    ground.network.mend()

    eventually(lambda: ground.through.admits(proxy_id, joined))
    assert not ground.through.admits(proxy_id, left)


def test_a_history_that_was_lost_and_went_on_otherwise_is_noticed(ground: Ground) -> None:
    proxy_id, lost = linked(ground.through)
    other = fleet.pro_user()

    ground.network.cut()
    _forget_the_last_change(ground.client, proxy_id, lost)
    fleet.assigned(other)  # the same number as the change that was lost
    ground.network.mend()

    eventually(lambda: ground.through.admits(proxy_id, other))
    assert not ground.through.admits(proxy_id, lost)


def test_a_redis_that_came_back_older_is_believed(ground: Ground) -> None:
    proxy_id, lost = linked(ground.through)

    ground.network.cut()
    _forget_the_last_change(ground.client, proxy_id, lost)
    ground.network.mend()

    eventually(lambda: not ground.through.admits(proxy_id, lost))


def test_it_gives_signs_of_life_that_tell_what_it_knows(ground: Ground) -> None:
    proxy_id, _ = linked(ground.through)

    eventually(lambda: ground.version_known(proxy_id) >= 0)

    name = keys.HEARTBEAT(proxy_id=proxy_id)
    beat = ground.client.hgetall(name)
    assert set(beat) == {"at", "connections", "software", "admissions"}


def _forget_the_last_change(client: redis.Redis, proxy_id: ProxyId, user_id: UserId) -> None:
    """Let Redis be as it was before this user was admitted, which was the last thing done."""
    with client.pipeline() as pipe:
        pipe.delete(keys.CHANGES(proxy_id=proxy_id))
        pipe.delete(keys.PROXIES_OF(user_id=user_id), keys.ADMITTED(user_id=user_id))
        pipe.delete(keys.USERS(proxy_id=proxy_id))
        pipe.srem(keys.ADMISSIONS(proxy_id=proxy_id), fleet.known_as(user_id))
        pipe.hset(keys.PROXIES.row(proxy_id), mapping={"version": 0, "load": 0})
        pipe.execute()
