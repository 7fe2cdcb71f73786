"""``proxies/release_proxies``: one test an outcome, and the look that stages the jobs."""

import pytest

from accounts.keys import PRO_ENDS
from lantern_pro import clock
from lantern_pro.jobs.errors import AlreadyDone, Superseded
from lantern_pro.jobs.job import Fence, LeasedJob, Work
from lantern_pro.jobs.schedule import stage_periodic_jobs
from lantern_pro.jobs.worker import drain
from lantern_pro.store.client import text_client
from lantern_pro.types import ProxyId, UserId
from proxies import keys, links
from proxies.jobs import AssignProxies
from proxies.models import Proxy
from tests import fleet
from tests.fleet import HERE
from tests.leasing import take

pytestmark = pytest.mark.usefixtures("any_redis")


@pytest.fixture
def proxy_id() -> ProxyId:
    """A Pro proxy with room for one."""
    return fleet.pro_proxy(capacity=1)


@pytest.fixture
def user_id(proxy_id: ProxyId) -> UserId:
    """A Pro user who holds the proxy."""
    linked = fleet.pro_user()
    assert fleet.assigned(linked) == {proxy_id}
    return linked


def _leased(user_id: UserId) -> LeasedJob:
    fleet.stage(AssignProxies.of(user_id, "any-job-will-do"))
    [leased] = take(HERE, most=1)
    return leased


def _release(user_id: UserId, proxies: list[ProxyId], fence: Fence) -> str:
    return links.release(user_id=user_id, proxies=proxies, now=clock.now(), work=Work.of(fence))


def test_when_pro_time_is_over_both_sides_are_undone(user_id: UserId, proxy_id: ProxyId) -> None:
    fleet.end_pro_time(user_id)

    stage_periodic_jobs()
    drain(HERE)

    [record] = Proxy.objects.records([proxy_id])
    assert fleet.proxies_of(user_id) == set()
    assert (record.load, record.version) == (0, 2)
    assert text_client().scard(keys.ADMISSIONS(proxy_id=proxy_id)) == 0
    assert text_client().zcard(PRO_ENDS(cell=HERE)) == 0
    assert fleet.broken_laws() == []


def test_the_proxy_is_told_to_expel(user_id: UserId, proxy_id: ProxyId) -> None:
    fleet.end_pro_time(user_id)

    stage_periodic_jobs()
    drain(HERE)

    assert fleet.told(proxy_id)[1:] == [("2-0", "expel", fleet.known_as(user_id))]


def test_the_room_that_is_made_goes_to_whoever_waits(user_id: UserId, proxy_id: ProxyId) -> None:
    waiting = fleet.pro_user()
    assert fleet.assigned(waiting) == set()
    fleet.end_pro_time(user_id)

    stage_periodic_jobs()
    drain(HERE)

    assert fleet.proxies_of(waiting) == {proxy_id}
    assert fleet.broken_laws() == []


def test_nobody_whose_time_goes_on_is_looked_at(user_id: UserId, proxy_id: ProxyId) -> None:
    stage_periodic_jobs()
    drain(HERE)

    assert fleet.proxies_of(user_id) == {proxy_id}


def test_a_clock_that_was_ahead_leaves_nobody_their_proxies_for_good(user_id: UserId) -> None:
    [(_, end)] = text_client().zrange(PRO_ENDS(cell=HERE), 0, 0, withscores=True)
    until_then = int(end) - clock.now()
    with clock.shifted(until_then + 1_000):
        stage_periodic_jobs()
    drain(HERE)  # by the clock of this worker they are still Pro

    with clock.shifted(until_then + 61_000):
        stage_periodic_jobs()
        drain(HERE)

    assert fleet.proxies_of(user_id) == set()


def test_who_paid_meanwhile_keeps_their_proxies(user_id: UserId, proxy_id: ProxyId) -> None:
    outcome = _release(user_id, [proxy_id], _leased(user_id).fence)

    assert outcome == "still_pro"
    assert fleet.proxies_of(user_id) == {proxy_id}


def test_links_made_meanwhile_are_looked_at_again(user_id: UserId, proxy_id: ProxyId) -> None:
    leased = _leased(user_id)
    fleet.end_pro_time(user_id)

    outcome = _release(user_id, [], leased.fence)

    assert outcome == "changed"
    assert fleet.proxies_of(user_id) == {proxy_id}


def test_a_job_has_its_effect_once(user_id: UserId, proxy_id: ProxyId) -> None:
    leased = _leased(user_id)
    fleet.end_pro_time(user_id)
    _release(user_id, [proxy_id], leased.fence)

    with pytest.raises(AlreadyDone):
        _release(user_id, [proxy_id], leased.fence)

    assert Proxy.objects.records([proxy_id])[0].version == 2


def test_a_worker_whose_lease_was_taken_over_cannot_release(
    user_id: UserId, proxy_id: ProxyId
) -> None:
    fence = _leased(user_id).fence
    fleet.end_pro_time(user_id)

    with pytest.raises(Superseded):
        _release(user_id, [proxy_id], Fence(fence.job_id, fence.epoch - 1))

    assert fleet.proxies_of(user_id) == {proxy_id}
