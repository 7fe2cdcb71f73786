"""``proxies/change_proxy_health``: each outcome; and what is read of heartbeats."""

from concurrent.futures import ThreadPoolExecutor

import pytest
from pytest_django import Settings

from lantern_pro import clock
from lantern_pro.jobs.job import Work
from lantern_pro.jobs.schedule import stage_periodic_jobs
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import new_id
from lantern_pro.types import ProxyId
from proxies import keys
from proxies.changes import history_of
from proxies.heartbeats import change_health, heartbeats_of, may_watch, watch
from proxies.records import Health
from proxies.services.health import judge, limits
from tests import beats, fleet
from tests.fleet import HERE

pytestmark = pytest.mark.usefixtures("any_redis")

SUSPECT_MS, DOWN_MS = 45_000, 120_000


@pytest.fixture(autouse=True)
def _limits(settings: Settings) -> None:
    settings.PROXY_SUSPECT_SECONDS = SUSPECT_MS // 1000
    settings.PROXY_DOWN_SECONDS = DOWN_MS // 1000


@pytest.mark.parametrize(
    ("was", "to", "silence_ms"),
    [
        (Health.OK, Health.DOWN, DOWN_MS - 1),
        (Health.OK, Health.SUSPECT, DOWN_MS),
        (Health.SUSPECT, Health.OK, 0),
        (Health.DOWN, Health.OK, 0),
        (Health.OK, Health.OK, 0),
    ],
)
def test_what_is_not_as_it_was_seen_changes_nothing(
    was: Health, to: Health, silence_ms: int
) -> None:
    proxy_id = fleet.pro_proxy()
    beats.beat(proxy_id)
    beats.look()
    text_client().hset(keys.WATCH(proxy_id=proxy_id), "silence", silence_ms)

    outcome = change_health(
        proxy_id=proxy_id, was=was, to=to, limits=limits(), now=clock.now(), work=Work(HERE)
    )

    assert outcome == "not_so"
    assert beats.health(proxy_id) is Health.OK


def test_what_is_no_proxy_has_no_health() -> None:
    nobody = ProxyId(new_id(HERE))
    beats.beat(nobody)

    judge(nobody, Health.DOWN)

    assert watch([nobody], limits()) == []
    assert text_client().exists(keys.PROXIES.row(nobody), keys.WATCH(proxy_id=nobody)) == 0


def test_one_worker_at_a_time_looks() -> None:
    proxy_id = fleet.pro_proxy()
    turns = [may_watch(HERE, every_ms=600_000) for _ in range(2)]
    beats.beat(proxy_id)

    stage_periodic_jobs()

    assert turns == [True, False]
    assert beats.health(proxy_id) is Health.UNKNOWN
    beats.look()
    assert beats.health(proxy_id) is Health.OK


def test_ten_at_once_take_a_proxy_down_once(real_redis: object) -> None:
    beats.bystanders()
    proxy_id = fleet.pro_proxy()
    beats.beat(proxy_id)
    beats.look()
    text_client().hset(keys.WATCH(proxy_id=proxy_id), "silence", DOWN_MS)

    with ThreadPoolExecutor(10) as pool:
        list(pool.map(lambda _: judge(proxy_id, Health.DOWN), range(10)))

    assert [each.what for each in history_of(proxy_id)] == ["down", "added, active"]


def test_what_a_proxy_says_is_read_and_nonsense_is_not() -> None:
    proxy_id, liar = fleet.pro_proxy(), fleet.pro_proxy()
    beats.beat(proxy_id, bytes_in=10**12, connections=17, software="http-proxy/2.1", admissions=4)
    beats.beat(
        liar, bytes_in="9" * 20, connections="-1", software="\x00" + "x" * 150, admissions="٣"
    )
    beats.look()

    [told, nonsense] = heartbeats_of([proxy_id, liar])

    assert told is not None
    assert (told.bytes_in, told.connections, told.software, told.admissions, told.bytes_out) == (
        10**12,
        17,
        "http-proxy/2.1",
        4,
        None,
    )
    assert told.heard is not None
    assert nonsense is not None
    assert (nonsense.bytes_in, nonsense.connections, nonsense.admissions) == (None, None, None)
    assert nonsense.software == "x" * 60
