"""``proxies/change_proxy_state``: one test an outcome, and what each state means."""

from concurrent.futures import ThreadPoolExecutor
from itertools import product

import pytest

from lantern_pro import clock
from lantern_pro.jobs.job import Work
from lantern_pro.jobs.models import Job
from lantern_pro.jobs.worker import drain
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import new_id
from lantern_pro.types import ProxyId
from proxies import keys
from proxies.changes import change_state, history_of
from proxies.errors import NoSuchProxy, NoWayToState
from proxies.models import Proxy
from proxies.records import ProxyRecord, State
from proxies.services.states import (
    activate_proxy,
    block_proxy,
    drain_proxy,
    find_proxy,
    retire_proxy,
    unblock_proxy,
)
from tests import fleet
from tests.fleet import HERE

pytestmark = pytest.mark.usefixtures("any_redis")

DOORS = {
    State.ACTIVE: activate_proxy,
    State.DRAINING: drain_proxy,
    State.RETIRED: retire_proxy,
}
LEGAL = {
    (State.PROVISIONING, State.ACTIVE),
    (State.ACTIVE, State.DRAINING),
    (State.DRAINING, State.ACTIVE),
    (State.PROVISIONING, State.RETIRED),
    (State.ACTIVE, State.RETIRED),
    (State.DRAINING, State.RETIRED),
}


def _record(proxy_id: ProxyId) -> ProxyRecord:
    [record] = Proxy.objects.records([proxy_id])
    return record


def _in_state(state: State) -> ProxyId:
    proxy_id = fleet.pro_proxy(state=State.PROVISIONING)
    for door in {
        State.PROVISIONING: [],
        State.ACTIVE: [activate_proxy],
        State.DRAINING: [activate_proxy, drain_proxy],
        State.RETIRED: [retire_proxy],
    }[state]:
        assert door(proxy_id)
    return proxy_id


@pytest.mark.parametrize(("state", "to"), list(product(State, DOORS)))
def test_a_proxy_enters_a_state_only_where_there_is_a_way(state: State, to: State) -> None:
    proxy_id = _in_state(state)
    version = Proxy.objects.fleet_version(HERE)

    if (state, to) in LEGAL:
        changed = DOORS[to](proxy_id)
        expected = to
    elif state is to:
        changed = DOORS[to](proxy_id)
        expected = state
    else:
        with pytest.raises(NoWayToState) as refusal:
            DOORS[to](proxy_id)
        changed, expected = False, state
        assert f"is {state}" in refusal.value.message

    assert changed == ((state, to) in LEGAL)
    assert _record(proxy_id).state is expected
    assert Proxy.objects.fleet_version(HERE) == version + changed
    assert fleet.broken_laws() == []


def test_a_proxy_that_drains_takes_nobody_new_and_keeps_its_users() -> None:
    proxy_id, user_id = fleet.pro_proxy(), fleet.pro_user()
    fleet.assigned(user_id)

    drain_proxy(proxy_id)

    assert fleet.open_proxies() == set()
    assert Proxy.objects.of_user(user_id) == [proxy_id]


def test_a_proxy_that_drained_takes_users_again_and_who_waits_is_served() -> None:
    proxy_id, user_id = fleet.pro_proxy(), fleet.pro_user()
    drain_proxy(proxy_id)
    assert fleet.assigned(user_id) == set()

    activate_proxy(proxy_id)
    drain(HERE)

    assert fleet.proxies_of(user_id) == {proxy_id}


def test_a_free_proxy_that_drains_leaves_the_set_that_buckets_draw_from() -> None:
    proxy_id = fleet.free_proxy()

    drain_proxy(proxy_id)

    assert Proxy.objects.active_free(HERE) == []


def test_a_retired_proxy_is_withheld_everywhere_from_that_moment() -> None:
    proxy_id = fleet.free_proxy()

    retire_proxy(proxy_id)

    assert text_client().hgetall(keys.WITHHELD(cell=HERE)) == {str(proxy_id): "*"}


@pytest.mark.parametrize("door", list(DOORS.values()))
def test_what_is_no_proxy_cannot_be_changed(door: object) -> None:
    nobody = ProxyId(new_id(HERE))

    with pytest.raises(NoSuchProxy):
        door(nobody)  # type: ignore[operator]
    with pytest.raises(NoSuchProxy):
        block_proxy(nobody, ["CN"])
    with pytest.raises(NoSuchProxy):
        unblock_proxy(nobody)
    assert text_client().exists(keys.PROXIES.row(nobody)) == 0


def test_a_proxy_that_is_gone_between_look_and_script_is_told() -> None:
    proxy_id = fleet.pro_proxy()
    text_client().delete(keys.PROXIES.row(proxy_id))

    with pytest.raises(NoSuchProxy):
        change_state(proxy_id=proxy_id, to=State.RETIRED, now=clock.now(), why="", work=Work(HERE))


def test_what_follows_is_staged_once_for_each_change() -> None:
    proxy_id = fleet.pro_proxy()
    drain(HERE)
    before = Job.objects.count()

    assert [retire_proxy(proxy_id) for _ in range(3)] == [True, False, False]

    kinds = [job.kind for job in Job.objects.order_by("-created")[: Job.objects.count() - before]]
    assert sorted(set(kinds)) == sorted(kinds)
    assert "populate_free_table" in kinds


def test_the_history_tells_what_became_of_a_proxy_and_why() -> None:
    proxy_id = fleet.pro_proxy()

    drain_proxy(proxy_id, why="the contract ends")
    retire_proxy(proxy_id)

    told = [(each.what, each.why) for each in history_of(proxy_id)]
    assert told == [("retired", ""), ("draining", "the contract ends"), ("added, active", "")]


def test_a_proxy_is_found_by_its_id_and_by_its_name() -> None:
    record = _record(fleet.pro_proxy())

    assert find_proxy(str(record.id)) == find_proxy(record.name) == record
    with pytest.raises(NoSuchProxy):
        find_proxy("nobody")


def test_ten_operators_at_once_change_it_once(real_redis: object) -> None:
    proxy_id = fleet.pro_proxy()

    with ThreadPoolExecutor(10) as pool:
        changed = list(pool.map(lambda _: drain_proxy(proxy_id), range(10)))

    assert changed.count(True) == 1
    assert len(history_of(proxy_id)) == 2
