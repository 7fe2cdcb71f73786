"""Free buckets where proxies are blocked in some countries."""

import gzip

import pytest
import yaml
from pytest_django import Settings

from configsrv import keys, managers, reading
from configsrv.laws import LAWS
from configsrv.render import Body
from lantern_pro.jobs.worker import drain
from lantern_pro.store.audit import undeclared_keys
from lantern_pro.store.client import text_client
from lantern_pro.types import ProxyId
from proxies.services.states import block_proxy, drain_proxy, retire_proxy, unblock_proxy
from tests import fleet
from tests.fleet import HERE

pytestmark = pytest.mark.usefixtures("any_redis")

BUCKETS = range(32)  # so many that each proxy is in one, whatever their ids


@pytest.fixture(autouse=True)
def _few_buckets(settings: Settings) -> None:
    settings.FREE_BUCKETS = len(BUCKETS)


def _named(country: str = "") -> set[ProxyId]:
    table = managers.proxies_of_buckets(HERE)
    return {each for bucket in BUCKETS for each in table.get((bucket, country), [])}


def _countries() -> set[str]:
    return {country for _, country in managers.proxies_of_buckets(HERE)}


def _broken_laws() -> list[str]:
    return [fault for law in LAWS for fault in law.check(HERE)]


def test_what_is_blocked_somewhere_is_named_to_nobody_while_others_suffice() -> None:
    good, blocked = {fleet.free_proxy() for _ in range(2)}, fleet.free_proxy()
    drain(HERE)

    block_proxy(blocked, ["CN"])
    drain(HERE)

    assert _named() == good
    assert _countries() == {""}
    assert _broken_laws() == []


def test_where_others_do_not_suffice_each_such_country_has_a_variant_without_it() -> None:
    good, in_china, in_iran = (fleet.free_proxy() for _ in range(3))

    block_proxy(in_china, ["CN"])
    block_proxy(in_iran, ["IR"])
    drain(HERE)

    assert _named() == {good, in_china, in_iran}
    assert _named("CN") == {good, in_iran}
    assert _named("IR") == {good, in_china}
    assert _broken_laws() == []
    assert list(undeclared_keys(HERE)) == []


def test_a_variant_is_a_configuration_as_clients_read_it() -> None:
    proxies = [fleet.free_proxy() for _ in range(3)]
    for proxy_id in proxies[1:]:
        block_proxy(proxy_id, ["CN"])
    drain(HERE)
    names = [reading.free_key(HERE, bucket, "CN") for bucket in BUCKETS]

    found = [each for each in reading.read_configs(names) if isinstance(each, Body)]

    assert len(found) == len(BUCKETS)
    for body in found:
        read = yaml.safe_load(gzip.decompress(body.content))
        assert [part.proxy_id for part in body.parts] == [proxies[0]]
        assert len(read) == 1


def test_variants_that_are_needed_no_longer_are_taken_away() -> None:
    for _ in range(2):
        block_proxy(fleet.free_proxy(), ["CN", "IR"])
    drain(HERE)
    assert _countries() == {"", "CN", "IR"}

    for proxy_id in _named():
        unblock_proxy(proxy_id, ["IR"])
    drain(HERE)

    assert _countries() == {"", "CN"}
    assert text_client().exists(reading.free_key(HERE, 0, "IR")) == 0
    assert _broken_laws() == []


def test_where_all_are_blocked_the_variant_names_none() -> None:
    block_proxy(fleet.free_proxy(), ["CN"])
    drain(HERE)

    assert managers.proxies_of_buckets(HERE)[0, "CN"] == []
    assert _broken_laws() == []


def test_many_blocked_countries_and_buckets_are_written_by_several_jobs(settings: Settings) -> None:
    settings.FREE_BUCKETS = 40
    countries = [f"{a}{b}" for a in "ABC" for b in "ABCDE"]
    for _ in range(2):
        block_proxy(fleet.free_proxy(), countries)

    drain(HERE)

    assert len(managers.proxies_of_buckets(HERE)) == 40 * (1 + len(countries))
    assert _broken_laws() == []


@pytest.mark.parametrize("leave", [retire_proxy, drain_proxy])
def test_who_leaves_the_fleet_is_in_no_bucket_any_more(leave: object) -> None:
    proxies = [fleet.free_proxy() for _ in range(4)]
    drain(HERE)

    leave(proxies[0])  # type: ignore[operator]
    drain(HERE)

    assert proxies[0] not in _named()
    assert _broken_laws() == []


def test_the_law_tells_a_variant_that_names_who_is_blocked_there_and_one_for_nothing() -> None:
    for _ in range(2):
        block_proxy(fleet.free_proxy(), ["CN"])
    drain(HERE)
    [blocked, _] = sorted(_named())
    table = keys.FREE_TABLE(cell=HERE)

    text_client().hset(table, mapping={"3.CN": str(blocked), "4.IR": ""})

    faults = _broken_laws()
    assert any("bucket 3 for CN" in fault and "blocked there" in fault for fault in faults)
    assert "bucket 4 for IR is there for nothing" in faults
