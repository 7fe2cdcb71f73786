"""``proxies/change_proxy``: a proxy is changed while it serves, and nobody is thrown off."""

import gzip
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import pytest
import yaml
from pytest_django import Settings

from configsrv import jobs, reading
from configsrv.render import Body
from lantern_pro import clock
from lantern_pro.errors import InvalidParameter
from lantern_pro.jobs.job import Work
from lantern_pro.store.audit import index_faults, undeclared_keys
from lantern_pro.store.client import text_client
from lantern_pro.types import ProxyId, UserId
from proxies import changes, keys
from proxies.changes import history_of
from proxies.errors import NoSuchProxy, ProxyRetired
from proxies.listings import Format
from proxies.models import Proxy
from proxies.records import Place, ProxyRecord, Track
from proxies.services.changing import change_proxy
from proxies.services.importing import Differing, import_list, look_at_list
from proxies.services.states import retire_proxy
from tests import fleet
from tests.fleet import HERE

pytestmark = pytest.mark.usefixtures("any_redis")

LIST = """\
name,addr,track,capacity,provider
pro-1,192.0.2.1:443,pro,50,Host
pro-2,192.0.2.2:443,pro,50,Host
"""


@pytest.fixture(autouse=True)
def _few_buckets(settings: Settings) -> None:
    settings.FREE_BUCKETS = 4


def _record(proxy_id: ProxyId) -> ProxyRecord:
    [record] = Proxy.objects.records([proxy_id])
    return record


def _change(proxy_id: ProxyId, why: str = "", **fields: Any) -> list[str]:
    proxy = _record(proxy_id)
    return change_proxy(proxy, replace(proxy.as_new(), **fields), why=why)


def _told_to(user_id: UserId) -> set[str]:
    """The addresses that a user's configuration names."""
    [found] = reading.read_configs([reading.user_key(user_id)])
    assert isinstance(found, reading.UserConfig)
    return {each["addr"] for each in yaml.safe_load(gzip.decompress(found.body.content)).values()}


def _faults() -> list[str]:
    return [*fleet.broken_laws(), *index_faults(Proxy, HERE), *undeclared_keys(HERE)]


def test_what_is_changed_is_changed_everywhere_and_stands_in_the_history() -> None:
    proxy_id = fleet.pro_proxy(capacity=10, city="Oslo", provider="Host", code="NO")
    version = Proxy.objects.fleet_version(HERE)
    place = Place(city="Bern", country="Switzerland", country_code="CH", latitude=46.95)

    changed = _change(
        proxy_id,
        "the machine moved",
        addr="192.0.2.9:8443",
        capacity=20,
        provider="Other & Co",
        place=place,
        labels=("rack-4",),
        auth_token="another-secret",
    )

    after, [line, *_] = _record(proxy_id), history_of(proxy_id)
    assert {"addr", "capacity", "provider", "city", "country_code", "auth_token"} <= set(changed)
    assert (after.addr, after.capacity, after.provider) == ("192.0.2.9:8443", 20, "Other & Co")
    assert after.place == place
    assert after.labels == ("rack-4",)
    assert after.auth_token == "another-secret"
    assert line.why == "the machine moved"
    assert "capacity 10 to 20" in line.what
    assert "city Oslo to Bern" in line.what
    assert "latitude 0 to 46.95" in line.what
    assert "another-secret" not in line.what
    assert Proxy.objects.fleet_version(HERE) == version + 1
    assert _faults() == []


def test_twice_is_as_once() -> None:
    proxy_id = fleet.pro_proxy()
    place = Place(city="Lund", latitude=55.7, longitude=13.1934)
    wanted = replace(_record(proxy_id).as_new(), place=place, capacity=7)
    before = _record(proxy_id)

    first, again, late = (
        change_proxy(each, wanted) for each in (before, _record(proxy_id), before)
    )

    assert "capacity" in first
    assert (again, late) == ([], [])
    assert len(history_of(proxy_id)) == 2


def test_a_capacity_below_the_load_throws_nobody_off_and_takes_nobody() -> None:
    proxy_id = fleet.pro_proxy(capacity=3)
    users = [fleet.pro_user() for _ in range(3)]
    for user_id in users:
        fleet.assigned(user_id)

    _change(proxy_id, capacity=1)
    newcomer = fleet.pro_user()

    assert fleet.assigned(newcomer) == set()
    assert [fleet.proxies_of(each) for each in users] == [{proxy_id}] * 3
    assert _record(proxy_id).over == 3
    assert _faults() == []
    for user_id in users[:2]:
        fleet.end_pro_time(user_id)
        fleet.release(user_id)
    assert (_record(proxy_id).load, _record(proxy_id).over) == (1, 0)
    assert fleet.proxies_of(newcomer) == set()
    assert _faults() == []


def test_what_a_lowered_capacity_found_only_falls() -> None:
    proxy_id = fleet.pro_proxy(capacity=3)
    users = [fleet.pro_user() for _ in range(3)]
    for user_id in users:
        fleet.assigned(user_id)
    _change(proxy_id, capacity=1)

    fleet.end_pro_time(users[0])
    fleet.release(users[0])

    assert _record(proxy_id).over == 2
    text_client().hset(keys.PROXIES.row(proxy_id), "over", 1)
    assert any("capacity 1, over 1" in fault for fault in fleet.broken_laws())


