"""What free devices use is counted, told and capped by the reference http-proxy; Pro's is not."""

import json
import re
from collections.abc import Iterator

import pytest
import redis
import requests

from devstack.redis_server import free_port
from lantern_pro.jobs.schedule import stage_periodic_jobs
from lantern_pro.jobs.worker import drain
from lantern_pro.types import ProxyId
from proxies.keys import CLIENT, HEARTBEAT, THROTTLE
from proxies.services.caps import set_data_caps
from proxies.usage import DeviceUsage, usage_of
from tests import fleet
from tests.fleet import HERE
from tests.processes import eventually
from tests.through import Through, linked, running_proxy, shown

pytestmark = pytest.mark.stack

MIB = 1 << 20
Proxy = tuple[Through, str]


@pytest.fixture(scope="module")
def running_one() -> Iterator[Proxy]:
    """A proxy whose figures can be read, which looks for news often."""
    metrics = f"127.0.0.1:{free_port()}"
    with running_proxy("--beat-seconds", "0.1", "--metrics", metrics) as (through, _):
        yield through, metrics


@pytest.fixture
def proxy(running_one: Proxy) -> Through:
    """The proxy."""
    return running_one[0]


@pytest.fixture
def device(request: pytest.FixtureRequest) -> str:
    """A device that no other test has used: the proxy remembers them."""
    return f"device.{request.node.name}"


def _caps(threshold: int, *, rate: int = 100 * MIB) -> str:
    cap = {"label": "x", "threshold": threshold, "rate": rate, "capResets": "legacy"}
    return json.dumps({"default": {"default": [cap]}})


def _free(proxy: Through) -> ProxyId:
    proxy_id = fleet.free_proxy(addr=f"127.0.0.1:{proxy.port}")
    stage_periodic_jobs()
    drain(HERE)
    return proxy_id


def _ask(proxy: Through, proxy_id: ProxyId, origin: str, device: str) -> str:
    """Ask for a page; the head of the answer."""
    _, answer = proxy.get(
        f"http://{origin}/",
        X_Lantern_Auth_Token=fleet.secret(proxy_id),
        X_Lantern_Device_Id=device,
        X_Lantern_Client_Country="IR",
        X_Lantern_Time_Zone="Asia/Tehran",
    )
    return answer.partition("\r\n\r\n")[0]


def _told(proxy: Through, proxy_id: ProxyId, origin: str, device: str) -> str:
    """The last answer's head, once a client is told of its cap."""
    return eventually(
        lambda: head if "XBQ:" in (head := _ask(proxy, proxy_id, origin, device)) else None
    )


def _at_least(count: int, device: str) -> DeviceUsage | None:
    """What the device has used, once so many bytes went to it."""
    used = usage_of(device)
    return used if used is not None and used.bytes_out >= count else None


def _beat(client: redis.Redis, proxy_id: ProxyId) -> int:
    """When the proxy gave its last sign of life, which it does as often as it reads caps."""
    return int(str(client.hget(HEARTBEAT(proxy_id=proxy_id), "at") or 0))


def _figure(running_one: Proxy, name: str) -> float:
    text = requests.get(f"http://{running_one[1]}/metrics", timeout=20).text
    found = re.search(rf"^lantern_proxy_{re.escape(name)} (\S+)$", text, re.MULTILINE)
    return float(found[1]) if found else 0.0


def test_what_a_device_uses_is_counted_until_its_month_is_over(
    proxy: Through, origin: str, device: str, real_redis: redis.Redis
) -> None:
    set_data_caps(_caps(500 * MIB))
    proxy_id = _free(proxy)

    _told(proxy, proxy_id, origin, device)
    heads = [_ask(proxy, proxy_id, origin, device) for _ in range(5)]

    # The very first answer may tell of the cap: a report can come in between.
    used = eventually(lambda: _at_least(sum(map(len, heads)), device))
    assert used.country == "ir"
    assert used.seconds_left is not None
    assert 0 < used.seconds_left <= 31 * 86_400


def test_clients_are_told_of_their_cap(
    proxy: Through, origin: str, device: str, real_redis: redis.Redis
) -> None:
    set_data_caps(_caps(500 * MIB))
    proxy_id = _free(proxy)
    name = CLIENT(device_id=device)
    real_redis.hset(name, mapping={"bytesIn": 150 * MIB, "bytesOut": 50 * MIB})
    real_redis.expire(name, 3600)

    head = _told(proxy, proxy_id, origin, device)

    first, second = (re.search(rf"{name}: (\S+)", head) for name in ("XBQ", "XBQv2"))
    assert first is not None
    assert second is not None
    used, allowed, as_of = first[1].split("/")
    assert (used, allowed) == ("200", "500")
    assert second[1].startswith(f"{used}/{allowed}/{as_of}/")
    assert 3000 < int(second[1].split("/")[3]) <= 3600


