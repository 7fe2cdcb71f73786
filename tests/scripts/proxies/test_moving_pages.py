"""Moves off a proxy that is blocked somewhere: page after page, and again if a moving is lost."""

import pytest

from accounts.keys import USERS
from lantern_pro.jobs.ledger import complete
from lantern_pro.jobs.worker import run
from lantern_pro.store.client import text_client
from lantern_pro.types import ProxyId, UserId
from proxies import jobs, keys
from proxies.jobs import MoveStragglers
from proxies.services.states import block_proxy
from tests import fleet
from tests.fleet import HERE
from tests.leasing import take

pytestmark = pytest.mark.usefixtures("any_redis")


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a page be three users, so that few make several."""
    monkeypatch.setattr(jobs, "PAGE", 3)


def _users_of(proxy_id: ProxyId, count: int, country: str) -> list[UserId]:
    """Users in a country who have this proxy, and should have one."""
    users = [fleet.pro_user(country=country) for _ in range(count)]
    for user_id in users:
        text_client().hset(USERS.row(user_id), "proxies_wanted", 1)
        assert fleet.assigned(user_id) == {proxy_id}
    return users


def test_nobody_is_passed_over_when_one_who_stays_leaves_between_two_pages(
    small_pages: None,
) -> None:
    blocked = fleet.pro_proxy()
    elsewhere, there = _users_of(blocked, 3, "DE"), _users_of(blocked, 2, "IR")
    in_order = {str(each): 1000 + nth for nth, each in enumerate(elsewhere + there)}
    text_client().zadd(keys.USERS(proxy_id=blocked), in_order)
    other = fleet.pro_proxy(city="Bern")
    fleet.run_jobs()
    block_proxy(blocked, ["IR"])
    [first_page] = take(HERE, most=9, kinds=["move_users_off"])
    run(first_page)
    fleet.end_pro_time(elsewhere[0])
    fleet.stage_release(elsewhere[0])
    [release] = take(HERE, most=9, kinds=["release_proxies"])
    run(release)

    fleet.run_jobs()

    assert [fleet.proxies_of(user_id) for user_id in there] == [{other}] * 2
    assert [fleet.proxies_of(user_id) for user_id in elsewhere] == [set(), {blocked}, {blocked}]
    assert fleet.broken_laws() == []


def test_users_linked_in_the_same_moment_are_each_looked_at(small_pages: None) -> None:
    blocked = fleet.pro_proxy()
    users = _users_of(blocked, 8, "IR")
    text_client().zadd(keys.USERS(proxy_id=blocked), {str(each): 1000 for each in users})
    other = fleet.pro_proxy(city="Bern")

    block_proxy(blocked, ["IR"])
    fleet.run_jobs()

    assert all(fleet.proxies_of(user_id) == {other} for user_id in users)


def test_whom_a_lost_moving_left_on_a_blocked_proxy_is_moved_by_the_next_look() -> None:
    blocked = fleet.pro_proxy()
    there, elsewhere = _users_of(blocked, 2, "IR"), _users_of(blocked, 2, "DE")
    other = fleet.pro_proxy(city="Bern")
    block_proxy(blocked, ["IR"])
    [lost] = take(HERE, most=9, kinds=["move_users_off"])
    complete(lost.fence)
    fleet.run_jobs()
    before = [fleet.proxies_of(user_id) for user_id in there]

    fleet.run_clock(MoveStragglers)

    assert before == [{blocked}] * 2
    assert [fleet.proxies_of(user_id) for user_id in there] == [{other}] * 2
    assert [fleet.proxies_of(user_id) for user_id in elsewhere] == [{blocked}] * 2
    assert fleet.broken_laws() == []
