"""Moving one user by hand, and rotating links that have got old."""

from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.keys import USERS
from lantern_pro import clock
from lantern_pro.store.client import text_client
from lantern_pro.types import ProxyId, UserId
from proxies import keys, links
from proxies.errors import NoRoomThere, NotTheirProxy
from proxies.jobs import RotateLinks
from proxies.services.moving import move_user
from proxies.services.states import block_proxy, drain_proxy
from tests import fleet
from tests.fleet import DAY_MS

pytestmark = pytest.mark.usefixtures("any_redis")


@pytest.fixture
def linked() -> tuple[UserId, ProxyId, ProxyId]:
    """A user in IR with two proxies."""
    one, other = fleet.pro_proxy(city="Oslo"), fleet.pro_proxy(city="Bern")
    user_id = fleet.pro_user(country="IR")
    assert fleet.assigned(user_id) == {one, other}
    return user_id, one, other


def _grow_old(user_id: UserId, days: int) -> None:
    """Let all links of a user be so many days old."""
    then = clock.now() - days * DAY_MS
    for proxy_id in fleet.proxies_of(user_id):
        text_client().zadd(keys.PROXIES_OF(user_id=user_id), {str(proxy_id): then})
        text_client().zadd(keys.USERS(proxy_id=proxy_id), {str(user_id): then})


def _moves(user_id: UserId) -> int:
    return int(text_client().get(keys.MOVES_OF(user_id=user_id)) or 0)


def test_staff_move_a_user_whatever_the_limit_says(
    linked: tuple[UserId, ProxyId, ProxyId],
) -> None:
    user_id, one, other = linked
    chosen = fleet.pro_proxy(city="Bern")
    text_client().set(keys.MOVES_OF(user_id=user_id), 9)

    move_user(user_id, leave=one, gain=chosen)
    fleet.run_jobs()

    assert fleet.proxies_of(user_id) == {other, chosen}
    assert _moves(user_id) == 10
    assert fleet.broken_laws() == []


def test_who_lacks_proxies_still_waits_after_being_moved() -> None:
    one, user_id = fleet.pro_proxy(city="Oslo"), fleet.pro_user()
    fleet.assigned(user_id)
    chosen = fleet.pro_proxy(city="Bern", capacity=1)

    move_user(user_id, leave=one, gain=chosen)
    drain_proxy(one)
    fleet.run_jobs()

    assert fleet.proxies_of(user_id) == {chosen}
    assert links.waiting_since(user_id) is not None
    assert fleet.broken_laws() == []


@pytest.mark.parametrize("why", ["full", "draining", "blocked", "theirs"])
def test_nobody_is_moved_to_a_proxy_that_cannot_be_theirs(
    linked: tuple[UserId, ProxyId, ProxyId], why: str
) -> None:
    user_id, one, other = linked
    chosen = other if why == "theirs" else fleet.pro_proxy(city="Riga", capacity=1)
    if why == "full":
        fleet.assigned(fleet.pro_user())
    if why == "draining":
        drain_proxy(chosen)
    if why == "blocked":
        block_proxy(chosen, ["IR"])

    with pytest.raises(NoRoomThere):
        move_user(user_id, leave=one, gain=chosen)

    assert fleet.proxies_of(user_id) == {one, other}
    assert _moves(user_id) == 0


def test_a_proxy_that_is_not_the_users_cannot_be_left(
    linked: tuple[UserId, ProxyId, ProxyId],
) -> None:
    user_id, *_ = linked
    stranger, chosen = fleet.pro_proxy(city="Riga"), fleet.pro_proxy(city="Rome")

    with pytest.raises(NotTheirProxy):
        move_user(user_id, leave=stranger, gain=chosen)


def test_the_command_tells_what_it_did_or_why_not(
    linked: tuple[UserId, ProxyId, ProxyId],
) -> None:
    user_id, one, other = linked
    chosen, out = fleet.pro_proxy(city="Riga"), StringIO()
    move = ("move_user", "--user", str(user_id), "--from", str(one), "--to")

    call_command(*move, str(chosen), stdout=out)
    with pytest.raises(CommandError, match="not-their-proxy"):
        call_command(*move, str(chosen))
    with pytest.raises(CommandError, match="There is no user 7"):
        call_command("move_user", "--user", "7", "--from", str(one), "--to", str(chosen))

    assert fleet.proxies_of(user_id) == {other, chosen}
    assert "instead of" in out.getvalue()