def test_more_capacity_serves_those_who_wait() -> None:
    proxy_id = fleet.pro_proxy(capacity=1)
    users = [fleet.pro_user() for _ in range(3)]
    for user_id in users:
        fleet.assigned(user_id)

    _change(proxy_id, capacity=3)
    fleet.run_jobs()

    assert [fleet.proxies_of(each) for each in users] == [{proxy_id}] * 3
    assert _record(proxy_id).over == 0
    assert _faults() == []


def test_a_changed_address_is_in_the_configurations_of_all_its_users(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(jobs, "USERS_AT_ONCE", 2)
    proxy_id = fleet.pro_proxy(capacity=10)
    users = [fleet.pro_user() for _ in range(5)]
    for user_id in users:
        fleet.assigned(user_id)

    _change(proxy_id, addr="192.0.2.77:443")
    fleet.run_jobs()

    assert [_told_to(each) for each in users] == [{"192.0.2.77:443"}] * 5
    assert _faults() == []


def test_a_free_proxy_is_told_of_at_its_new_address() -> None:
    proxy_id = fleet.free_proxy(addr="192.0.2.1:443")
    fleet.run_jobs()

    _change(proxy_id, addr="192.0.2.2:443")
    fleet.run_jobs()

    bodies = reading.read_configs([reading.free_key(HERE, number) for number in range(4)])
    told = [gzip.decompress(each.content) for each in bodies if isinstance(each, Body)]
    assert len(told) == 4
    assert all(b"192.0.2.2:443" in each and b"192.0.2.1:443" not in each for each in told)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"addr": "nonsense"}, "addr"),
        ({"capacity": 0}, "capacity"),
        ({"place": Place(country_code="NLD")}, "country_code"),
        ({"name": "another"}, "name"),
        ({"track": Track.FREE}, "track"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_changed(
    fields: dict[str, Any], field: str
) -> None:
    proxy_id = fleet.pro_proxy()
    before = _record(proxy_id)

    with pytest.raises(InvalidParameter) as refusal:
        _change(proxy_id, **fields)

    assert refusal.value.field == field
    assert _record(proxy_id) == before


def test_a_retired_proxy_is_not_changed_and_one_that_is_gone_is_told() -> None:
    proxy_id = fleet.pro_proxy()
    retire_proxy(proxy_id)
    told: dict[str, Any] = {"columns": {"capacity": 9}, "now": clock.now(), "why": ""}

    with pytest.raises(ProxyRetired):
        _change(proxy_id, capacity=9)
    with pytest.raises(ProxyRetired):
        changes.change_proxy(proxy_id=proxy_id, work=Work(HERE), **told)
    with pytest.raises(NoSuchProxy):
        changes.change_proxy(proxy_id=ProxyId(1024), work=Work(HERE), **told)

    assert _record(proxy_id).capacity == 10


def test_of_ten_who_make_the_same_change_at_once_one_made_it(real_redis: object) -> None:
    proxy = _record(fleet.pro_proxy())
    wanted = replace(proxy.as_new(), capacity=99)

    with ThreadPoolExecutor(10) as pool:
        told = list(pool.map(lambda _: change_proxy(proxy, wanted), range(10)))

    assert sorted(told) == [[]] * 9 + [["capacity"]]


def test_a_list_changes_what_it_says_and_only_where_that_is_asked_for() -> None:
    import_list(HERE, LIST, Format.CSV)
    text = "name,addr,provider\npro-1,192.0.2.1:443,\npro-2,192.0.2.8:443,Other\n"

    refused = import_list(HERE, text, Format.CSV)
    looked = look_at_list(HERE, text, Format.CSV, Differing.CHANGED)
    unchanged = _record(looked.lines[1].proxy_id or ProxyId(0))
    done = import_list(HERE, text, Format.CSV, Differing.CHANGED)
    again = import_list(HERE, text, Format.CSV, Differing.CHANGED)

    assert [(fault.line, fault.field) for fault in refused.faults] == [(3, "name")]
    assert unchanged.addr == "192.0.2.2:443"
    assert [each.outcome for each in looked.lines] == ["there", "changed"]
    assert looked.lines[1].differs == (
        "addr 192.0.2.2:443 to 192.0.2.8:443",
        "provider Host to Other",
    )
    assert done.lines == looked.lines
    assert [each.outcome for each in again.lines] == ["there", "there"]
    after = _record(unchanged.id)
    assert (after.addr, after.provider, after.capacity) == ("192.0.2.8:443", "Other", 50)
    assert _faults() == []


def test_a_list_cannot_make_a_pro_proxy_free() -> None:
    import_list(HERE, LIST, Format.CSV)

    report = import_list(HERE, LIST.replace("443,pro", "443,free"), Format.CSV, Differing.CHANGED)

    assert {fault.field for fault in report.faults} == {"track"}
    assert not report.written
