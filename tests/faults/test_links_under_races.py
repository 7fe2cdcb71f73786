"""Links of users and proxies while many workers change them at once."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from configsrv.laws import LAWS as CONFIG_LAWS
from lantern_pro.jobs.schedule import stage_periodic_jobs
from lantern_pro.jobs.worker import drain
from proxies.jobs import AssignProxies
from proxies.models import Proxy
from tests import fleet
from tests.fleet import HERE

pytestmark = pytest.mark.usefixtures("real_redis")

WORKERS = 8


def _all_workers_drain() -> None:
    with ThreadPoolExecutor(WORKERS) as pool:
        list(pool.map(lambda _: drain(HERE), range(WORKERS)))


def _broken_laws() -> list[str]:
    return fleet.broken_laws() + [fault for law in CONFIG_LAWS for fault in law.check(HERE)]


def test_no_room_is_left_over_while_somebody_waits() -> None:
    proxies = [fleet.pro_proxy(capacity=1, city=f"City {number}") for number in range(30)]
    users = [fleet.pro_user() for _ in range(40)]
    fleet.stage(*(AssignProxies.of(user_id, "purchase") for user_id in users))

    _all_workers_drain()

    assert [record.load for record in Proxy.objects.records(proxies)] == [1] * len(proxies)
    assert _broken_laws() == []


def test_purchases_expiries_resets_and_new_proxies_at_once_keep_the_laws() -> None:
    users = [fleet.pro_user() for _ in range(24)]
    for number in range(4):
        fleet.pro_proxy(capacity=6, city=f"City {number}")
    fleet.stage(*(AssignProxies.of(user_id, "purchase") for user_id in users))
    _all_workers_drain()

    for number, user_id in enumerate(users):
        if number % 3 == 0:
            fleet.end_pro_time(user_id)
        elif number % 3 == 1:
            fleet.reset_token(user_id)
            fleet.stage(AssignProxies.of(user_id, "reset"))
        else:
            fleet.stage(AssignProxies.of(user_id, "again"))
    fleet.pro_proxy(capacity=12, city="Another city")
    fleet.pro_proxy(capacity=12, city="A third")
    stage_periodic_jobs()
    _all_workers_drain()

    over, pro = users[::3], [user for number, user in enumerate(users) if number % 3]
    assert all(fleet.proxies_of(user_id) == set() for user_id in over)
    assert all(len(fleet.proxies_of(user_id)) == 2 for user_id in pro)
    assert _broken_laws() == []
