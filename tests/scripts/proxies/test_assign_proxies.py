"""``proxies/assign_proxies``: one test an outcome; who is chosen is in ``test_find_candidates``."""

from dataclasses import replace

import pytest

from accounts.keys import USERS as ACCOUNTS
from accounts.managers import Access
from accounts.models import User
from accounts.services.tokens import admission
from lantern_pro import clock
from lantern_pro.jobs.errors import AlreadyDone, Superseded
from lantern_pro.jobs.job import Fence, LeasedJob, Work
from lantern_pro.jobs.keys import JOBS
from lantern_pro.jobs.worker import drain
from lantern_pro.store.client import text_client
from proxies import keys, links
from proxies.errors import FleetKeptChanging
from proxies.jobs import AssignProxies
from proxies.links import Found, Settled, Wish
from proxies.models import Proxy
from proxies.services.assignments import assign_proxies
from tests import fleet
from tests.fleet import HERE
from tests.leasing import take

pytestmark = pytest.mark.usefixtures("any_redis")


def _leased(user_id: int, fact: str = "purchase-1") -> LeasedJob:
    job = AssignProxies.of(user_id, fact)  # type: ignore[arg-type]
    fleet.stage(job)
    return next(each for each in take(HERE, most=50) if each.fence.job_id == job.job_id)


def _assign(
    user_id: int,
    proxies: list[int],
    fence: Fence,
    *,
    epoch: int | None = None,
    opened: int | None = None,
    access: Access | None = None,
) -> Settled:
    access = access or User.objects.get_access(user_id)  # type: ignore[arg-type]
    assert access is not None
    if epoch is not None:
        access = replace(access, credentials=replace(access.credentials, epoch=epoch))
    wish = Wish(access=access, wanted=2, own=(), most_moves=2)
    opened = links.openings(HERE) if opened is None else opened
    return links.assign(
        wish,
        Found(proxies, opened),  # type: ignore[arg-type]
        admissions=[fleet.known_as(user_id)],  # type: ignore[arg-type]
        now=clock.now(),
        work=Work.of(fence),
    )


def test_an_assignment_for_fewer_proxies_than_are_bought_meanwhile_changes_nothing() -> None:
    user_id, proxy_id = fleet.pro_user(), fleet.pro_proxy()
    job, before = _leased(user_id), fleet.access(user_id)
    text_client().hset(ACCOUNTS.row(user_id), "proxies_wanted", 3)

    outcome = _assign(user_id, [proxy_id], job.fence, access=before)

    assert outcome.outcome == "changed"
    assert fleet.proxies_of(user_id) == set()


def test_a_pro_user_gets_proxies_and_both_sides_say_so() -> None:
    user_id, one, other = fleet.pro_user(), fleet.pro_proxy(), fleet.pro_proxy()

    gained = fleet.assigned(user_id)

    assert gained == {one, other}
    assert text_client().zscore(keys.USERS(proxy_id=one), user_id) is not None
    assert text_client().smembers(keys.ADMISSIONS(proxy_id=one)) == {fleet.known_as(user_id)}
    [record] = Proxy.objects.records([one])
    assert (record.load, record.version) == (1, 1)
    assert fleet.broken_laws() == []


def test_the_proxy_is_told_whom_to_admit_under_the_number_of_its_version() -> None:
    user_id, proxy_id = fleet.pro_user(), fleet.pro_proxy()

    fleet.assigned(user_id)

    assert fleet.told(proxy_id) == [("1-0", "admit", fleet.known_as(user_id))]


def test_each_change_carries_the_time_of_redis_which_tells_histories_apart() -> None:
    user_id, proxy_id = fleet.pro_user(), fleet.pro_proxy()
    before = _micros()

    fleet.assigned(user_id)

    [(_, change)] = text_client().xrange(keys.CHANGES(proxy_id=proxy_id))
    assert before <= int(change["at"]) <= _micros()


def test_with_no_room_the_user_waits_and_the_job_is_done() -> None:
    user_id = fleet.pro_user()
    job = AssignProxies.of(user_id, "purchase-1")

    gained = fleet.assigned(user_id)

    assert gained == set()
    assert links.waiting_since(user_id) is not None
    assert text_client().hget(JOBS.row(job.job_id), "state") == "done"
    assert fleet.broken_laws() == []


def test_a_waiting_user_is_served_when_a_proxy_arrives() -> None:
    user_id = fleet.pro_user()
    fleet.assigned(user_id)

    proxy_id = fleet.pro_proxy()
    drain(HERE)

    assert fleet.proxies_of(user_id) == {proxy_id}


def test_whoever_got_too_few_is_topped_up_when_a_proxy_arrives() -> None:
    user_id, one = fleet.pro_user(), fleet.pro_proxy()
    at_first = fleet.assigned(user_id)

    other = fleet.pro_proxy()
    drain(HERE)

    assert at_first == {one}
    assert fleet.proxies_of(user_id) == {one, other}
    assert text_client().zcard(keys.WAITING(cell=HERE)) == 0
    assert fleet.broken_laws() == []


