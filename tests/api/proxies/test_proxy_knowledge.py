"""What the reference http-proxy knows: kept up by streams, kept without Redis.

How soon is measured by ``make bench-admission``.
"""

from pathlib import Path

import pytest
import redis

from devstack.redis_server import RedisPlace, running
from lantern_pro.jobs.worker import drain
from lantern_pro.store import client as store
from proxies import keys
from tests import fleet
from tests.fleet import HERE
from tests.processes import eventually
from tests.through import Through, linked, running_proxy, shown

pytestmark = pytest.mark.stack


def test_a_user_is_admitted_and_expelled(through: Through) -> None:
    proxy_id, _ = linked(through)
    user_id = fleet.pro_user()
    before = through.admits(proxy_id, user_id)

    fleet.assigned(user_id)
    eventually(lambda: through.admits(proxy_id, user_id))
    fleet.end_pro_time(user_id)
    fleet.stage_release(user_id)
    drain(HERE)

    eventually(lambda: not through.admits(proxy_id, user_id))
    assert not before


def test_a_token_that_was_reset_is_good_no_more(through: Through) -> None:
    proxy_id, user_id = linked(through)
    old = shown(proxy_id, user_id)

    fleet.reset_token(user_id)
    fleet.assigned(user_id, "reset-1")

    eventually(lambda: through.admits(proxy_id, user_id))
    status, answer = through.get("http://x/", X_Lantern_Ping="1", **old)
    assert status == 200
    assert "It works" in answer


def test_a_device_is_admitted_while_it_is_one_of_the_account(through: Through) -> None:
    proxy_id, user_id = linked(through)
    before = through.admits(proxy_id, user_id, "device-2")

    fleet.add_device(user_id, "device-2")
    fleet.assigned(user_id, "devices-1")
    eventually(lambda: through.admits(proxy_id, user_id, "device-2"))
    fleet.take_device(user_id, "device-2")
    fleet.assigned(user_id, "devices-2")

    eventually(lambda: not through.admits(proxy_id, user_id, "device-2"))
    assert not before
    assert through.admits(proxy_id, user_id)


def test_a_gap_in_the_stream_is_closed_by_the_snapshot(
    through: Through, real_redis: redis.Redis
) -> None:
    proxy_id, _ = linked(through)
    user_id = fleet.pro_user()
    admission = fleet.known_as(user_id)
    with real_redis.pipeline() as pipe:  # two changes of which the first is trimmed at once
        pipe.sadd(keys.ADMISSIONS(proxy_id=proxy_id), admission)
        pipe.hincrby(keys.PROXIES.row(proxy_id), "version", 2)
        pipe.xadd(keys.CHANGES(proxy_id=proxy_id), {"op": "expel", "admission": "x"}, id="3-0")
        pipe.execute()

    eventually(lambda: through.admits(proxy_id, user_id))


def test_without_redis_it_admits_whom_it_knows(tmp_path: Path) -> None:
    with running(RedisPlace.in_folder(tmp_path)) as place:
        clients = [redis.Redis.from_url(place.url, decode_responses=text) for text in (True, False)]
        text, raw = clients
        with (
            store.using(text=text, raw=raw),
            running_proxy(REDIS_URL=place.url) as (through, _),
        ):
            proxy_id, user_id = linked(through)
            known = shown(proxy_id, user_id)
            stranger = {**known, "X_Lantern_Pro_Token": "wrong"}
            text.shutdown(nosave=True)

            _, admitted = through.get("http://x/", X_Lantern_Ping="1", **known)
            _, disguised = through.get("http://x/", X_Lantern_Ping="1", **stranger)

        for each in clients:
            each.close()
    assert "It works" not in admitted
    assert "It works" in disguised


def test_it_starts_without_redis_and_learns_when_redis_comes(tmp_path: Path) -> None:
    place = RedisPlace.in_folder(tmp_path)
    with running_proxy(REDIS_URL=place.url) as (through, _):
        status, answer = through.get("http://x/")
        with running(place):
            clients = [
                redis.Redis.from_url(place.url, decode_responses=text) for text in (True, False)
            ]
            with store.using(text=clients[0], raw=clients[1]):
                _linked_at_last = fleet.pro_proxy(addr=f"127.0.0.1:{through.port}")
                user_id = fleet.pro_user()
                fleet.assigned(user_id)
                eventually(lambda: through.admits(_linked_at_last, user_id))
            for each in clients:
                each.close()

    assert (status, "It works" in answer) == (200, True)
