"""``proxies/block_proxy`` and ``proxies/unblock_proxy``: one test an outcome."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from lantern_pro import clock
from lantern_pro.errors import InvalidParameter
from lantern_pro.jobs.job import Work
from lantern_pro.store.client import text_client
from lantern_pro.types import ProxyId
from proxies import changes, keys
from proxies.changes import history_of
from proxies.errors import NoSuchProxy, ProxyRetired
from proxies.models import Proxy
from proxies.services.states import block_proxy, retire_proxy, unblock_proxy
from tests import fleet
from tests.fleet import HERE

pytestmark = pytest.mark.usefixtures("any_redis")


def _blocked(proxy_id: ProxyId) -> tuple[str, ...]:
    [record] = Proxy.objects.records([proxy_id])
    return record.blocked_countries


def _withheld() -> dict[str, str]:
    return dict(text_client().hgetall(keys.WITHHELD(cell=HERE)))


def test_a_blocked_proxy_is_withheld_there_from_that_moment() -> None:
    proxy_id = fleet.free_proxy()

    gained = block_proxy(proxy_id, ["ir", "CN"])

    assert gained == ["CN", "IR"]
    assert _blocked(proxy_id) == ("CN", "IR")
    assert _withheld() == {str(proxy_id): "CN,IR"}
    assert Proxy.objects.active_free(HERE) == [proxy_id]
    assert fleet.broken_laws() == []


def test_only_the_countries_that_are_new_are_told_and_none_changes_nothing() -> None:
    proxy_id = fleet.pro_proxy()
    block_proxy(proxy_id, ["CN"])
    version = Proxy.objects.fleet_version(HERE)

    assert block_proxy(proxy_id, ["CN"]) == []
    assert Proxy.objects.fleet_version(HERE) == version
    assert block_proxy(proxy_id, ["CN", "BY"]) == ["BY"]
    assert _blocked(proxy_id) == ("BY", "CN")


def test_a_retired_proxy_is_blocked_nowhere() -> None:
    proxy_id = fleet.pro_proxy()
    retire_proxy(proxy_id)

    with pytest.raises(ProxyRetired):
        block_proxy(proxy_id, ["CN"])

    assert _withheld() == {str(proxy_id): "*"}


def test_a_proxy_is_unblocked_in_one_country_or_in_all() -> None:
    proxy_id = fleet.free_proxy()
    block_proxy(proxy_id, ["CN", "IR", "RU"])

    assert unblock_proxy(proxy_id, ["IR", "DE"]) == ["IR"]
    assert _withheld() == {str(proxy_id): "CN,RU"}
    assert unblock_proxy(proxy_id) == ["CN", "RU"]
    assert _withheld() == {}
    assert _blocked(proxy_id) == ()
    assert unblock_proxy(proxy_id) == []
    assert fleet.broken_laws() == []


@pytest.mark.parametrize("countries", [["CHN"], ["C"], ["中国"], ["1A"], []])
def test_what_is_no_country_is_refused(countries: list[str]) -> None:
    proxy_id = fleet.free_proxy()

    with pytest.raises(InvalidParameter) as refusal:
        block_proxy(proxy_id, countries)

    assert refusal.value.field == "countries"
    assert _withheld() == {}


def test_a_proxy_that_is_gone_between_look_and_script_is_told() -> None:
    nobody = ProxyId(1024)

    with pytest.raises(NoSuchProxy):
        changes.block(proxy_id=nobody, countries=["CN"], now=clock.now(), why="", work=Work(HERE))
    with pytest.raises(NoSuchProxy):
        changes.unblock(proxy_id=nobody, countries=[], now=clock.now(), why="", work=Work(HERE))


def test_the_history_tells_where_it_was_blocked_and_why() -> None:
    proxy_id = fleet.pro_proxy()

    block_proxy(proxy_id, ["CN"], why="reports of Tuesday")
    unblock_proxy(proxy_id)

    told = [(each.what, each.why) for each in history_of(proxy_id)][:2]
    assert told == [("unblocked in CN", ""), ("blocked in CN", "reports of Tuesday")]


def test_of_ten_who_block_at_once_one_is_told_that_it_is_new(real_redis: object) -> None:
    proxy_id = fleet.pro_proxy()

    with ThreadPoolExecutor(10) as pool:
        told = list(pool.map(lambda _: block_proxy(proxy_id, ["CN"]), range(10)))

    assert told.count(["CN"]) == 1
    assert told.count([]) == 9