def test_a_device_over_its_cap_is_slowed_down_and_no_other(
    running_one: Proxy, origin: str, device: str, real_redis: redis.Redis
) -> None:
    proxy = running_one[0]
    set_data_caps(_caps(500 * MIB))
    proxy_id = _free(proxy)
    real_redis.hset(CLIENT(device_id=device), mapping={"bytesIn": 501 * MIB, "bytesOut": 0})
    _told(proxy, proxy_id, origin, device)
    before = _figure(running_one, "throttled_requests_total")

    head = _ask(proxy, proxy_id, origin, device)
    after = _figure(running_one, "throttled_requests_total")
    _ask(proxy, proxy_id, origin, f"{device}.other")

    assert "XBQ: 501/500/" in head
    assert after > before
    assert _figure(running_one, "throttled_requests_total") == after


def test_broken_caps_leave_the_last_good_ones_and_an_empty_object_lifts_them(
    proxy: Through, origin: str, device: str, real_redis: redis.Redis
) -> None:
    set_data_caps(_caps(500 * MIB))
    proxy_id = _free(proxy)
    _told(proxy, proxy_id, origin, device)

    real_redis.set(THROTTLE(), "{")
    broken_at = _beat(real_redis, proxy_id)
    eventually(lambda: _beat(real_redis, proxy_id) > broken_at + 1000)  # it has read them by then
    seen = [_ask(proxy, proxy_id, origin, device) for _ in range(20)]
    set_data_caps("{}")

    assert all("XBQ:" in head for head in seen)
    eventually(lambda: "XBQ:" not in _ask(proxy, proxy_id, origin, device))


def test_of_pro_users_nothing_is_counted_or_told(
    running_one: Proxy, origin: str, device: str, real_redis: redis.Redis
) -> None:
    proxy = running_one[0]
    set_data_caps(_caps(1))
    stage_periodic_jobs()
    proxy_id, user_id = linked(proxy)
    before = _figure(running_one, 'requests_total{outcome="known"}')

    answers = [proxy.get(f"http://{origin}/", **shown(proxy_id, user_id)) for _ in range(5)]

    assert all("XBQ" not in answer for _, answer in answers)
    assert _figure(running_one, 'requests_total{outcome="known"}') == before + 5
    assert list(real_redis.scan_iter("_client:*")) == []


def test_strangers_are_told_nothing_of_caps(
    proxy: Through, origin: str, device: str, real_redis: redis.Redis
) -> None:
    set_data_caps(_caps(500 * MIB))
    proxy_id = _free(proxy)
    _told(proxy, proxy_id, origin, device)

    _, answer = proxy.get(f"http://{origin}/", X_Lantern_Device_Id=device)

    assert "XBQ" not in answer


def test_a_tunnel_tells_of_the_cap_when_it_opens(
    proxy: Through, origin: str, device: str, real_redis: redis.Redis
) -> None:
    set_data_caps(_caps(500 * MIB))
    proxy_id = _free(proxy)
    _told(proxy, proxy_id, origin, device)
    inner = f"GET / HTTP/1.1\r\nHost: {origin}\r\nConnection: close\r\n\r\n"

    _, answer = proxy.ask(
        f"CONNECT {origin} HTTP/1.1",
        body=inner,
        X_Lantern_Auth_Token=fleet.secret(proxy_id),
        X_Lantern_Device_Id=device,
    )

    assert "XBQv2:" in answer.partition("\r\n\r\n")[0]


def test_after_redis_forgot_the_script_what_came_up_is_still_counted(
    proxy: Through, origin: str, device: str, real_redis: redis.Redis
) -> None:
    set_data_caps(_caps(500 * MIB))
    proxy_id = _free(proxy)
    _told(proxy, proxy_id, origin, device)
    eventually(lambda: usage_of(device))
    real_redis.delete(CLIENT(device_id=device))
    real_redis.script_flush()

    for _ in range(5):
        _ask(proxy, proxy_id, origin, device)
    stage_periodic_jobs()

    used = eventually(lambda: usage_of(device))
    assert used.bytes_out > 0
