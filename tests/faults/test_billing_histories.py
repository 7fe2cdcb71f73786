"""The short form of ``make drill-billing``: every way of telling a history has one end."""

from collections.abc import Callable
from typing import Any

import pytest
import redis

from billing.services import stripe_handlers
from devstack.drill_billing.history import Told, play

Play = Callable[[int], Told]
WITH_REFUNDS = 1


@pytest.fixture
def histories(real_redis: redis.Redis, settings: Any, db: None) -> Play:
    """What plays a history by its number."""
    del real_redis, db
    settings.STRIPE_API_BASE = settings.MANDRILL_API_BASE = ""  # put back after the test
    return lambda number: play(seed=1, number=number)


@pytest.mark.parametrize("number", range(3))
def test_whatever_way_events_come_the_end_is_the_same(histories: Play, number: int) -> None:
    told = histories(number)

    assert told.ways == 4
    assert told.events > 0
    assert told.steps > told.ways
    assert told.broken == []
    assert told.differ == []


def test_a_history_is_the_same_whenever_it_is_played(histories: Play) -> None:
    assert histories(2) == histories(2)


def test_a_service_that_is_deaf_to_refunds_is_found_out(
    histories: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("charge.refunded", "refund.created"):
        monkeypatch.setitem(stripe_handlers.HANDLERS, kind, lambda _: ())

    told = histories(WITH_REFUNDS)

    assert [each.partition(":")[0] for each in told.differ] == ["lost, then reconciled"]
