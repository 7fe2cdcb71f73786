"""How many pages of rows of ours a turn walks, and how many rows that is in a day."""

import pytest

from billing.services import given, reconciliation
from billing.services.walks import (
    DAY_MS,
    FEWEST_OF_OURS,
    MINUTE_MS,
    MOST_OF_OURS,
    pages_of_ours,
)

TURNS_A_DAY = DAY_MS // MINUTE_MS
ANSWERED_A_SECOND = 25
"""Calls to one endpoint that Stripe answers: https://docs.stripe.com/rate-limits"""


@pytest.mark.parametrize("rows", [0, 1, 28_800, 57_600, 57_601, 100_000, 144_000])
def test_up_to_144_000_rows_are_walked_in_half_a_days_turns(rows: int) -> None:
    pages = pages_of_ours(rows, every_ms=DAY_MS)

    assert pages * given.PAGE * (TURNS_A_DAY // 2) >= rows


@pytest.mark.parametrize("rows", [144_001, 288_000])
def test_up_to_288_000_rows_are_walked_in_a_days_turns(rows: int) -> None:
    pages = pages_of_ours(rows, every_ms=DAY_MS)

    assert pages * given.PAGE * TURNS_A_DAY >= rows


@pytest.mark.parametrize("rows", [288_001, 10_000_000])
def test_however_many_there_are_a_turn_asks_no_faster_than_stripe_answers(rows: int) -> None:
    questions = pages_of_ours(rows, every_ms=DAY_MS) * given.PAGE

    assert questions == MOST_OF_OURS * given.PAGE
    assert questions / reconciliation.TURN_SECONDS < ANSWERED_A_SECOND


def test_few_rows_are_walked_as_slowly_as_before() -> None:
    assert pages_of_ours(100, every_ms=DAY_MS) == FEWEST_OF_OURS


def test_what_is_walked_once_a_month_takes_its_time() -> None:
    assert pages_of_ours(288_000, every_ms=30 * DAY_MS) == FEWEST_OF_OURS
