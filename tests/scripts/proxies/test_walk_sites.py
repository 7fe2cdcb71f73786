"""``proxies/walk_sites``: who has many blocked sites around finds the others, in small steps."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from lantern_pro.store.client import text_client
from lantern_pro.store.scripts import Call, Outcome, script
from lantern_pro.types import ProxyId
from proxies import keys, links, searching
from proxies.room_laws import SPAN
from proxies.services.assignments import Asked, wishes_of
from tests import fleet
from tests.fleet import HERE

pytestmark = pytest.mark.usefixtures("any_redis")

AREA, EVERYWHERE = 1, 31
MOST_LOOKED_AT = 400
"""Half of the 256 members that a walk asks for are sites; a slot of Redis may have some more."""


def _blocked_sites(count: int, countries: str = "CN,IR") -> None:
    """So many idle sites with an open proxy each, blocked there, as their index has them."""
    client = text_client().pipeline(transaction=False)
    for nth in range(count):
        site = (nth + 10) * 648055 % 1048576 * 32 + AREA
        name = f"{AREA}\nNL/City {nth}\nhost {nth % 20}\n{countries}"
        client.hset(keys.SITES(cell=HERE), mapping={name: site, str(site): name})
        client.zadd(keys.OPEN(cell=HERE), {str(10**12 + nth): site * SPAN})
        heads = {str(site): AREA * SPAN, str(-site): EVERYWHERE * SPAN}
        client.zadd(keys.OPEN_SITES(cell=HERE), heads)
    client.execute()


def _busy(proxy_id: ProxyId) -> ProxyId:
    """Give a proxy a user, so that idle ones stand before it."""
    assert fleet.assigned(fleet.pro_user()) == {proxy_id}
    return proxy_id


def _run(calls: list[Call]) -> list[Outcome]:
    return script("proxies/find_candidates").run_each(calls)


def test_the_one_open_proxy_is_found_behind_thousands_of_blocked_sites() -> None:
    only = _busy(fleet.pro_proxy(city="Good", code="NL"))
    _blocked_sites(4_200)

    user_id = fleet.pro_user(country="CN")

    assert fleet.assigned(user_id) == {only}


@pytest.mark.parametrize("any_redis", ["redis"], indirect=True)
def test_no_call_reads_more_than_a_few_hundred_sites_however_many_there_are() -> None:
    only = _busy(fleet.pro_proxy(city="Good", code="NL"))
    _blocked_sites(4_200)
    [wish] = wishes_of([Asked(fleet.pro_user(country="CN"))])
    assert wish is not None

    with text_client().monitor() as watching:
        [found] = searching.find_candidates([wish])
        text_client().echo("the end")
        names = [_names_read(each) for each in iter(lambda: _next(watching), "ECHO the end")]

    assert found.candidates == [only]
    assert max(names) <= MOST_LOOKED_AT
    assert sum(names) >= 4_200


def _next(watching: Any) -> str:
    return str(watching.next_command()["command"])


def _names_read(command: str) -> int:
    """How many sites' names a command reads that a script sends."""
    return (
        len(command.split()) - 2
        if command.startswith("HMGET") and "proxies:sites" in command
        else 0
    )


def test_too_few_is_said_where_sites_are_left_and_found_where_none_is() -> None:
    _busy(fleet.pro_proxy(city="Good", code="NL"))
    wishes = wishes_of([Asked(fleet.pro_user(country=each)) for each in ("CN", "DE")])
    calls = [searching.search_of(each) for each in wishes if each is not None]
    few = [searching.found_in(each).lacking for each in _run(calls)]

    _blocked_sites(300)
    many = [searching.found_in(each).lacking for each in _run(calls)]

    assert few == [0, 0]
    assert (many[0] > 0, many[1]) == (True, 0)


def test_walked_two_at_once_find_the_same() -> None:
    only = _busy(fleet.pro_proxy(city="Good", code="NL"))
    _blocked_sites(300)
    [wish] = wishes_of([Asked(fleet.pro_user(country="IR"))])
    assert wish is not None

    with ThreadPoolExecutor(2) as pool:
        found = list(pool.map(lambda _: searching.find_candidates([wish]), range(2)))

    assert [each.candidates for [each] in found] == [[only], [only]]


def test_nobody_is_found_where_all_sites_are_blocked_and_the_user_waits() -> None:
    _blocked_sites(300)
    user_id = fleet.pro_user(country="IR")

    assert fleet.assigned(user_id) == set()
    assert links.waiting_since(user_id) is not None
