"""config-server as a real process, asked over real sockets as clients ask."""

import gzip
from collections.abc import Iterator, Mapping
from typing import Any

import pytest
import redis
import requests
import urllib3
import yaml
from django.conf import settings

from devstack.redis_server import free_port
from lantern_pro.jobs.worker import drain
from lantern_pro.types import UserId
from proxies.models import Proxy
from tests import fleet
from tests.fleet import HERE
from tests.processes import answers, eventually, process

pytestmark = pytest.mark.stack

POLL_SECONDS = 40


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """The address of a config-server."""
    port = free_port()
    command = ["--interface", "wsgi", "--port", str(port), "--blocking-threads", "2"]
    polling = {"LANTERN_CONFIG_POLL_SECONDS": str(POLL_SECONDS)}
    with process("granian", *command, "configsrv.server:application", environment=polling):
        eventually(lambda: answers(f"http://127.0.0.1:{port}/healthz"))
        yield f"http://127.0.0.1:{port}"


@pytest.fixture(autouse=True)
def _fleet(server: str, real_redis: redis.Redis) -> None:
    added = [fleet.free_proxy(city=f"City {number}") for number in range(8)]
    drain(HERE)
    known = {record.name for record in Proxy.objects.records(added)}
    # The server may hear a moment later that the fleet of the last test is gone.
    eventually(
        lambda: (told := _poll(server)).status_code == 200 and known.issuperset(_names(told))
    )


def _poll(server: str, **headers: str) -> requests.Response:
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    with requests.Session() as session:
        return session.get(f"{server}/proxies.yaml.gz", headers=sent, timeout=20)


def _names(response: requests.Response) -> list[str]:
    assert response.status_code == 200
    return list(yaml.safe_load(gzip.decompress(response.content)))


def _from(server: str, address: str, **more: str) -> requests.Response:
    """Poll as a proxy of ours forwards it."""
    return _poll(
        server,
        X_Lantern_Config_Auth_Token=settings.PROXY_FORWARD_SECRET,
        X_Lantern_Config_Client_IP=address,
        **more,
    )


def _as_user(server: str, user_id: UserId, **more: str) -> requests.Response:
    return _poll(
        server,
        X_Lantern_User_Id=str(user_id),
        X_Lantern_Pro_Token=fleet.token(user_id),
        X_Lantern_Device_Id="device-1",
        **more,
    )


def _eventually_names(server: str, user_id: UserId, count: int) -> list[str]:
    def look() -> list[str] | None:
        names = _names(_as_user(server, user_id))
        return names if len(names) == count else None

    return eventually(look)


def test_two_clients_of_one_network_see_the_same_proxies(server: str) -> None:
    one = _from(server, "203.0.113.7", X_Lantern_User_Id="1024", X_Lantern_Device_Id="one")
    other = _from(server, "203.0.113.200", X_Lantern_User_Id="2048", X_Lantern_Device_Id="two")

    assert len(_names(one)) == 2
    assert one.content == other.content


def test_other_networks_usually_see_other_proxies(server: str) -> None:
    seen = {tuple(_names(_from(server, f"10.{number}.0.1"))) for number in range(30)}

    assert len(seen) > 5


def test_an_ipv6_client_and_its_neighbours_see_the_same_proxies(server: str) -> None:
    assert _names(_from(server, "2001:db8:1::1")) == _names(_from(server, "2001:db8:ffff::1"))


def test_the_address_that_a_stranger_claims_is_not_believed(server: str) -> None:
    seen = {
        _poll(
            server,
            X_Lantern_Config_Auth_Token="guessed",
            X_Lantern_Config_Client_IP=f"10.{number}.0.1",
        ).content
        for number in range(10)
    }

    assert len(seen) == 1


def test_a_pro_user_sees_their_own_proxies_first_and_then_the_free_ones(server: str) -> None:
    user_id = fleet.pro_user()
    fleet.pro_proxy(city="Oslo")
    fleet.pro_proxy(city="Bern")
    free = _names(_poll(server))

    fleet.assigned(user_id)
    names = _eventually_names(server, user_id, 4)

    assert names[2:] == free
    assert not set(names[:2]) & set(free)


def test_a_wrong_token_gets_the_free_configuration(server: str) -> None:
    user_id, _ = fleet.pro_user(), fleet.pro_proxy()
    fleet.assigned(user_id)
    _eventually_names(server, user_id, 3)

    wrong = _poll(server, X_Lantern_User_Id=str(user_id), X_Lantern_Pro_Token="wrong")

    assert wrong.content == _poll(server).content


