"""The short form of ``make drill-billing``: every way of telling a history has one end."""

from typing import Any

import pytest
import redis

from devstack.drill_billing.history import play


@pytest.mark.parametrize("number", range(5))
def test_whatever_way_events_come_the_end_is_the_same(
    real_redis: redis.Redis, settings: Any, db: None, number: int
) -> None:
    del real_redis, db
    settings.STRIPE_API_BASE = settings.MANDRILL_API_BASE = ""  # put back after the test

    told = play(seed=1, number=number)

    assert told.ways == 4
    assert told.events > 0
    assert told.steps > told.ways
    assert told.broken == []
    assert told.differ == []
