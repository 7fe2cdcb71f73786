"""Passes in configurations: there for each proxy, renewed in time, taken away with them."""

import gzip
from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
import redis
import yaml
from django.core.management import CommandError, call_command
from pytest_django import Settings

from configsrv import keys, managers, renewals
from configsrv.jobs import PopulateUserConfig
from configsrv.laws import LAWS
from lantern_pro import clock
from lantern_pro.jobs.schedule import stage_periodic_jobs
from lantern_pro.jobs.worker import drain
from lantern_pro.store.client import text_client
from lantern_pro.types import UserId
from proxies.models import Proxy
from proxies.services import passes
from tests import fleet
from tests.fleet import HERE

HOUR_MS = 3_600_000


@pytest.fixture(autouse=True)
def _store(any_redis: redis.Redis, settings: Settings) -> None:
    settings.FREE_BUCKETS = 2


@pytest.fixture
def user_id() -> UserId:
    """A Pro user with two proxies."""
    fleet.pro_proxy(city="Oslo")
    fleet.pro_proxy(city="Riga")
    linked = fleet.pro_user()
    assert len(fleet.assigned(linked)) == 2
    return linked


def _named(user_id: UserId) -> dict[str, dict[str, Any]]:
    body = managers.body_of_user_config(user_id)
    assert body is not None
    read: dict[str, dict[str, Any]] = yaml.safe_load(gzip.decompress(body))
    return read


def _broken_laws() -> list[str]:
    return [fault for law in LAWS for fault in law.check(HERE)]


def test_a_pro_configuration_has_a_pass_for_each_of_its_proxies(user_id: UserId) -> None:
    records = {each.name: each.id for each in Proxy.objects.records(fleet.proxies_of(user_id))}

    named = _named(user_id)

    assert set(named) == set(records)
    for name, told in named.items():
        read = passes.read(told["pass"])
        assert read.proxy_id == records[name]
        assert read.admissions == {fleet.known_as(user_id)[:32]}
        assert read.good_until - clock.now() // 1000 >= 12 * 3600 - 1
    assert _broken_laws() == []


def test_a_configuration_made_again_is_the_same_to_the_byte(user_id: UserId) -> None:
    before = managers.body_of_user_config(user_id)

    fleet.stage(PopulateUserConfig.of(user_id, "again"))
    drain(HERE)

    assert managers.body_of_user_config(user_id) == before


def test_half_through_its_life_a_pass_is_renewed_and_not_before(user_id: UserId) -> None:
    first, due = managers.body_of_user_config(user_id), renewals.of_user(user_id)
    assert due is not None

    with clock.shifted(due - clock.now() - 60_000):
        stage_periodic_jobs()
        drain(HERE)
        early = managers.body_of_user_config(user_id)
    with clock.shifted(due - clock.now() + 1000):
        stage_periodic_jobs()
        drain(HERE)
        assert _broken_laws() == []

    renewed = renewals.of_user(user_id)
    assert early == first
    assert managers.body_of_user_config(user_id) != first
    assert renewed == due + 12 * HOUR_MS


def test_a_renewal_that_was_staged_too_early_is_staged_again(user_id: UserId) -> None:
    """The worker's clock may be behind that of whoever staged the job."""
    first, due = managers.body_of_user_config(user_id), renewals.of_user(user_id)
    assert due is not None
    with clock.shifted(due - clock.now() + 1000):
        stage_periodic_jobs()
    drain(HERE)
    early = managers.body_of_user_config(user_id)

    with clock.shifted(due - clock.now() + 120_000):
        stage_periodic_jobs()
        drain(HERE)

    assert early == first
    assert managers.body_of_user_config(user_id) != first


def test_the_pass_of_a_user_whose_time_is_nearly_over_ends_with_it(user_id: UserId) -> None:
    soon = clock.now() + HOUR_MS
    fleet.set_expiration(user_id, soon)

    fleet.assigned(user_id, "shorter")

    assert {passes.read(told["pass"]).good_until for told in _named(user_id).values()} == {
        soon // 1000
    }
    assert renewals.of_user(user_id) is None
    assert _broken_laws() == []


def test_with_the_configuration_its_renewal_is_taken_away(user_id: UserId) -> None:
    before = renewals.of_user(user_id)
    fleet.end_pro_time(user_id)

    fleet.release(user_id)

    assert before is not None
    assert renewals.of_user(user_id) is None


def test_a_device_that_left_is_in_no_pass_any_more(user_id: UserId) -> None:
    fleet.add_device(user_id, "device-2")
    fleet.assigned(user_id, "joined")
    both = {len(passes.read(told["pass"]).admissions) for told in _named(user_id).values()}

    fleet.take_device(user_id, "device-2")
    fleet.assigned(user_id, "left")

    one = {len(passes.read(told["pass"]).admissions) for told in _named(user_id).values()}
    assert (both, one) == ({2}, {1})


BREACHES: dict[str, Callable[[UserId], object]] = {
    "nothing renews it": lambda user_id: text_client().zrem(keys.RENEWALS(cell=HERE), user_id),
    "out of its time": lambda user_id: text_client().zadd(
        keys.RENEWALS(cell=HERE), {str(user_id): 7}
    ),
    "and there are none": lambda _: text_client().zadd(keys.RENEWALS(cell=HERE), {"1024": 7}),
    "is for other devices": lambda user_id: fleet.add_device(user_id, "device-9"),
}


@pytest.mark.parametrize("words", BREACHES)
def test_each_breach_is_told(user_id: UserId, words: str) -> None:
    before = _broken_laws()

    BREACHES[words](user_id)

    assert before == []
    assert any(words in fault for fault in _broken_laws())


def test_a_pass_that_proxies_cannot_know_is_told(user_id: UserId, settings: Settings) -> None:
    settings.PASS_KEYS = {"new": b"n" * 32}

    told = _broken_laws()

    assert any("not in LANTERN_PASS_KEYS" in fault for fault in told)


def test_after_a_key_was_taken_out_an_operator_has_all_passes_made_anew(
    user_id: UserId, settings: Settings
) -> None:
    settings.PASS_KEYS = {"new": b"n" * 32}
    out = StringIO()

    call_command("renew_passes", "--minutes", "5", stdout=out)
    with clock.shifted(5 * 60_000):
        stage_periodic_jobs()
        drain(HERE)

    assert "passes of 1 users" in out.getvalue()
    assert {told["pass"].partition(".")[0] for told in _named(user_id).values()} == {"new"}
    assert _broken_laws() == []


def test_all_passes_at_once_are_refused() -> None:
    with pytest.raises(CommandError, match="at least 1"):
        call_command("renew_passes", "--minutes", "0")
