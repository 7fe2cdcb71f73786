"""The time of an invoice's period, in months and days."""

from datetime import UTC, datetime

import pytest

from billing.services.periods import time_between
from lantern_pro import clock


def time(start: str, end: str, *, months: int) -> tuple[int, int]:
    """The time between two days."""
    begun, ended = (datetime.fromisoformat(each).replace(tzinfo=UTC) for each in (start, end))
    return time_between(clock.as_millis(begun), clock.as_millis(ended), months=months)


@pytest.mark.parametrize(
    ("start", "end", "months", "expected"),
    [
        ("2026-01-10", "2026-02-10", 1, (1, 0)),
        ("2026-01-31", "2026-02-28", 1, (1, 0)),
        ("2026-02-28", "2026-03-31", 1, (1, 3)),
        ("2027-02-28", "2028-02-29", 12, (12, 1)),
        ("2026-01-10", "2026-01-12", 0, (0, 2)),
    ],
)
def test_a_whole_period_is_its_plans_months_and_what_they_leave(
    start: str, end: str, months: int, expected: tuple[int, int]
) -> None:
    assert time(start, end, months=months) == expected


@pytest.mark.parametrize(
    ("end", "months", "days"),
    [
        ("2026-01-17", 12, 7),
        ("2026-01-17T00:00:01", 12, 8),
        ("2026-02-09", 1, 30),
        ("2026-01-10", 1, 0),
    ],
)
def test_a_period_that_is_shorter_than_its_plan_is_only_its_own_days(
    end: str, months: int, days: int
) -> None:
    assert time("2026-01-10", end, months=months) == (0, days)


def test_a_clock_that_is_an_hour_off_makes_no_month_shorter() -> None:
    assert time("2026-01-10T12:00", "2026-02-10T11:00", months=1) == (1, 0)
