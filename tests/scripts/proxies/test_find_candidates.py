"""Which proxies a user is given: what ``proxies/find_candidates`` finds is what they get."""

import pytest
from django.conf import settings

from accounts.keys import USERS
from lantern_pro.store.client import text_client
from lantern_pro.types import ProxyId, UserId
from proxies.models import Proxy
from proxies.services.states import block_proxy, unblock_proxy
from tests import fleet
from tests.beats import silent

pytestmark = pytest.mark.usefixtures("any_redis")


def _cities(proxies: set[ProxyId]) -> set[str]:
    return {record.place.city for record in Proxy.objects.records(proxies)}


def _wants(user_id: UserId, count: int) -> UserId:
    text_client().hset(USERS.row(user_id), "proxies_wanted", count)
    return user_id


def test_the_least_loaded_proxies_are_taken_first() -> None:
    busy = {fleet.pro_proxy(), fleet.pro_proxy()}
    fleet.assigned(fleet.pro_user())
    idle = {fleet.pro_proxy(), fleet.pro_proxy()}

    gained = fleet.assigned(fleet.pro_user())

    assert gained == idle
    assert not gained & busy


def test_different_places_go_before_less_load() -> None:
    fleet.pro_proxy(city="Oslo")
    fleet.pro_proxy(city="Oslo")
    fleet.assigned(fleet.pro_user())
    idle = {fleet.pro_proxy(city="Bern"), fleet.pro_proxy(city="Bern")}

    gained = fleet.assigned(fleet.pro_user())

    assert len(gained & idle) == 1
    assert {record.place.city for record in Proxy.objects.records(gained)} == {"Oslo", "Bern"}


def test_different_providers_go_before_less_load() -> None:
    fleet.pro_proxy(city="Oslo", provider="one")
    other = fleet.pro_proxy(city="Bern", provider="other")
    fleet.assigned(fleet.pro_user())
    fleet.pro_proxy(city="Riga", provider="one")

    gained = fleet.assigned(fleet.pro_user())

    assert other in gained
    assert _cities(gained) == {"Riga", "Bern"}


def test_a_provider_is_repeated_sooner_than_a_place() -> None:
    for city in ("Oslo", "Oslo", "Bern"):
        fleet.pro_proxy(city=city, provider="only")

    assert _cities(fleet.assigned(fleet.pro_user())) == {"Oslo", "Bern"}


def test_what_another_provider_has_is_found_behind_many_sites_of_one() -> None:
    other = fleet.pro_proxy(city="Bern", provider="other")
    fleet.assigned(fleet.pro_user())
    for number in range(12):
        fleet.pro_proxy(city=f"City {number}", provider="one")

    assert other in fleet.assigned(fleet.pro_user())


def test_near_goes_before_less_load() -> None:
    near = {fleet.pro_proxy(code="TR", city=city) for city in ("Izmir", "Ankara")}
    fleet.assigned(fleet.pro_user())
    far = {fleet.pro_proxy(code="US", city=city) for city in ("Boston", "Dallas")}

    in_iran = fleet.assigned(fleet.pro_user(country="IR"))
    anywhere = fleet.assigned(fleet.pro_user())

    assert in_iran == near
    assert anywhere == far


def test_far_is_better_than_nothing() -> None:
    far = fleet.pro_proxy(code="NZ")

    assert fleet.assigned(fleet.pro_user(country="IR")) == {far}


def test_nobody_gets_a_proxy_that_is_blocked_where_they_are() -> None:
    blocked, other = fleet.pro_proxy(code="TR"), fleet.pro_proxy(code="US")
    block_proxy(blocked, ["IR", "CN"])

    assert fleet.assigned(fleet.pro_user(country="IR")) == {other}
    assert fleet.assigned(fleet.pro_user(country="DE")) == {blocked, other}
    assert fleet.broken_laws() == []


def test_many_blocked_proxies_hide_no_other() -> None:
    for number in range(70):
        proxy_id = fleet.pro_proxy(code="TR", city=f"City {number}", blocked_countries=["IR"])
    other = fleet.pro_proxy(code="TR", city="Izmir")
    fleet.assigned(fleet.pro_user())

    assert proxy_id != other
    assert fleet.assigned(fleet.pro_user(country="IR")) == {other}


def test_a_proxy_that_is_blocked_no_longer_serves_those_who_waited_for_it() -> None:
    proxy_id = fleet.pro_proxy(blocked_countries=["IR"])
    user_id = fleet.pro_user(country="IR")
    before = fleet.assigned(user_id)

    unblock_proxy(proxy_id)
    fleet.run_jobs()

    assert before == set()
    assert fleet.proxies_of(user_id) == {proxy_id}
    assert fleet.broken_laws() == []


def test_a_suspect_proxy_is_taken_only_when_there_is_no_other() -> None:
    suspect = fleet.pro_proxy(city="Bern", provider="one")
    silent(suspect, settings.PROXY_SUSPECT_SECONDS * 1000)
    healthy = {fleet.pro_proxy(city="Oslo", provider="other") for _ in range(2)}

    two = fleet.assigned(fleet.pro_user())
    three = fleet.assigned(_wants(fleet.pro_user(), 3))

    assert two == healthy
    assert three == {suspect, *healthy}
    assert fleet.broken_laws() == []


def test_a_proxy_that_is_down_is_taken_by_nobody() -> None:
    silent(fleet.pro_proxy(), settings.PROXY_DOWN_SECONDS * 1000)

    assert fleet.assigned(fleet.pro_user()) == set()
    assert fleet.broken_laws() == []


def test_each_user_has_as_many_as_they_bought() -> None:
    for number in range(5):
        fleet.pro_proxy(city=f"City {number}")
    user_id = _wants(fleet.pro_user(), 4)

    four = fleet.assigned(user_id)
    three = fleet.assigned(_wants(user_id, 3), "another-plan")

    assert len(four) == 4
    assert len(three) == 3
    assert three < four
    assert fleet.broken_laws() == []
