"""Running jobs: what becomes of those that fail, wait, are unknown or are never completed."""

from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
import redis

from accounts.keys import USERS
from lantern_pro.errors import NotYet, Refused, Unavailable
from lantern_pro.jobs import ledger, registry
from lantern_pro.jobs.events import ForwardJob, following
from lantern_pro.jobs.job import JobArguments, LeasedJob, NewJob
from lantern_pro.jobs.keys import DUE, JOBS
from lantern_pro.jobs.registry import Retry
from lantern_pro.jobs.worker import drain
from lantern_pro.types import Cell
from referrals.events import ReferralAttached
from tests.people import a_user

CELL = Cell(0)


class Away(Unavailable):
    """Somebody whom the tested kind outlasts does not answer."""

    error_id = "away"


@dataclass(frozen=True, slots=True)
class Probe(JobArguments):
    """A job whose behaviour a test chooses."""

    kind: ClassVar[str] = "tested"
    behaviour: str = "completes"


@pytest.fixture
def ran(any_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Registers the kind; the list is what ran."""
    del any_redis
    seen: list[str] = []
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))

    @registry.job(Probe, retry=Retry(attempts=2, outlasts=(Away,)))
    def tested(leased: LeasedJob, arguments: Probe) -> None:
        seen.append(arguments.behaviour)
        match arguments.behaviour:
            case "completes":
                ledger.complete(leased.fence)
            case "waits":
                raise NotYet("no room")
            case "finds-nobody":
                raise Away
            case "refuses":
                raise Refused("never")
            case "breaks":
                raise RuntimeError("secret in a traceback")

    return seen


def state_after(client: Any, behaviour: str) -> dict[str, str]:
    """The row of a job of this behaviour after a worker had it."""
    ledger.stage(NewJob(CELL, Probe(behaviour), behaviour))
    drain(CELL)
    told: dict[str, str] = client.hgetall(JOBS.row(f"c0.tested.{behaviour}"))
    return told


def test_a_job_that_completes_is_done(ran: list[str], any_redis: redis.Redis) -> None:
    assert state_after(any_redis, "completes")["state"] == "done"
    assert ran == ["completes"]


def test_a_job_that_waits_is_pending_with_the_reason(
    ran: list[str], any_redis: redis.Redis
) -> None:
    row = state_after(any_redis, "waits")

    assert (row["state"], row["attempts"]) == ("pending", "0")
    assert row["last_error"] == "not-yet: no room"


def test_a_job_outlasts_whoever_does_not_answer(ran: list[str], any_redis: redis.Redis) -> None:
    for _ in range(3):
        row = state_after(any_redis, "finds-nobody")
        any_redis.zadd(DUE(cell=CELL, kind="tested"), {"c0.tested.finds-nobody": 0})

    assert (row["state"], row["attempts"], row["waits"]) == ("pending", "0", "3")
    assert ran == ["finds-nobody"] * 3


def test_a_job_that_forgets_to_complete_is_told_as_such(
    ran: list[str], any_redis: redis.Redis
) -> None:
    row = state_after(any_redis, "forgets-to-complete")

    assert row["last_error"].partition(":")[0] == "job-left-unfinished"


@pytest.mark.parametrize("behaviour", ["refuses", "breaks", "forgets-to-complete"])
def test_a_job_that_fails_is_tried_again_and_its_reason_holds_no_secret(
    ran: list[str], any_redis: redis.Redis, behaviour: str
) -> None:
    row = state_after(any_redis, behaviour)

    assert (row["state"], row["attempts"]) == ("pending", "1")
    assert row["last_error"]
    assert "secret" not in row["last_error"]


def test_a_job_is_buried_after_its_last_attempt(ran: list[str], any_redis: redis.Redis) -> None:
    state_after(any_redis, "refuses")
    any_redis.zadd(DUE(cell=CELL, kind="tested"), {"c0.tested.refuses": 0})

    drain(CELL)

    assert ran == ["refuses", "refuses"]
    assert any_redis.hget(JOBS.row("c0.tested.refuses"), "state") == "dead"


def test_an_unknown_kind_is_left_for_a_worker_that_knows_it(any_redis: redis.Redis) -> None:
    @dataclass(frozen=True, slots=True)
    class FromTheFuture(JobArguments):
        kind: ClassVar[str] = "from_the_future"

    ledger.stage(NewJob(CELL, FromTheFuture(), "x"))

    drain(CELL)

    row: dict[str, str] = any_redis.hgetall(JOBS.row("c0.from_the_future.x"))  # type: ignore[assignment]
    assert (row["state"], row["attempts"]) == ("pending", "0")


def test_what_follows_in_another_cell_is_delivered_once(
    any_redis: redis.Redis, settings: Any
) -> None:
    settings.CELLS = 2
    invitee, inviter = a_user(), a_user(cell=Cell(1))
    any_redis.hset(USERS.row(invitee), "inviter_id", str(inviter))
    jobs = following(ReferralAttached(CELL, invitee, inviter))
    ledger.stage(*jobs)

    drain(CELL)
    drain(CELL)
    drain(Cell(1))

    assert [type(job.arguments) for job in jobs] == [ForwardJob]
    assert [job.arguments.about for job in jobs] == [inviter]
    assert any_redis.zrange(f"{{c1}}:user:{inviter}:invitees", 0, -1) == [str(invitee)]
    assert any_redis.hget(JOBS.row(f"c1.note_invitee.{invitee}"), "state") == "done"
    assert any_redis.hget(JOBS.row(f"c1.note_invitee.{invitee}"), "about") == str(inviter)