def test_an_old_link_is_rotated_and_one_a_day_at_most(
    linked: tuple[UserId, ProxyId, ProxyId],
) -> None:
    user_id, *old = linked
    for city in ("Riga", "Rome"):
        fleet.pro_proxy(city=city)
    _grow_old(user_id, days=31)

    fleet.run_clock(RotateLinks)
    first = fleet.proxies_of(user_id)
    fleet.run_clock(RotateLinks)

    assert len(first & set(old)) == 1
    assert len(first) == 2
    assert fleet.proxies_of(user_id) == first
    assert _moves(user_id) == 1
    assert fleet.broken_laws() == []


def test_a_young_link_stays(linked: tuple[UserId, ProxyId, ProxyId]) -> None:
    user_id, *both = linked
    fleet.pro_proxy(city="Riga")
    _grow_old(user_id, days=29)

    fleet.run_clock(RotateLinks)

    assert fleet.proxies_of(user_id) == set(both)


def test_an_old_link_stays_where_there_is_no_other_proxy_and_nobody_waits(
    linked: tuple[UserId, ProxyId, ProxyId],
) -> None:
    user_id, *both = linked
    _grow_old(user_id, days=31)

    fleet.run_clock(RotateLinks)

    assert fleet.proxies_of(user_id) == set(both)
    assert links.waiting_since(user_id) is None


def test_rotation_can_be_switched_off(
    linked: tuple[UserId, ProxyId, ProxyId], settings: Any
) -> None:
    user_id, *both = linked
    fleet.pro_proxy(city="Riga")
    _grow_old(user_id, days=400)
    settings.ROTATE_AFTER_DAYS = 0

    fleet.run_clock(RotateLinks)

    assert fleet.proxies_of(user_id) == set(both)


def test_a_proxys_old_links_are_rotated_a_few_an_hour() -> None:
    fleet.pro_proxy(capacity=60)
    users = [fleet.pro_user() for _ in range(30)]
    for user_id in users:
        text_client().hset(USERS.row(user_id), "proxies_wanted", 1)
        fleet.assigned(user_id)
        _grow_old(user_id, days=31)
    other = fleet.pro_proxy(city="Bern", capacity=60)

    fleet.run_clock(RotateLinks)
    first = sum(fleet.proxies_of(user_id) == {other} for user_id in users)
    fleet.run_clock(RotateLinks)

    assert first == 2
    assert sum(fleet.proxies_of(user_id) == {other} for user_id in users) == 4


def test_a_waiting_user_who_cannot_be_moved_goes_on_waiting() -> None:
    proxy_id, user_id = fleet.pro_proxy(), fleet.pro_user()
    fleet.assigned(user_id)
    since = links.waiting_since(user_id)

    with pytest.raises(NoRoomThere):
        move_user(user_id, leave=proxy_id, gain=proxy_id)

    assert since is not None
    assert links.waiting_since(user_id) == since


def test_the_room_that_a_move_makes_is_given_at_once() -> None:
    full, other = fleet.pro_proxy(city="Oslo", capacity=1), fleet.pro_proxy(city="Bern", capacity=1)
    drain_proxy(other)
    first, waits = fleet.pro_user(), fleet.pro_user()
    fleet.assigned(first)
    assert fleet.assigned(waits) == set()
    chosen = fleet.pro_proxy(city="Riga", capacity=1, code="NL")
    block_proxy(chosen, ["IR"])
    text_client().hset(USERS.row(waits), "country", "IR")

    move_user(first, leave=full, gain=chosen)
    fleet.run_jobs()

    assert fleet.proxies_of(waits) == {full}


def test_the_room_that_a_smaller_plan_makes_is_given_at_once() -> None:
    for city in ("Oslo", "Bern"):
        fleet.pro_proxy(city=city, capacity=1)
    first, waits = fleet.pro_user(), fleet.pro_user()
    fleet.assigned(first)
    assert fleet.assigned(waits) == set()
    text_client().hset(USERS.row(first), "proxies_wanted", 1)

    fleet.assigned(first, "smaller-plan")

    assert len(fleet.proxies_of(waits)) == 1
