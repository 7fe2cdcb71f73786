"""The fragment ``accounts/extend_pro``: Pro time by the calendar, an entry for a fact."""

from datetime import UTC, datetime
from functools import cache

import redis
from dateutil.relativedelta import relativedelta
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.keys import TIME_LEDGER, pro_time_keys
from accounts.managers import read_time_ledger
from accounts.pro_time import replay
from lantern_pro import clock
from lantern_pro.store.client import text_client
from lantern_pro.store.scripts import Script
from lantern_pro.types import Cell, Millis, UserId

USER = UserId(1 << 10)
SOURCE = """-- Extends a user's Pro time, for these tests.
-- KEYS  user                 HASH  the account
--       time_ledger          HASH  its ledger
--       users_by_expiration  ZSET  index of accounts
--       pro_ends             ZSET  user id -> expiration
-- ARGV  fact    text
--       at      ms
--       months  calendar months
--       days    days
-- -->   extended {expiration}
--       known
--@include accounts/extend_pro
local user, time_ledger, users_by_expiration, pro_ends = unpack(KEYS)
local fact, at, months, days = unpack(ARGV)
local keys = { user = user, time_ledger = time_ledger, users_by_expiration = users_by_expiration,
    pro_ends = pro_ends }
local entry = { fact = fact, kind = "purchase", at = tonumber(at), months = tonumber(months),
    days = tonumber(days), plan = "p", because = "b" }
local expiration = extend_pro(keys, "1024", entry)
return expiration and { "extended", expiration } or { "known" }
"""


@cache
def extending() -> Script:
    """The script around the fragment."""
    return Script("tests/extend", SOURCE)


def extend(fact: str, at: datetime, *, months: int = 0, days: int = 0) -> datetime | None:
    """Extend the user's time; the new expiration, or None when the fact was known."""
    outcome = extending()(
        **pro_time_keys(USER, Cell(0)),
        fact=fact,
        at=clock.as_millis(at),
        months=months,
        days=days,
    )
    match outcome:
        case ["extended", expiration]:
            return clock.as_datetime(Millis(int(str(expiration))))
    return None


moments = st.datetimes(
    min_value=datetime(1970, 3, 1),  # noqa: DTZ001 - hypothesis wants naive bounds
    max_value=datetime(2400, 12, 31),  # noqa: DTZ001
    timezones=st.just(UTC),
).map(lambda moment: moment.replace(microsecond=0))


@given(moments, st.integers(0, 48), st.integers(0, 400))
@settings(
    max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_time_is_added_by_the_calendar(
    real_redis: redis.Redis, at: datetime, months: int, days: int
) -> None:
    real_redis.flushall()

    expiration = extend("fact", at, months=months, days=days)

    assert expiration == at + relativedelta(months=months) + relativedelta(days=days)


def test_the_last_day_of_a_month_stays_the_last_day(any_redis: redis.Redis) -> None:
    expiration = extend("fact", datetime(2028, 1, 31, 12, tzinfo=UTC), months=1)

    assert expiration == datetime(2028, 2, 29, 12, tzinfo=UTC)


def test_a_fact_gives_time_once(any_redis: redis.Redis) -> None:
    at = datetime(2026, 1, 1, tzinfo=UTC)
    extend("fact", at, months=1)

    again = extend("fact", at, months=1)

    assert again is None
    assert any_redis.hlen(TIME_LEDGER(user_id=USER)) == 1


def test_running_time_is_prolonged_and_lapsed_time_begins_anew(any_redis: redis.Redis) -> None:
    extend("first", datetime(2026, 1, 1, tzinfo=UTC), months=1)

    running = extend("second", datetime(2026, 1, 15, tzinfo=UTC), months=1)
    lapsed = extend("third", datetime(2026, 6, 10, tzinfo=UTC), months=1)

    assert running == datetime(2026, 3, 1, tzinfo=UTC)
    assert lapsed == datetime(2026, 7, 10, tzinfo=UTC)


@given(st.lists(st.tuples(moments, st.integers(0, 30), st.integers(0, 60)), max_size=8))
@settings(
    max_examples=50, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_the_ledger_explains_every_expiration(
    real_redis: redis.Redis, entries: list[tuple[datetime, int, int]]
) -> None:
    real_redis.flushall()

    for number, (at, months, days) in enumerate(entries):
        extend(f"fact-{number}", at, months=months, days=days)

    ledger = read_time_ledger(text_client().hgetall(TIME_LEDGER(user_id=USER)))
    stored = text_client().hget(pro_time_keys(USER, Cell(0))["user"], "expiration") or "0"
    assert replay(ledger).expiration == int(stored)
