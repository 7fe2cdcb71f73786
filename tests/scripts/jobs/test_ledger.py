"""The ledger's scripts, an outcome each, on fakeredis and on the real server."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
import redis

from lantern_pro.jobs import keys, ledger
from lantern_pro.jobs.errors import AlreadyDone, Superseded
from lantern_pro.jobs.job import NewJob, Work
from lantern_pro.jobs.laws import one_state_each
from lantern_pro.jobs.models import Job
from lantern_pro.types import Cell
from tests.greeting import CELL, ID, KINDS, Greet, a_job, row, stage_and_lease
from tests.leasing import take


@pytest.fixture(autouse=True)
def laws_hold_afterwards(any_redis: redis.Redis) -> Any:
    """Whatever a test does, each job has one state."""
    yield
    assert list(one_state_each(CELL)) == []


def test_a_staged_job_is_leased_with_its_arguments_and_an_epoch(any_redis: redis.Redis) -> None:
    leased = stage_and_lease()

    assert leased.fence.job_id == ID
    assert leased.fence.epoch == 1
    assert Greet.from_json(leased.arguments) == Greet()
    assert row(any_redis)["about"] == "7"


def test_the_same_fact_staged_twice_is_one_job(any_redis: redis.Redis) -> None:
    ledger.stage(a_job(), a_job())
    ledger.stage(a_job())

    assert len(take(CELL, most=10, kinds=KINDS)) == 1


def test_a_done_job_is_not_staged_again(any_redis: redis.Redis) -> None:
    ledger.complete(stage_and_lease().fence)

    ledger.stage(a_job())

    assert take(CELL, most=10, kinds=KINDS) == []
    assert row(any_redis)["state"] == "done"


def test_a_job_is_not_leased_before_it_is_due(any_redis: redis.Redis) -> None:
    ledger.stage(a_job(delay_ms=60_000))

    assert take(CELL, most=10, kinds=KINDS) == []


def test_staging_again_can_only_bring_a_job_forward(any_redis: redis.Redis) -> None:
    ledger.stage(a_job(delay_ms=60_000))
    ledger.stage(a_job(delay_ms=120_000))
    due_before = any_redis.zscore(keys.DUE(cell=CELL, kind="greet"), ID)

    ledger.stage(a_job())

    assert len(take(CELL, most=10, kinds=KINDS)) == 1
    assert float(row(any_redis)["due"]) < float(str(due_before))


def test_a_leased_job_is_leased_to_nobody_else(any_redis: redis.Redis) -> None:
    stage_and_lease()

    assert take(CELL, most=10, kinds=KINDS) == []


def test_a_lease_that_ran_out_goes_to_another_who_alone_may_commit(
    any_redis: redis.Redis, settings: Any
) -> None:
    settings.JOB_LEASE_MS = 0
    slow = stage_and_lease()

    [other] = take(CELL, most=1, kinds=KINDS)

    assert other.fence.epoch == slow.fence.epoch + 1
    with pytest.raises(Superseded):
        ledger.complete(slow.fence)
    ledger.complete(other.fence)
    with pytest.raises(AlreadyDone):
        ledger.complete(other.fence)


def test_completing_stages_what_follows_in_the_same_step(any_redis: redis.Redis) -> None:
    leased = stage_and_lease()

    ledger.complete(leased.fence, a_job("somebody-else"))

    [following] = take(CELL, most=10, kinds=KINDS)
    assert following.fence.job_id == "c0.greet.somebody-else"


def test_a_refused_commit_stages_nothing(any_redis: redis.Redis, settings: Any) -> None:
    settings.JOB_LEASE_MS = 0
    slow = stage_and_lease()
    settings.JOB_LEASE_MS = 30_000
    take(CELL, most=1, kinds=KINDS)

    with pytest.raises(Superseded):
        ledger.complete(slow.fence, a_job("somebody-else"))

    assert not any_redis.exists(keys.JOBS.row("c0.greet.somebody-else"))


def test_a_renewed_lease_keeps_others_away_and_tells_them_the_phase(
    any_redis: redis.Redis, settings: Any
) -> None:
    settings.JOB_LEASE_MS = 0
    leased = stage_and_lease()
    settings.JOB_LEASE_MS = 30_000

    ledger.renew([leased.fence], phase="calling")

    assert take(CELL, most=10, kinds=KINDS) == []
    assert row(any_redis)["phase"] == "calling"


def test_the_next_holder_learns_the_phase(any_redis: redis.Redis) -> None:
    leased = stage_and_lease()
    ledger.renew([leased.fence], phase="calling")
    ledger.hand_back(leased.fence, reason="the line broke", verdict="retry", delay_ms=0)

    [again] = take(CELL, most=1, kinds=KINDS)

    assert (again.phase, again.attempts) == ("calling", 2)


def test_a_late_worker_can_neither_hand_back_nor_renew(
    any_redis: redis.Redis, settings: Any
) -> None:
    settings.JOB_LEASE_MS = 0
    slow = stage_and_lease()
    settings.JOB_LEASE_MS = 30_000
    take(CELL, most=1, kinds=KINDS)

    with pytest.raises(Superseded):
        ledger.hand_back(slow.fence, reason="late", verdict="retry", delay_ms=0)
    assert ledger.renew([slow.fence]) == {ID}


def test_of_twenty_workers_at_once_one_gets_the_job(real_redis: redis.Redis) -> None:
    ledger.stage(a_job())

    with ThreadPoolExecutor(20) as threads:
        taken = list(threads.map(lambda _: take(CELL, most=5, kinds=KINDS), range(20)))

    assert sum(len(each) for each in taken) == 1


def test_a_job_of_another_cell_cannot_ride_in_a_script(any_redis: redis.Redis) -> None:
    with pytest.raises(ValueError, match="other cells"):
        Work(CELL, follow=[NewJob(Cell(1), Greet(), "far-away")])


@pytest.mark.parametrize("fact", ["", "with space", "a:b", "{c1}", "x" * 300])
def test_a_fact_that_could_not_stand_in_a_key_is_refused(fact: str) -> None:
    with pytest.raises(ValueError, match="cannot name a job"):
        a_job(fact)


def test_a_lease_whose_answer_was_lost_is_answered_again(any_redis: redis.Redis) -> None:
    ledger.stage(a_job())
    first = ledger.lease(CELL, [ID], holder="worker.1")

    again = ledger.lease(CELL, [ID], holder="worker.1")
    another = ledger.lease(CELL, [ID], holder="worker.2")

    assert again == first
    assert another == []


def test_a_batch_is_completed_but_for_what_others_have(
    any_redis: redis.Redis, settings: Any
) -> None:
    settings.JOB_LEASE_MS = 0
    ledger.stage(a_job("one"), a_job("two"), a_job("three"))
    held = [job.fence for job in take(CELL, most=3, kinds=KINDS)]
    settings.JOB_LEASE_MS = 30_000
    [stolen] = take(CELL, most=1, kinds=KINDS)

    ledger.complete_all(held)

    states = {job.pk: job.state for job in Job.objects.all()}
    assert states[stolen.fence.job_id] == "leased"
    assert sorted(states.values()) == ["leased", "pending", "pending"]


def test_a_batch_that_is_held_is_completed_whole(any_redis: redis.Redis) -> None:
    ledger.stage(a_job("one"), a_job("two"))
    held = [job.fence for job in take(CELL, most=2, kinds=KINDS)]

    ledger.complete_all(held)

    assert any_redis.zcard(keys.DONE(cell=CELL)) == 2


def test_more_than_one_script_can_take_is_refused() -> None:
    with pytest.raises(ValueError, match="too many"):
        Work(CELL, follow=[a_job(str(number)) for number in range(3_001)])


def test_as_many_as_one_script_can_take_are_staged(real_redis: redis.Redis) -> None:
    assert ledger.stage(*(a_job(str(number)) for number in range(3_000))) == 3_000


def test_staging_tells_how_many_are_new(any_redis: redis.Redis) -> None:
    assert ledger.stage(a_job("one"), a_job("two")) == 2
    assert ledger.stage(a_job("two"), a_job("three")) == 1


def test_only_the_kinds_that_are_asked_for_are_seen(any_redis: redis.Redis) -> None:
    ledger.stage(a_job())

    assert take(CELL, most=5, kinds=["another_kind"]) == []
    assert len(take(CELL, most=5, kinds=[*KINDS, "another_kind"])) == 1


def test_the_longest_due_comes_first_whatever_its_kind(any_redis: redis.Redis) -> None:
    ledger.stage(a_job("late"), a_job("early"))
    any_redis.zadd(keys.DUE(cell=CELL, kind="greet"), {"c0.greet.early": 5, "c0.greet.late": 6})

    head = ledger.waiting(CELL, kinds=KINDS, most=2)

    assert head.due == ["c0.greet.early", "c0.greet.late"]


def test_whoever_looks_learns_when_the_next_job_is_due(any_redis: redis.Redis) -> None:
    ledger.stage(a_job(delay_ms=60_000))

    head = ledger.waiting(CELL, kinds=KINDS, most=2)

    assert head.due == []
    assert head.next_due is not None
    assert head.next_due == int(float(row(any_redis)["due"]))
