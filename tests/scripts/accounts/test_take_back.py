"""The fragments ``accounts/take_back`` and ``replay_time``: what a ledger of Pro time comes to."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any, Final

import pytest
import redis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from accounts.keys import TIME_LEDGER, USERS, pro_time_keys
from accounts.managers import TimeEntry, read_time_ledger
from accounts.pro_time import replay
from lantern_pro import clock
from lantern_pro.store.client import text_client
from lantern_pro.store.scripts import Script
from lantern_pro.types import Cell, UserId

USER: Final = UserId(1 << 10)
DAY: Final = 86_400_000
PRICE: Final = 4800
SOURCE: Final = """-- Enters gifts and takings, for these tests.
-- KEYS  user                 HASH  the account
--       time_ledger          HASH  its ledger
--       users_by_expiration  ZSET  index of accounts
--       pro_ends             ZSET  user id -> expiration
-- ARGV  gifts    JSON list
--       takings  JSON list
-- -->   entered {count}
--@include accounts/extend_pro
--@include accounts/take_back
local user, time_ledger, users_by_expiration, pro_ends = unpack(KEYS)
local gifts, takings = unpack(ARGV)
local keys = { user = user, time_ledger = time_ledger, users_by_expiration = users_by_expiration,
    pro_ends = pro_ends }
local new = 0
for _, gift in ipairs(cjson.decode(gifts)) do
    new = new + (extend_pro(keys, "1024", gift) and 1 or 0)