def test_when_pro_time_is_over_the_free_configuration_is_served_at_once(server: str) -> None:
    user_id, _ = fleet.pro_user(), fleet.pro_proxy()
    fleet.assigned(user_id)
    _eventually_names(server, user_id, 3)

    fleet.end_pro_time(user_id)
    fleet.assigned(user_id, "expired")

    assert len(_eventually_names(server, user_id, 2)) == 2


def test_the_next_answer_changes_within_a_second_of_the_fleet(server: str) -> None:
    user_id, _ = fleet.pro_user(), fleet.pro_proxy()
    fleet.assigned(user_id)
    before = _eventually_names(server, user_id, 3)
    fleet.pro_proxy()

    drain(HERE)

    after = _eventually_names(server, user_id, 4)
    assert set(before) < set(after)


def test_who_has_the_configuration_is_told_so_without_it(server: str) -> None:
    first = _poll(server)

    lanterns = _poll(server, X_Lantern_If_None_Match=first.headers["X-Lantern-Etag"])
    standard = _poll(server, If_None_Match=first.headers["ETag"])
    another = _poll(server, X_Lantern_If_None_Match="another", If_None_Match='"a", W/"b"')

    assert (lanterns.status_code, lanterns.content) == (304, b"")
    assert (standard.status_code, standard.content) == (304, b"")
    assert another.content == first.content


def test_header_names_may_come_in_any_case(server: str) -> None:
    user_id, _ = fleet.pro_user(), fleet.pro_proxy()
    fleet.assigned(user_id)
    _eventually_names(server, user_id, 3)

    shouted = _poll(
        server,
        **{
            "X-LANTERN-USER-ID": str(user_id),
            "x-lantern-pro-token": fleet.token(user_id),
            "x-lantern-DEVICE-id": fleet.DEVICE,
        },
    )

    assert len(_names(shouted)) == 3


def test_the_body_is_a_gzip_file_that_no_http_library_unpacks(server: str) -> None:
    pool = urllib3.PoolManager()

    raw = pool.request(
        "GET", f"{server}/proxies.yaml.gz", headers={"Accept-Encoding": "gzip"}, decode_content=True
    )
    pool.clear()

    assert raw.headers["Content-Type"] == "application/x-gzip"
    assert "Content-Encoding" not in raw.headers
    assert raw.data[:2] == b"\x1f\x8b"


def test_every_answer_says_anew_when_to_come_again(server: str) -> None:
    tag = _poll(server).headers["X-Lantern-Etag"]

    waits = [
        int(_poll(server, X_Lantern_If_None_Match=tag).headers["X-Lantern-Config-Sleep"])
        for _ in range(30)
    ]

    assert len(set(waits)) > 3
    assert min(waits) >= POLL_SECONDS * 3 // 4
    assert max(waits) <= POLL_SECONDS * 5 // 4


@pytest.mark.parametrize("user_id", ["0", "", "-5", "x" * 5000, "9" * 30, "1023", "٣"])
def test_a_nonsensical_user_id_gets_the_free_configuration(server: str, user_id: str) -> None:
    sent: Mapping[str, Any] = {"X-Lantern-User-Id": user_id.encode(), "X-Lantern-Pro-Token": "t"}
    with requests.Session() as session:
        response = session.get(f"{server}/proxies.yaml.gz", headers=sent, timeout=20)

    assert response.content == _poll(server).content


def test_without_any_proxy_the_client_keeps_what_it_has(
    server: str, real_redis: redis.Redis
) -> None:
    real_redis.flushall()

    def look() -> requests.Response | None:
        response = _poll(server)
        return response if response.status_code == 503 else None

    refused = eventually(look)
    assert int(refused.headers["X-Lantern-Config-Sleep"]) > 0


def test_other_paths_and_methods_are_refused(server: str) -> None:
    with requests.Session() as session:
        statuses = [
            session.get(f"{server}/", timeout=20).status_code,
            session.get(f"{server}/proxies.yaml", timeout=20).status_code,
            session.post(f"{server}/proxies.yaml.gz", timeout=20).status_code,
            session.get(f"{server}/healthz", timeout=20).status_code,
        ]
        head = session.head(f"{server}/proxies.yaml.gz", timeout=20)

    assert statuses == [404, 404, 405, 200]
    assert (head.status_code, head.content) == (200, b"")
    assert head.headers["X-Lantern-Etag"] == _poll(server).headers["X-Lantern-Etag"]
