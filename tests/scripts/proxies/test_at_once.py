"""Many threads change links at once on the real Redis; the laws hold afterwards."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from random import Random  # noqa: TID251 - which test acts come in which order is no secret

import pytest

from lantern_pro.jobs.worker import drain
from lantern_pro.store.client import text_client
from lantern_pro.types import Millis, ProxyId, UserId
from proxies import keys, links
from proxies.errors import FleetKeptChanging
from proxies.links import Waiting
from proxies.services.assignments import Asked, settle
from proxies.services.states import activate_proxy, block_proxy, drain_proxy, unblock_proxy
from tests import fleet
from tests.fleet import HERE

pytestmark = pytest.mark.usefixtures("real_redis")

THREADS = 8


def test_twenty_at_once_never_exceed_a_capacity_of_five() -> None:
    proxy_id = fleet.pro_proxy(capacity=5)
    users = [fleet.pro_user() for _ in range(20)]

    with ThreadPoolExecutor(20) as pool:
        outcomes = list(pool.map(lambda user_id: settle([Asked(user_id)], "test"), users))

    served = [answer for [answer] in outcomes if answer and answer.outcome == "assigned"]
    assert len(served) == 5
    assert text_client().zcard(keys.USERS(proxy_id=proxy_id)) == 5
    assert text_client().zcard(keys.WAITING(cell=HERE)) == 20  # those five lack a second one
    assert fleet.open_proxies() == set()
    assert fleet.broken_laws() == []


@pytest.mark.parametrize("seed", range(3))
def test_links_are_right_after_many_acts_at_once_with_one_place_too_few(seed: int) -> None:
    drawn = Random(seed)
    proxies = [
        fleet.pro_proxy(capacity=4, city=f"City {number % 4}", provider=f"{number % 3}")
        for number in range(6)
    ]
    users = [fleet.pro_user(country=drawn.choice(["", "IR", "DE"])) for _ in range(12)]
    users.append(fleet.pro_user())  # 26 links wanted, and room for 24
    acts = [_act(drawn, users, proxies) for _ in range(120)]

    with ThreadPoolExecutor(THREADS) as pool:
        list(pool.map(lambda act: act(), acts))
    for proxy_id in proxies:
        activate_proxy(proxy_id)
        unblock_proxy(proxy_id)
    drain(HERE)
    _settle(users)

    assert fleet.broken_laws() == []
    waiting = [
        each.user_id for each in links.waiting(HERE, after=Waiting(users[0], Millis(0)), most=99)
    ]
    assert waiting
    assert all(fleet.open_proxies() <= fleet.proxies_of(user_id) for user_id in waiting)


def _settle(users: list[UserId], leave: frozenset[ProxyId] = frozenset()) -> None:
    with suppress(FleetKeptChanging):  # so a job would say, and be tried again
        settle([Asked(user_id, leave) for user_id in users], "test")


def _act(drawn: Random, users: list[UserId], proxies: list[ProxyId]) -> Callable[[], object]:
    some, proxy_id = drawn.sample(users, 3), drawn.choice(proxies)
    return drawn.choice(
        [
            lambda: _settle(some),
            lambda: _settle(some, frozenset({proxy_id})),
            lambda: fleet.add_device(some[0], f"device-{drawn.random()}"),
            lambda: drain_proxy(proxy_id),
            lambda: activate_proxy(proxy_id),
            lambda: block_proxy(proxy_id, ["IR"]),
            lambda: unblock_proxy(proxy_id),
            lambda: drain(HERE),
        ]
    )