end
return { "entered", new + take_back(keys, "1024", cjson.decode(takings)) }
"""

Fact = dict[str, Any]


@cache
def entering() -> Script:
    """The script around the fragments."""
    return Script("tests/enter", SOURCE)


def at(month: int, day: int = 1, *, year: int = 2026) -> int:
    """A moment, in ms."""
    return clock.as_millis(datetime(year, month, day, tzinfo=UTC))


def gift(fact: str, moment: int, *, because: str = "p1", months: int = 12, **more: Any) -> Fact:
    """A gift of time."""
    told = {"fact": fact, "kind": "purchase", "at": moment, "months": months, "days": 0}
    return {**told, "plan": "1y", "because": because, **more}


def taking(fact: str, moment: int, back: int, *, because: str = "p1", of: int = PRICE) -> Fact:
    """Money that went back, or came again."""
    kind = "refund" if back > 0 else "restored"
    return {"fact": fact, "kind": kind, "at": moment, "because": because, "back": back, "of": of}


def enter(*facts: Fact) -> int:
    """Enter facts; how many were new."""
    outcome = entering()(
        **pro_time_keys(USER, Cell(0)),
        gifts=json.dumps([fact for fact in facts if "back" not in fact]),
        takings=json.dumps([fact for fact in facts if "back" in fact]),
    )
    return int(str(outcome[1]))


def entries() -> list[TimeEntry]:
    """The ledger as it stands."""
    return read_time_ledger(text_client().hgetall(TIME_LEDGER(user_id=USER)))


def spans() -> dict[str, int]:
    """What each fact came to, in days and their fractions."""
    return {entry.fact: entry.span_ms for entry in entries()}


def expiration() -> int:
    """When the Pro time ends, in ms."""
    return int(text_client().hget(USERS.row(USER), "expiration"))


def test_a_whole_refund_takes_exactly_what_was_given(any_redis: redis.Redis) -> None:
    enter(gift("older", at(1), because="p0"), gift("bought", at(2)), taking("re", at(6), PRICE))

    assert spans() == {"older": 365 * DAY, "bought": 365 * DAY, "re": -365 * DAY}
    assert expiration() == at(1, year=2027)


def test_a_part_of_the_money_takes_the_same_part_of_the_time_rounded_down(
    any_redis: redis.Redis,
) -> None:
    enter(gift("bought", at(1)), taking("re", at(2), 1_000, of=7_001))

    assert spans()["re"] == -(365 * DAY * 1_000 // 7_001)


def test_several_parts_are_rounded_together_and_take_no_more_than_the_whole(
    any_redis: redis.Redis,
) -> None:
    thirds = [taking(f"re{n}", at(2), 1_600) for n in range(4)]

    enter(gift("bought", at(1)), *thirds)

    assert sum(spans().values()) == 0
    assert [spans()[f"re{n}"] for n in range(4)] == [
        -(365 * DAY // 3),
        -(365 * DAY * 2 // 3 - 365 * DAY // 3),
        -(365 * DAY - 365 * DAY * 2 // 3),
        0,
    ]


def test_bonuses_for_the_same_purchase_go_in_the_same_part(any_redis: redis.Redis) -> None:
    bonus = gift("invited", at(1), months=1, kind="referral_bonus")

    enter(gift("bought", at(1)), bonus, taking("re", at(2), PRICE // 2))

    assert expiration() == at(1) + (365 + 31) * DAY // 2


def test_what_others_gave_stays(any_redis: redis.Redis) -> None:
    enter(gift("bought", at(1)), gift("gift", at(1), because="", months=1, kind="gift"))

    enter(taking("re", at(2), PRICE))

    assert expiration() == at(2)


def test_a_debt_is_stated_and_does_not_burden_what_is_paid_for_later(
    any_redis: redis.Redis,
) -> None:
    enter(gift("bought", at(1)), taking("re", at(7), PRICE))
    owed = replay(entries()).owed_ms

    enter(gift("again", at(10), because="p2"))

    assert owed == at(7) - at(1)
    assert expiration() == at(10, year=2027)
    assert replay(entries()).owed_ms == 0


def test_a_dispute_that_is_won_restores_what_it_took(any_redis: redis.Redis) -> None:
    enter(gift("bought", at(1)), taking("dispute.d", at(3), PRICE))
    enter(taking("restored.d", at(5), -PRICE))

    assert expiration() == at(1, year=2027)
    assert replay(entries()).owed_ms == 0


def test_a_taking_is_entered_once_and_may_come_before_what_it_takes_from(
    any_redis: redis.Redis,
) -> None:
    first = enter(taking("re", at(2), PRICE))
    again = enter(taking("re", at(2), PRICE))

    enter(gift("bought", at(3)))

    assert (first, again) == (1, 0)
    assert expiration() == at(3)
    assert spans()["re"] == -365 * DAY


def test_of_two_claims_to_one_fact_the_earlier_stands(any_redis: redis.Redis) -> None:
    later = gift("invited", at(5), because="p2", months=3, earliest=True)
    earlier = gift("invited", at(3), because="p1", months=1, earliest=True)

    assert enter(later) == 1
    assert enter(earlier) == 1
    assert enter(later) == 0

    assert [(entry.because, entry.months) for entry in entries()] == [("p1", 1)]


@st.composite
def facts(draw: st.DrawFn) -> list[Fact]:
    """Purchases, gifts, refunds and disputes of them, won or not."""
    moments = st.integers(at(1, year=2020), at(1, year=2030)).map(lambda ms: ms // 1000 * 1000)
    told: list[Fact] = []
    for number in range(draw(st.integers(1, 4))):
        because, price = f"p{number}", draw(st.integers(50, 99_999_999))
        months, moment = draw(st.sampled_from([1, 12, 24])), draw(moments)
        told.append(gift(f"purchase.{number}", moment, because=because, months=months))
        if draw(st.booleans()):
            more = {"kind": "referral_bonus", "earliest": True}
            told.append(gift("invited", moment, because=because, months=months // 12, **more))
        for part in range(draw(st.integers(0, 3))):
            back, when = draw(st.integers(1, price)), draw(moments)
            told.append(taking(f"refund.{number}.{part}", when, back, because=because, of=price))
            if draw(st.booleans()):
                again, name = draw(moments), f"restored.{number}.{part}"
                told.append(taking(name, max(when, again), -back, because=because, of=price))
    return told


@given(facts().flatmap(lambda told: st.tuples(st.just(told), st.permutations(told))))
@settings(
    max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
def test_in_whatever_order_facts_come_the_ledger_ends_the_same(
    real_redis: redis.Redis, orders: tuple[list[Fact], Sequence[Fact]]
) -> None:
    told, shuffled = orders
    real_redis.flushall()
    enter(*told)
    first, ledger = expiration(), entries()
    real_redis.flushall()

    for fact in [*shuffled, *shuffled[:3]]:
        enter(fact)

    explained = replay(entries())
    assert (expiration(), entries()) == (first, ledger)
    assert (explained.expiration, explained.spans) == (first, spans())
    for because in {fact["because"] for fact in told}:
        mine = [entry for entry in entries() if entry.because == because]
        assert sum(entry.span_ms for entry in mine) >= 0
        assert sum(each.span_ms for each in mine if each.is_taking) <= 0


@pytest.mark.parametrize("back", [1, 2_399, 4_799])
def test_never_less_than_the_money_is_worth_is_left(any_redis: redis.Redis, back: int) -> None:
    enter(gift("bought", at(1)), taking("re", at(2), back))

    left = expiration() - at(1)

    assert left * PRICE >= 365 * DAY * (PRICE - back)
