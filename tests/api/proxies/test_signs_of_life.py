"""A real proxy's signs of life, and what becomes of its users when they end."""

import pytest
import redis

from devstack.redis_server import free_port
from lantern_pro.types import ProxyId
from proxies import keys
from proxies.heartbeats import Heartbeat, heartbeats_of
from proxies.records import Health
from proxies.services.health import limits
from tests import beats, fleet
from tests.processes import eventually
from tests.through import linked, running_proxy_at

pytestmark = pytest.mark.stack

OFTEN = ("--beat-seconds", "0.1")


def _comes_to_be(proxy_id: ProxyId, health: Health) -> None:
    def look() -> bool:
        beats.look()
        return beats.health(proxy_id) is health

    eventually(look)


def _that_knows(proxy_id: ProxyId, version: int) -> Heartbeat | None:
    [heartbeat] = heartbeats_of([proxy_id])
    return heartbeat if heartbeat and heartbeat.admissions == version else None


def test_a_proxy_that_is_killed_is_down_its_users_get_others_and_back_it_takes_users(
    real_redis: redis.Redis,
) -> None:
    port = free_port()
    beats.bystanders()
    with running_proxy_at(port, *OFTEN) as (through, process):
        proxy_id, user_id = linked(through)
        _comes_to_be(proxy_id, Health.OK)
        heartbeat = eventually(lambda: _that_knows(proxy_id, 1))
        process.kill()
        process.wait()
    other = fleet.pro_proxy(city="Lima")
    beats.look()  # hears its last
    real_redis.hset(keys.WATCH(proxy_id=proxy_id), "silence", limits().down_ms)

    _comes_to_be(proxy_id, Health.DOWN)
    fleet.run_jobs()

    assert heartbeat.software.startswith("lantern-reference")
    assert fleet.proxies_of(user_id) == {other}
    with running_proxy_at(port, *OFTEN):
        _comes_to_be(proxy_id, Health.OK)
    assert proxy_id in fleet.open_proxies()
    assert fleet.broken_laws() == []