def test_those_who_wait_longest_are_served_first() -> None:
    first, second = fleet.pro_user(), fleet.pro_user()
    text_client().zadd(keys.WAITING(cell=HERE), {str(second): 2000, str(first): 1000})

    fleet.pro_proxy(capacity=1)
    drain(HERE)

    assert len(fleet.proxies_of(first)) == 1
    assert fleet.proxies_of(second) == set()


def test_a_user_who_is_not_pro_gets_nothing_and_the_job_ends() -> None:
    user_id, proxy_id = fleet.pro_user(days=-1), fleet.pro_proxy()

    leased = _leased(user_id)
    outcome = _assign(user_id, [proxy_id], leased.fence)

    assert outcome == Settled("not_pro")
    assert text_client().hget(JOBS.row(leased.fence.job_id), "state") == "done"
    assert Proxy.objects.records([proxy_id])[0].load == 0


def test_a_token_that_was_reset_meanwhile_is_not_admitted() -> None:
    user_id, proxy_id = fleet.pro_user(), fleet.pro_proxy()

    outcome = _assign(user_id, [proxy_id], _leased(user_id).fence, epoch=7)

    assert outcome.outcome == "changed"
    assert text_client().smembers(keys.ADMISSIONS(proxy_id=proxy_id)) == set()


def test_a_proxy_that_opened_since_the_search_is_looked_for_again() -> None:
    user_id, before = fleet.pro_user(), links.openings(HERE)
    fleet.pro_proxy()

    settled = _assign(user_id, [], _leased(user_id).fence, opened=before)

    assert settled.outcome == "changed"
    assert links.waiting_since(user_id) is None


def test_a_candidate_that_filled_up_since_the_search_is_looked_for_again() -> None:
    full = fleet.pro_proxy(capacity=1)
    fleet.assigned(fleet.pro_user())
    user_id = fleet.pro_user()

    settled = _assign(user_id, [full], _leased(user_id).fence)

    assert settled.outcome == "changed"
    assert links.waiting_since(user_id) is None


def test_what_keeps_changing_is_left_for_later() -> None:
    user_id, _ = fleet.pro_user(), fleet.pro_proxy()
    leased = _leased(user_id)
    fleet.never_as_read(user_id)

    with pytest.raises(FleetKeptChanging):
        assign_proxies(user_id, leased.fence)

    assert fleet.proxies_of(user_id) == set()


def test_a_job_has_its_effect_once() -> None:
    user_id, proxy_id = fleet.pro_user(), fleet.pro_proxy()
    leased = _leased(user_id)
    assign_proxies(user_id, leased.fence)

    with pytest.raises(AlreadyDone):
        _assign(user_id, [proxy_id], leased.fence)

    assert Proxy.objects.records([proxy_id])[0].version == 1


def test_a_worker_whose_lease_was_taken_over_cannot_link() -> None:
    user_id, proxy_id = fleet.pro_user(), fleet.pro_proxy()
    fence = _leased(user_id).fence

    with pytest.raises(Superseded):
        _assign(user_id, [proxy_id], Fence(fence.job_id, fence.epoch - 1))

    assert fleet.proxies_of(user_id) == set()


def test_who_has_proxies_keeps_them() -> None:
    user_id = fleet.pro_user()
    fleet.pro_proxy()
    fleet.pro_proxy()
    before = fleet.assigned(user_id)
    fleet.pro_proxy()

    after = fleet.assigned(user_id, "purchase-2")

    assert after == before


def test_a_device_that_came_or_went_is_told_to_every_proxy_and_nothing_else() -> None:
    user_id, proxy_id = fleet.pro_user(), fleet.pro_proxy()
    fleet.assigned(user_id)
    other = admission(fleet.token(user_id), "device-2")

    fleet.add_device(user_id, "device-2")
    fleet.assigned(user_id, "devices-1")
    fleet.take_device(user_id, "device-2")
    fleet.assigned(user_id, "devices-2")

    assert fleet.told(proxy_id)[1:] == [("2-0", "admit", other), ("3-0", "expel", other)]
    assert text_client().smembers(keys.ADMISSIONS(proxy_id=proxy_id)) == {fleet.known_as(user_id)}
    assert fleet.broken_laws() == []


def test_a_device_removed_meanwhile_is_not_admitted() -> None:
    user_id, proxy_id = fleet.pro_user(), fleet.pro_proxy()
    fence = _leased(user_id).fence
    access = User.objects.get_access(user_id)
    assert access is not None
    fleet.take_device(user_id, fleet.DEVICE)

    settled = _assign(user_id, [proxy_id], fence, access=access)

    assert settled.outcome == "changed"


def test_a_new_token_replaces_the_old_one_at_every_proxy() -> None:
    user_id, proxy_id = fleet.pro_user(), fleet.pro_proxy()
    fleet.assigned(user_id)
    old = fleet.known_as(user_id)
    fleet.reset_token(user_id)

    fleet.assigned(user_id, "reset-1")

    new = fleet.known_as(user_id)
    assert text_client().smembers(keys.ADMISSIONS(proxy_id=proxy_id)) == {new}
    assert fleet.told(proxy_id)[1:] == [("2-0", "expel", old), ("3-0", "admit", new)]
    assert fleet.broken_laws() == []


def _micros() -> int:
    seconds, micros = text_client().time()
    return int(seconds) * 1_000_000 + int(micros)
