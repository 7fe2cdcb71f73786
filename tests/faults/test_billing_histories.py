"""The short form of ``make drill-billing``: every way of telling a history has one end."""

from collections.abc import Callable
from dataclasses import replace
from types import ModuleType
from typing import Any

import pytest
import redis

from billing.gateways import stripe_subscriptions
from billing.services import purchases, renewals, stripe_handlers
from devstack.drill_billing.history import Told, play

Play = Callable[[int], Told]
WITH_REFUNDS = 29


@pytest.fixture
def histories(real_redis: redis.Redis, settings: Any, db: None) -> Play:
    """What plays a history by its number."""
    del real_redis, db
    settings.PAYMENTS_PER_HOUR = 1_000
    settings.STRIPE_API_BASE = settings.MANDRILL_API_BASE = ""  # put back after the test
    return lambda number: play(seed=1, number=number)


@pytest.mark.parametrize("number", [5, 9, 22])
def test_whatever_way_events_come_the_end_is_the_same(histories: Play, number: int) -> None:
    told = histories(number)

    assert told.ways == 4
    assert told.events > 0
    assert told.steps > told.ways
    assert told.broken == []
    assert told.differ == []


def test_a_history_is_the_same_whenever_it_is_played(histories: Play) -> None:
    first, again = (replace(histories(9), crashes=0, steps=0) for _ in range(2))

    # Jobs that are due in the same real millisecond are done in one order, and else in another: so
    # where a worker ends is up to the machine.
    assert first == again


def test_a_service_that_is_deaf_to_refunds_is_found_out(
    histories: Play, monkeypatch: pytest.MonkeyPatch
) -> None:
    for kind in ("charge.refunded", "refund.created"):
        monkeypatch.setitem(stripe_handlers.HANDLERS, kind, lambda _: ())

    told = histories(WITH_REFUNDS)

    assert [each.partition(":")[0] for each in told.differ] == ["lost, then reconciled"]


@pytest.mark.parametrize(
    ("place", "broken", "number", "found"),
    [
        ((purchases, "overtaken_by"), lambda _: [], 29, "is open, and its buyer has paid"),
        ((renewals, "follow_disputes"), lambda _, now: now, 20, "goes on, and dp_"),
        ((stripe_subscriptions, "discount_of"), lambda _: {}, 22, "is for 500 instead of 300"),
    ],
    ids=["overtaken", "disputed", "promoted"],
)
def test_a_service_that_does_not_do_what_it_must_is_found_out(
    histories: Play,
    monkeypatch: pytest.MonkeyPatch,
    place: tuple[ModuleType, str],
    broken: Callable[..., object],
    number: int,
    found: str,
) -> None:
    monkeypatch.setattr(*place, broken)

    told = histories(number)

    assert any(found in each for each in told.broken)
