"""A retired or blocked proxy is in no configuration from that moment.

Users of 2016 were sent from one retired proxy to another that had been retired for a month, then to
a good one, and back again, by whichever server they asked (getlantern/lantern#3594). So two
config-servers are asked here, time and again, and the jobs that make configurations anew have not
run yet unless the test says so.
"""

import gzip
from collections.abc import Iterator
from contextlib import ExitStack

import pytest
import redis
import requests
import yaml

from devstack.redis_server import free_port
from lantern_pro.jobs.worker import drain
from lantern_pro.types import ProxyId, UserId
from proxies.models import Proxy
from proxies.services.states import block_proxy, retire_proxy
from tests import fleet
from tests.fleet import HERE
from tests.processes import answers, eventually, process

pytestmark = pytest.mark.stack

ROUNDS = 20


@pytest.fixture(scope="module")
def servers() -> Iterator[list[str]]:
    """The addresses of two config-servers."""
    addresses = []
    with ExitStack() as stack:
        for port in (free_port(), free_port()):
            command = ["--interface", "wsgi", "--port", str(port), "--blocking-threads", "2"]
            stack.enter_context(process("granian", *command, "configsrv.server:application"))
            addresses.append(f"http://127.0.0.1:{port}")
        for address in addresses:
            eventually(lambda address=address: answers(f"{address}/healthz"))  # type: ignore[misc]
        yield addresses


@pytest.fixture(autouse=True)
def _emptied(real_redis: redis.Redis) -> None:
    """Begin with an empty store."""


def _name(proxy_id: ProxyId) -> str:
    [record] = Proxy.objects.records([proxy_id])
    return record.name


def _names(server: str, user_id: UserId | None = None, country: str = "") -> set[str]:
    headers = {"X-Lantern-Client-Country": country} if country else {}
    if user_id:
        headers |= {
            "X-Lantern-User-Id": str(user_id),
            "X-Lantern-Pro-Token": fleet.token(user_id),
            "X-Lantern-Device-Id": fleet.DEVICE,
        }
    with requests.Session() as session:
        response = session.get(f"{server}/proxies.yaml.gz", headers=headers, timeout=20)
    if response.status_code == 503:
        return set()
    return set(yaml.safe_load(gzip.decompress(response.content)))


def _eventually(
    servers: list[str], expected: set[str], user_id: UserId | None = None, country: str = ""
) -> None:
    """Each server comes to say this, and goes on saying it."""
    for server in servers:
        eventually(lambda at=server: _names(at, user_id, country) == expected)  # type: ignore[misc]
    for _ in range(ROUNDS):
        for server in servers:
            assert _names(server, user_id, country) == expected


def test_a_user_whose_proxy_is_retired_is_not_sent_to_one_that_was_retired_before(
    servers: list[str],
) -> None:
    retired_before, own, kept = (fleet.pro_proxy(city=city) for city in ("Oslo", "Bern", "Rome"))
    free = fleet.free_proxy()
    retire_proxy(retired_before)
    drain(HERE)
    user_id = fleet.pro_user()
    fleet.assigned(user_id)
    _eventually(servers, {_name(own), _name(kept), _name(free)}, user_id)
    new = fleet.pro_proxy(city="Lima")

    retire_proxy(own)

    _eventually(servers, {_name(kept), _name(free)}, user_id)
    drain(HERE)
    _eventually(servers, {_name(kept), _name(new), _name(free)}, user_id)
    assert fleet.proxies_of(user_id) == {kept, new}


def test_when_all_proxies_of_a_user_are_retired_they_have_the_free_ones_until_others_come(
    servers: list[str],
) -> None:
    gone, free = [fleet.pro_proxy(city=city) for city in ("Oslo", "Bern")], fleet.free_proxy()
    user_id = fleet.pro_user()
    fleet.assigned(user_id)

    for proxy_id in gone:
        retire_proxy(proxy_id)

    _eventually(servers, {_name(free)}, user_id)
    drain(HERE)
    _eventually(servers, {_name(free)}, user_id)
    new = fleet.pro_proxy(city="Lima")
    drain(HERE)
    _eventually(servers, {_name(new), _name(free)}, user_id)


def test_a_retired_free_proxy_is_told_to_nobody_before_the_buckets_are_made_anew(
    servers: list[str],
) -> None:
    left, stays = fleet.free_proxy(), fleet.free_proxy()
    drain(HERE)
    _eventually(servers, {_name(left), _name(stays)})

    retire_proxy(left)

    _eventually(servers, {_name(stays)})
    new = fleet.free_proxy()
    drain(HERE)
    _eventually(servers, {_name(stays), _name(new)})


def test_a_blocked_proxy_is_told_to_nobody_who_says_that_they_are_there(
    servers: list[str],
) -> None:
    blocked, good, own = fleet.free_proxy(), fleet.free_proxy(), fleet.pro_proxy()
    user_id = fleet.pro_user()
    fleet.assigned(user_id)
    everything = {_name(each) for each in (blocked, good, own)}
    _eventually(servers, everything, user_id, "CN")

    block_proxy(blocked, ["CN"])
    block_proxy(own, ["CN"])

    _eventually(servers, {_name(good)}, user_id, "CN")
    _eventually(servers, everything, user_id, "DE")


def test_who_is_where_a_proxy_is_blocked_gets_others_as_soon_as_they_are_drawn(
    servers: list[str],
) -> None:
    blocked = [fleet.free_proxy() for _ in range(2)]
    drain(HERE)
    for proxy_id in blocked:
        block_proxy(proxy_id, ["CN"])
    _eventually(servers, set(), country="CN")

    new = fleet.free_proxy()
    drain(HERE)

    _eventually(servers, {_name(new)}, country="cn")
    for server in servers:
        assert _name(new) in _names(server)
        assert len(_names(server)) == 2
