"""``api/spend_limits``: every limit of a call is counted, or none."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import redis

from lantern_pro.api.keys import LIMIT, REPEATED
from lantern_pro.api.spending import Rule, Spending, TooManyRequests
from lantern_pro.types import Cell

CELL = Cell(0)
HOUR_MS = 3_600_000


def a_rule(scope: str, count: int, *, under_flood: float = 1) -> Rule:
    """A limit of so many calls an hour."""
    return Rule(
        key=LIMIT(family="tests", scope=scope, digest="d", cell=CELL),
        step=HOUR_MS / count,
        flood_step=HOUR_MS / count / under_flood,
        span=HOUR_MS,
        is_everyones=scope == "everyone",
    )


def a_call(*rules: Rule, repeated: str = "r", remember_ms: int = 0) -> Spending:
    """A call that these limits count."""
    key = REPEATED(family="tests", digest=repeated, cell=CELL)
    return Spending(CELL, key, remember_ms, 3, rules)


def admitted(call: Spending, tries: int) -> int:
    """How many of so many tries are within the limits."""
    return sum(is_within(call) for _ in range(tries))


def is_within(call: Spending) -> bool:
    """Whether one more call is within its limits; counts it when it is."""
    try:
        call.spend()
    except TooManyRequests:
        return False
    return True


def let_pass(client: redis.Redis, call: Spending, millis: int) -> None:
    """Let the limits be as they will be after so long, for nothing else changes them."""
    for rule in call.rules:
        empty_at = float(str(client.get(rule.key)))
        client.set(rule.key, empty_at - millis, keepttl=True)


def test_within_a_call_is_counted_in_each_limit_for_as_long_as_that_lasts(
    any_redis: redis.Redis,
) -> None:
    call = a_call(a_rule("host", 10), a_rule("device", 5))

    call.spend()

    assert HOUR_MS / 10 - 1_000 < any_redis.pttl(call.rules[0].key) <= HOUR_MS / 10 + 1
    assert HOUR_MS / 5 - 1_000 < any_redis.pttl(call.rules[1].key) <= HOUR_MS / 5 + 1


def test_full_after_as_many_calls_as_the_limit_says_and_the_wait_is_told(
    any_redis: redis.Redis,
) -> None:
    call = a_call(a_rule("host", 10))

    within = admitted(call, 12)

    with pytest.raises(TooManyRequests) as refused:
        call.spend()
    assert within == 10
    assert HOUR_MS / 10_000 - 5 < refused.value.retry_after <= HOUR_MS / 10_000


def test_a_call_that_one_limit_refuses_is_counted_by_none(any_redis: redis.Redis) -> None:
    roomy, narrow = a_rule("network", 100), a_rule("device", 1)
    call = a_call(roomy, narrow)
    call.spend()
    before = any_redis.get(roomy.key)

    is_refused = not is_within(call)

    assert is_refused
    assert any_redis.get(roomy.key) == before


def test_room_comes_back_call_by_call(any_redis: redis.Redis) -> None:
    call = a_call(a_rule("host", 10))
    admitted(call, 10)

    let_pass(any_redis, call, 2 * HOUR_MS // 10)

    assert admitted(call, 5) == 2


def test_repetitions_of_a_call_are_not_counted_again_until_there_are_too_many(
    any_redis: redis.Redis,
) -> None:
    call = a_call(a_rule("host", 2), remember_ms=HOUR_MS)

    within = admitted(call, 10)

    repeated = 3
    assert within == 2 + repeated


def test_another_call_is_counted_beside_the_one_that_is_repeated(any_redis: redis.Redis) -> None:
    rule = a_rule("host", 2)
    first = a_call(rule, repeated="one", remember_ms=HOUR_MS)
    first.spend()
    first.spend()

    others = [a_call(rule, repeated=name, remember_ms=HOUR_MS) for name in ("two", "three")]

    assert [is_within(each) for each in others] == [True, False]


def test_under_a_flood_networks_have_less_and_a_new_one_still_its_first(
    any_redis: redis.Redis,
) -> None:
    everyone = a_rule("everyone", 100)
    admitted(a_call(everyone), 60)
    network = a_rule("network", 20, under_flood=1 / 10)

    within = admitted(a_call(everyone, network), 20)

    assert within == 2


def test_without_a_flood_networks_have_their_whole_limit(any_redis: redis.Redis) -> None:
    call = a_call(a_rule("everyone", 100), a_rule("network", 20, under_flood=1 / 10))

    assert admitted(call, 30) == 20


def test_many_callers_at_once_get_as_many_calls_as_there_are(real_redis: redis.Redis) -> None:
    call = a_call(a_rule("host", 10))

    with ThreadPoolExecutor(8) as threads:
        within = sum(threads.map(lambda _: is_within(call), range(64)))

    assert within == 10


def test_a_call_that_nobody_counts_is_always_within(any_redis: redis.Redis) -> None:
    call = replace(a_call(remember_ms=HOUR_MS), rules=())

    assert admitted(call, 3) == 3
    assert any_redis.dbsize() == 0
