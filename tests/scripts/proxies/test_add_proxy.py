"""``proxies/add_proxy``: one test an outcome, and what an operator may say wrongly."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from lantern_pro.errors import InvalidParameter
from lantern_pro.store.client import text_client
from proxies import keys
from proxies.errors import ProxyNameTaken
from proxies.models import Proxy
from proxies.records import NewProxy, Place, Track
from proxies.services.fleet import add_proxy
from tests import fleet
from tests.fleet import HERE

pytestmark = pytest.mark.usefixtures("any_redis")

NEW = NewProxy(name="fallback-1", addr="192.0.2.1:443", track=Track.PRO, capacity=5)


def test_a_new_pro_proxy_is_in_the_fleet_with_room_and_a_secret() -> None:
    added = add_proxy(HERE, NEW)

    [record] = Proxy.objects.records([added.proxy_id])
    assert added.new
    assert (record.name, record.load, record.version) == ("fallback-1", 0, 0)
    assert len(record.auth_token) == 43
    assert fleet.open_proxies() == {added.proxy_id}
    assert Proxy.objects.active_free(HERE) == []
    assert Proxy.objects.fleet_version(HERE) == 1


def test_a_free_proxy_is_not_open_to_pro_users() -> None:
    added = add_proxy(HERE, replace(NEW, track=Track.FREE))

    assert fleet.open_proxies() == set()
    assert Proxy.objects.active_free(HERE) == [added.proxy_id]


def test_adding_the_same_proxy_again_finds_the_first() -> None:
    first = add_proxy(HERE, NEW)

    second = add_proxy(HERE, NEW)

    assert second.proxy_id == first.proxy_id
    assert not second.new
    assert text_client().zcard(keys.PROXIES.by("id", cell=HERE)) == 1
    assert Proxy.objects.fleet_version(HERE) == 1


def test_a_name_that_another_proxy_has_is_refused() -> None:
    add_proxy(HERE, NEW)

    with pytest.raises(ProxyNameTaken):
        add_proxy(HERE, replace(NEW, addr="192.0.2.2:443"))

    assert text_client().zcard(keys.PROXIES.by("id", cell=HERE)) == 1


def test_ten_operators_at_once_add_one_proxy(real_redis: object) -> None:
    with ThreadPoolExecutor(10) as pool:
        added = list(pool.map(lambda _: add_proxy(HERE, NEW), range(10)))

    assert [each.new for each in added].count(True) == 1
    assert len({each.proxy_id for each in added}) == 1


@pytest.mark.parametrize(
    ("wrong", "field"),
    [
        (replace(NEW, addr="192.0.2.1"), "addr"),
        (replace(NEW, addr="192.0.2.1:70000"), "addr"),
        (replace(NEW, addr="[nonsense]:443"), "addr"),
        (replace(NEW, name="two words"), "name"),
        (replace(NEW, capacity=0), "capacity"),
        (replace(NEW, addr="proxy.example.org\n:443"), "addr"),
        (replace(NEW, name="fallback-1\n"), "name"),
        (replace(NEW, provider="Host\n"), "provider"),
        (replace(NEW, labels=("one\n",)), "labels"),
        (replace(NEW, blocked_countries=("IR\n",)), "blocked_countries"),
        (replace(NEW, place=Place(country_code="NL\n")), "country_code"),
    ],
)
def test_a_proxy_that_clients_could_not_use_is_refused(wrong: NewProxy, field: str) -> None:
    with pytest.raises(InvalidParameter) as refusal:
        add_proxy(HERE, wrong)

    assert refusal.value.field == field
    assert text_client().zcard(keys.PROXIES.by("id", cell=HERE)) == 0


def test_an_address_may_be_a_host_name_or_ipv6() -> None:
    for number, addr in enumerate(["proxy.example.org:443", "[2001:db8::1]:443"]):
        added = add_proxy(HERE, replace(NEW, name=f"fallback-{number}", addr=addr))

        assert added.new
