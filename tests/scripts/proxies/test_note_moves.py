"""``proxies/note_moves`` and the job that moves all users off a proxy."""

import threading
from dataclasses import replace
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from accounts.keys import USERS
from lantern_pro.jobs.errors import AlreadyDone, Superseded
from lantern_pro.jobs.job import Fence, LeasedJob, Work
from lantern_pro.jobs.keys import JOBS
from lantern_pro.jobs.ledger import stage
from lantern_pro.store.client import text_client
from lantern_pro.types import Millis, ProxyId, UserId
from proxies import jobs, keys, links
from proxies.jobs import MoveStragglers, MoveUsersOff
from proxies.moving import Tally, bar_of, note_moves, progress_of
from proxies.services.moving import move_users
from proxies.services.states import block_proxy, drain_proxy, retire_proxy
from tests import fleet
from tests.beats import silent
from tests.fleet import HERE
from tests.leasing import take

pytestmark = pytest.mark.usefixtures("any_redis")


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a page be three users, so that few make several."""
    monkeypatch.setattr(jobs, "PAGE", 3)


def _full(proxy_id: ProxyId, count: int, country: str = "") -> list[UserId]:
    """Users who have this proxy, and should have one."""
    users = [fleet.pro_user(country=country) for _ in range(count)]
    for user_id in users:
        text_client().hset(USERS.row(user_id), "proxies_wanted", 1)
        assert fleet.assigned(user_id) == {proxy_id}
    return users


def _leased(proxy_id: ProxyId) -> LeasedJob:
    stage(MoveUsersOff.of(proxy_id, "draining", "any"))
    [leased] = take(HERE, most=9, kinds=["move_users_off"])
    return leased


def _note(proxy_id: ProxyId, fence: Fence, *, since: int = 1000, moved: int = 2) -> None:
    note_moves(
        proxy_id=proxy_id,
        reason="draining",
        now=Millis(5000),
        since=Millis(since),
        tally=Tally(moved, 1, 0),
        is_last=False,
        work=Work(HERE, fence),
    )


def test_noted_the_figures_of_all_pages_add_up() -> None:
    proxy_id = fleet.pro_proxy()
    _full(proxy_id, 3)

    for _ in range(2):
        _note(proxy_id, _leased(proxy_id).fence)
        fleet.forget_jobs()

    progress = progress_of(proxy_id)
    assert progress is not None
    assert progress.tally == Tally(4, 2, 0)
    assert (progress.left, progress.total, progress.ended) == (3, 9, None)


def test_noted_an_older_moving_does_not_spoil_the_figures_of_the_newer() -> None:
    proxy_id = fleet.pro_proxy()
    _note(proxy_id, _leased(proxy_id).fence, since=2000)
    fleet.forget_jobs()

    _note(proxy_id, _leased(proxy_id).fence, since=1000, moved=50)

    progress = progress_of(proxy_id)
    assert progress is not None
    assert (progress.since, progress.tally.moved) == (2000, 2)


def test_a_page_is_counted_once() -> None:
    proxy_id = fleet.pro_proxy()
    fence = _leased(proxy_id).fence
    _note(proxy_id, fence)

    with pytest.raises(AlreadyDone):
        _note(proxy_id, fence)
    with pytest.raises(Superseded):
        _note(proxy_id, replace(_leased_again(proxy_id), epoch=7))

    progress = progress_of(proxy_id)
    assert progress is not None
    assert progress.tally.moved == 2


def _leased_again(proxy_id: ProxyId) -> Fence:
    stage(MoveUsersOff.of(proxy_id, "draining", "other"))
    [leased] = take(HERE, most=9, kinds=["move_users_off"])
    return leased.fence


def test_all_users_of_a_draining_proxy_get_another(small_pages: None) -> None:
    draining = fleet.pro_proxy()
    users = _full(draining, 7)
    other = fleet.pro_proxy(city="Bern")

    drain_proxy(draining)
    fleet.run_jobs()

    assert all(fleet.proxies_of(user_id) == {other} for user_id in users)
    progress = progress_of(draining)
    assert progress is not None
    assert (progress.tally, progress.left) == (Tally(7, 0, 0), 0)
    assert progress.ended is not None
    assert fleet.broken_laws() == []


def test_who_finds_no_room_stays_with_a_draining_proxy_until_there_is(small_pages: None) -> None:
    draining = fleet.pro_proxy()
    users = _full(draining, 5)
    drain_proxy(draining)
    fleet.run_jobs()
    stayed = [fleet.proxies_of(user_id) for user_id in users]

    other = fleet.pro_proxy(city="Bern")
    fleet.run_jobs()

    assert stayed == [{draining}] * 5
    assert all(fleet.proxies_of(user_id) == {other} for user_id in users)
    assert fleet.broken_laws() == []


def test_who_has_too_few_keeps_a_draining_proxy_until_they_have_as_many_as_they_should() -> None:
    draining, user_id = fleet.pro_proxy(), fleet.pro_user()
    fleet.assigned(user_id)
    drain_proxy(draining)
    fleet.run_jobs()

    other = fleet.pro_proxy(city="Bern")
    fleet.run_jobs()
    with_one_other = fleet.proxies_of(user_id)
    another = fleet.pro_proxy(city="Riga")
    fleet.run_jobs()

    assert with_one_other == {draining, other}
    assert fleet.proxies_of(user_id) == {other, another}
    assert fleet.broken_laws() == []


def test_a_retired_proxy_is_left_at_once_and_who_has_no_other_waits(small_pages: None) -> None:
    retired = fleet.pro_proxy()
    users = _full(retired, 4)

    retire_proxy(retired)
    fleet.run_jobs()

    progress = progress_of(retired)
    assert progress is not None
    assert progress.tally == Tally(0, 4, 0)
    assert all(fleet.proxies_of(user_id) == set() for user_id in users)
    assert all(links.waiting_since(user_id) for user_id in users)
    assert text_client().scard(keys.ADMISSIONS(proxy_id=retired)) == 0
    assert fleet.broken_laws() == []


def test_a_blocked_proxy_is_left_by_those_in_that_country_only() -> None:
    blocked = fleet.pro_proxy()
    there, elsewhere = _full(blocked, 3, "IR"), _full(blocked, 2, "DE")
    other = fleet.pro_proxy(city="Bern", capacity=3)

    block_proxy(blocked, ["IR"])
    fleet.run_jobs()

    assert all(fleet.proxies_of(user_id) == {other} for user_id in there)
    assert all(fleet.proxies_of(user_id) == {blocked} for user_id in elsewhere)
    assert fleet.broken_laws() == []


def test_whom_a_limit_kept_is_moved_another_day() -> None:
    draining, other = fleet.pro_proxy(city="Oslo"), fleet.pro_proxy(city="Bern")
    user_id = fleet.pro_user()
    fleet.assigned(user_id)
    another = fleet.pro_proxy(city="Riga")
    text_client().set(keys.MOVES_OF(user_id=user_id), 2, ex=86_400)
    drain_proxy(draining)
    fleet.run_jobs()
    kept = fleet.proxies_of(user_id)

    text_client().delete(keys.MOVES_OF(user_id=user_id))
    fleet.run_clock(MoveStragglers)

    assert kept == {draining, other}
    assert fleet.proxies_of(user_id) == {other, another}
    assert int(text_client().get(keys.MOVES_OF(user_id=user_id))) == 1
    assert fleet.broken_laws() == []


def test_no_limit_keeps_anybody_on_a_proxy_that_is_down_and_the_move_counts(
    settings: Any,
) -> None:
    down, other = fleet.pro_proxy(city="Oslo"), fleet.pro_proxy(city="Bern")
    user_id = fleet.pro_user()
    fleet.assigned(user_id)
    another = fleet.pro_proxy(city="Riga")
    text_client().set(keys.MOVES_OF(user_id=user_id), 2, ex=86_400)

    silent(down, settings.PROXY_DOWN_SECONDS * 1000)
    fleet.run_jobs()

    assert fleet.proxies_of(user_id) == {other, another}
    assert int(text_client().get(keys.MOVES_OF(user_id=user_id))) == 3


def test_a_worker_that_dies_before_it_notes_a_page_leaves_a_moving_that_goes_on(
    small_pages: None, settings: Any
) -> None:
    draining = fleet.pro_proxy()
    users = _full(draining, 7)
    other = fleet.pro_proxy(city="Bern")
    drain_proxy(draining)
    settings.JOB_LEASE_MS = 0
    take(HERE, most=9, kinds=["move_users_off"])
    settings.JOB_LEASE_MS = 15_000
    dying = move_users(draining, users[:3], "the-first-page", asked_to_leave=False)

    fleet.run_jobs()

    assert dying == Tally(3, 0, 0)
    assert all(fleet.proxies_of(user_id) == {other} for user_id in users)
    assert fleet.broken_laws() == []


def test_an_operator_moves_users_off_an_active_proxy_and_follows() -> None:
    crowded = fleet.pro_proxy()
    users = _full(crowded, 4)
    other = fleet.pro_proxy(city="Bern", capacity=3)
    [name] = [each.name for each in fleet.records([crowded])]
    out = StringIO()
    worker = threading.Timer(0.2, fleet.run_jobs)
    worker.start()

    call_command("move_users_off", "--proxy", name, stdout=out)
    worker.join()

    assert "4/4: 3 moved, 1 stay" in out.getvalue()
    assert sum(fleet.proxies_of(user_id) == {other} for user_id in users) == 3
    assert fleet.broken_laws() == []


def test_an_operator_who_does_not_follow_starts_the_job() -> None:
    crowded = fleet.pro_proxy()

    call_command("move_users_off", "--proxy", str(crowded), "--no-follow", stdout=StringIO())

    assert any("move_users_off" in each for each in text_client().zrange(_all_jobs(), 0, -1))


def _all_jobs() -> str:
    return JOBS.by("id", cell=HERE)


def test_a_proxy_that_is_not_there_is_told() -> None:
    with pytest.raises(CommandError, match="no-such-proxy"):
        call_command("move_users_off", "--proxy", "nowhere")


def test_before_a_worker_has_it_the_bar_says_so() -> None:
    assert "waits for a worker" in bar_of(None)
