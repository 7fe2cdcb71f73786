"""Taking in an event of Stripe's, on fakeredis and on the real server."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import redis

from billing.gateways.base import EventPointer
from billing.jobs import HandleStripeEvent
from billing.keys import STRIPE_EVENT
from billing.managers.stripe_events import EventCounts, event_counts, is_known, take
from lantern_pro.jobs.job import NewJob
from lantern_pro.jobs.models import Job
from lantern_pro.types import Millis
from tests.people import HERE

NOW = Millis(1_764_000_000_000)
POINTER = EventPointer("evt_1", "charge.refunded", "ch_1", Millis(NOW - 5_000))


def taking() -> bool:
    """Take the event in, with the job that looks at it."""
    job = NewJob(HERE, HandleStripeEvent("evt_1", POINTER.type, "ch_1"), "evt_1")
    return take(POINTER, now=NOW, follow=[job])


def test_taken_the_pointer_and_its_job_are_there(any_redis: redis.Redis) -> None:
    assert taking()

    assert any_redis.hgetall(STRIPE_EVENT(event_id="evt_1", cell=HERE)) == {
        "type": "charge.refunded",
        "object_id": "ch_1",
        "created": str(NOW - 5_000),
        "taken": str(NOW),
    }
    assert is_known("evt_1")
    assert event_counts() == [EventCounts("charge.refunded", 1, 0, 0)]


def test_known_only_the_repetition_is_counted(any_redis: redis.Redis) -> None:
    key = STRIPE_EVENT(event_id="evt_1", cell=HERE)
    taking()
    before = any_redis.hgetall(key)

    assert not taking()

    assert any_redis.hgetall(key) == before
    assert event_counts() == [EventCounts("charge.refunded", 1, 1, 0)]


def test_a_pointer_goes_by_itself(any_redis: Any) -> None:
    taking()

    assert 39 < any_redis.ttl(STRIPE_EVENT(event_id="evt_1", cell=HERE)) / 86_400 <= 40


def test_of_twenty_deliveries_at_once_one_is_taken(real_redis: redis.Redis, db: None) -> None:
    with ThreadPoolExecutor(20) as threads:
        taken = list(threads.map(lambda _: taking(), range(20)))

    assert taken.count(True) == 1
    assert Job.objects.count() == 1
