"""The scripts keep every index that staff's lists are read by."""

import pytest

from lantern_pro.jobs.schedule import stage_periodic_jobs
from lantern_pro.jobs.worker import drain
from lantern_pro.store.audit import index_faults, undeclared_keys
from lantern_pro.types import ProxyId
from proxies.models import Proxy
from proxies.services.states import block_proxy, drain_proxy, retire_proxy, unblock_proxy
from tests import fleet
from tests.fleet import HERE

pytestmark = pytest.mark.usefixtures("any_redis")


def test_every_proxy_is_in_each_index_and_every_key_is_declared() -> None:
    added: list[ProxyId] = []
    for city in ("Oslo", "Bern", "Riga"):
        added.append(fleet.pro_proxy(city=city, provider="Host & Co"))
        added.append(fleet.free_proxy(city=city, addr="Proxy.Example.ORG:443"))
    users = [fleet.pro_user() for _ in range(4)]
    for user_id in users:
        fleet.assigned(user_id)
    fleet.end_pro_time(users[0])
    drain_proxy(added[0])
    retire_proxy(added[1])
    block_proxy(added[2], ["CN", "IR"])
    unblock_proxy(added[2], ["IR"])
    stage_periodic_jobs()
    drain(HERE)

    assert list(index_faults(Proxy, HERE)) == []
    assert list(undeclared_keys(HERE)) == []
