"""The scripts that write configurations: one test an outcome, and the laws."""

import gzip
from collections.abc import Callable, Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import yaml
from pytest_django import Settings

from accounts.keys import USERS
from accounts.models import User
from configsrv import keys, managers, reading
from configsrv.errors import SourcesKeptChanging
from configsrv.jobs import PopulateFreeTable, PopulateUserConfig
from configsrv.laws import LAWS
from configsrv.managers import Bucket
from configsrv.reading import UserConfig
from configsrv.render import NOTHING, Body, Part
from configsrv.services.populate import populate_user_config
from lantern_pro import clock
from lantern_pro.jobs.errors import AlreadyDone, Superseded
from lantern_pro.jobs.job import Fence, NewJob, Work
from lantern_pro.jobs.schedule import stage_periodic_jobs
from lantern_pro.jobs.worker import drain
from lantern_pro.store.client import text_client
from lantern_pro.types import ProxyId, UserId
from proxies.keys import FLEET_VERSION, PROXIES_OF
from proxies.models import Proxy
from tests import fleet
from tests.fleet import HERE
from tests.leasing import take

pytestmark = pytest.mark.usefixtures("any_redis")

BODY = Body(gzip.compress(b"one: {}\n"), "tag-1")


@pytest.fixture(autouse=True)
def _few_buckets(settings: Settings) -> None:
    settings.FREE_BUCKETS = 8


def _fence(job: NewJob) -> Fence:
    fleet.stage(job)
    return next(each.fence for each in take(HERE, most=99) if each.fence.job_id == job.job_id)


def _table_fence() -> Fence:
    return _fence(PopulateFreeTable.of(HERE, "by-hand"))


def _user_fence(user_id: UserId) -> Fence:
    return _fence(PopulateUserConfig.of(user_id, "by-hand"))


def _bucket(number: int) -> Body:
    [found] = reading.read_configs([reading.free_key(HERE, number)])
    assert isinstance(found, Body)
    return found


def _own(user_id: UserId) -> UserConfig | None:
    [found] = reading.read_configs([reading.user_key(user_id)])
    assert found is None or isinstance(found, UserConfig)
    return found


def _names(body: Body) -> Mapping[str, Any]:
    read: Mapping[str, Any] = yaml.safe_load(gzip.decompress(body.content))
    return read


def _broken_laws() -> list[str]:
    return [fault for law in LAWS for fault in law.check(HERE)]


def _populate(user_id: UserId, fence: Fence, **read: Any) -> str:
    access = User.objects.get_access(user_id)
    assert access is not None
    told: dict[str, Any] = {
        "access": access,
        "links": Proxy.objects.of_user(user_id),
        "version": Proxy.objects.fleet_version(HERE),
        **read,
    }
    return managers.populate_user_config(
        admissions=["0" * 64], body=BODY, renewal=None, work=Work.of(fence), **told
    )


def test_every_bucket_gets_its_few_proxies_when_the_fleet_changes() -> None:
    added = {fleet.free_proxy() for _ in range(5)}

    drain(HERE)

    for number in range(8):
        named = managers.proxies_of_buckets(HERE)[number, ""]
        assert len(named) == 2
        assert set(named) <= added
        assert set(_names(_bucket(number))) == {
            record.name for record in Proxy.objects.records(named)
        }
    assert _broken_laws() == []


def test_buckets_whose_proxies_stay_are_not_written_again() -> None:
    fleet.free_proxy()
    drain(HERE)
    text_client().hset(reading.free_key(HERE, 3), "mark", "mine")
    fleet.pro_proxy()

    drain(HERE)

    assert text_client().hget(reading.free_key(HERE, 3), "mark") == "mine"


def test_a_table_of_many_buckets_is_written_by_several_jobs(settings: Settings) -> None:
    settings.FREE_BUCKETS = 600
    fleet.free_proxy()

    drain(HERE)

    assert len(managers.proxies_of_buckets(HERE)) == 600
    assert _broken_laws() == []


def test_a_fleet_that_changed_meanwhile_is_read_again() -> None:
    fence = _table_fence()
    text_client().set(FLEET_VERSION(cell=HERE), 7)

    outcome = managers.populate_buckets(
        buckets=[Bucket(0, BODY)], version=6, shape="", work=Work.of(fence)
    )

    assert outcome == "changed"
    assert text_client().exists(reading.free_key(HERE, 0)) == 0


def test_buckets_are_cut_from_the_joined_bodies_where_each_begins_and_ends() -> None:
    parts = (Part(ProxyId(1024), 3), Part(ProxyId(2048), 1))
    bodies = [Body(bytes(range(256)), "a"), NOTHING, Body(b"\x00\r\n\xff", "c", parts)]
    buckets = [Bucket(number, body) for number, body in enumerate(bodies)]

    managers.populate_buckets(buckets=buckets, version=0, shape="x", work=Work.of(_table_fence()))

    assert [_bucket(number) for number in range(3)] == bodies


def test_a_table_is_written_once_by_the_job_that_holds_the_lease() -> None:
    fence = _table_fence()
    empty: dict[str, Any] = {"buckets": [], "version": 0, "shape": ""}

    with pytest.raises(Superseded):
        managers.populate_buckets(**empty, work=Work.of(Fence(fence.job_id, fence.epoch - 1)))
    managers.populate_buckets(**empty, work=Work.of(fence))

    with pytest.raises(AlreadyDone):
        managers.populate_buckets(**empty, work=Work.of(fence))


def test_a_pro_user_gets_a_configuration_of_their_own_proxies() -> None:
    user_id, proxy_id = fleet.pro_user(), fleet.pro_proxy()

    fleet.assigned(user_id)

    own = _own(user_id)
    assert own is not None
    assert set(_names(own.body)) == {Proxy.objects.records([proxy_id])[0].name}
    assert own.admissions == {fleet.known_as(user_id)}
    assert own.expiration > clock.now()
    assert _broken_laws() == []


def test_the_configuration_keeps_where_the_users_app_told_that_it_is() -> None:
    user_id, _ = fleet.pro_user(country="IR"), fleet.pro_proxy()

    fleet.assigned(user_id)

    own = _own(user_id)
    assert own is not None
    assert own.country == "IR"


def test_when_pro_time_is_over_the_configuration_is_taken_away() -> None:
    user_id, _ = fleet.pro_user(), fleet.pro_proxy()
    fleet.assigned(user_id)
    fleet.end_pro_time(user_id)

    stage_periodic_jobs()
    drain(HERE)

    assert _own(user_id) is None


@pytest.mark.parametrize("what", ["links", "version"])
def test_what_changed_while_it_was_rendered_is_rendered_again(what: str) -> None:
    user_id = fleet.pro_user()
    old: dict[str, Any] = {"links": [ProxyId(1024)], "version": 99}

    outcome = _populate(user_id, _user_fence(user_id), **{what: old[what]})

    assert outcome == "changed"
    assert _own(user_id) is None


@pytest.mark.parametrize(
    "change",
    [
        fleet.reset_token,
        lambda user_id: fleet.take_device(user_id, fleet.DEVICE),
        lambda user_id: text_client().hset(USERS.row(user_id), "country", "CN"),
    ],
)
def test_an_access_that_changed_while_it_was_rendered_is_rendered_again(
    change: Callable[[UserId], object],
) -> None:
    user_id = fleet.pro_user()
    access = User.objects.get_access(user_id)
    change(user_id)

    outcome = _populate(user_id, _user_fence(user_id), access=access)

    assert outcome == "changed"


def test_what_keeps_changing_is_left_for_later() -> None:
    user_id = fleet.pro_user()
    fence = _user_fence(user_id)
    fleet.never_as_read(user_id)

    with pytest.raises(SourcesKeptChanging):
        populate_user_config(user_id, fence)

    assert _own(user_id) is None


def test_a_user_who_became_pro_meanwhile_keeps_their_configuration() -> None:
    user_id = fleet.pro_user()

    outcome = managers.drop_user_config(
        user_id=user_id, now=clock.now(), work=Work.of(_user_fence(user_id))
    )

    assert outcome == "changed"


def test_a_configuration_is_written_or_dropped_once_by_the_job_that_holds_the_lease() -> None:
    user_id = fleet.pro_user()
    fence = _user_fence(user_id)
    late = Fence(fence.job_id, fence.epoch - 1)

    with pytest.raises(Superseded):
        _populate(user_id, late)
    with pytest.raises(Superseded):
        managers.drop_user_config(user_id=user_id, now=clock.now(), work=Work.of(late))
    assert _populate(user_id, fence) == "populated"
    with pytest.raises(AlreadyDone):
        _populate(user_id, fence)
    with pytest.raises(AlreadyDone):
        managers.drop_user_config(user_id=user_id, now=clock.now(), work=Work.of(fence))


def test_ten_at_once_leave_the_newest_configuration(real_redis: object) -> None:
    user_id = fleet.pro_user()
    for _ in range(2):
        fleet.pro_proxy()
    fleet.assigned(user_id)
    fences = [_fence(PopulateUserConfig.of(user_id, f"fact-{number}")) for number in range(10)]
    fleet.reset_token(user_id)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda fence: populate_user_config(user_id, fence), fences))

    own = _own(user_id)
    assert own is not None
    assert own.admissions == {fleet.known_as(user_id)}


def test_the_law_tells_a_configuration_that_names_other_proxies() -> None:
    user_id, _ = fleet.pro_user(), fleet.pro_proxy()
    fleet.assigned(user_id)
    text_client().hset(keys.USER_CONFIG(user_id=user_id), "proxies", "4096")

    faults = _broken_laws()

    assert len(faults) == 1
    assert str(user_id) in faults[0]


def test_the_law_waits_for_jobs_that_are_on_their_way() -> None:
    user_id, _ = fleet.pro_user(), fleet.pro_proxy()
    fleet.assigned(user_id)
    text_client().delete(PROXIES_OF(user_id=user_id))

    fleet.stage(PopulateUserConfig.of(user_id, "on-its-way"))

    assert _broken_laws() == []
