"""The ledger of jobs: one function a script. Once and only once rests on these.

A job's truth is in Redis (``jobs/keys.py``). Celery's messages only wake workers up: a message
lost, late or doubled may cost latency, never an effect.
"""

import json
from collections.abc import Mapping, Sequence
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Final, Literal

from django.conf import settings

from lantern_pro.jobs import keys
from lantern_pro.jobs.bell import ring
from lantern_pro.jobs.errors import AlreadyDone, Superseded
from lantern_pro.jobs.job import Fence, LeasedJob, NewJob, Work
from lantern_pro.jobs.keys import DUE, LEASED, job_keys, ledger_keys
from lantern_pro.store.client import text_client
from lantern_pro.store.keys import cell_of
from lantern_pro.store.scripts import Argument, Call, Outcome, script
from lantern_pro.types import Cell, JobId, Millis

Verdict = Literal["retry", "wait", "bury", "return"]

MOST_LAPSES: Final = 20
"""How often a job may lose its worker before it is taken to be the cause, and given up."""

LAPSES_AT_ONCE: Final = 200
"""How many leases one call takes back, so that it holds nobody up."""

committed: ContextVar[Fence | None] = ContextVar("committed", default=None)
"""The fence of the last job whose effect this thread has committed."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """The head of some kinds' queues, the longest due first."""

    now: Millis
    due: list[JobId]
    next_due: Millis | None


def apply(name: str, work: Work, *, more: Sequence[str] = (), **named: Argument) -> Outcome:
    """Run a script that has an effect, for the job that calls and with what follows from it.

    ``more`` are keys in number unknown that the script takes behind the work's own. Raises
    ``AlreadyDone`` or ``Superseded`` when the fence refuses. What was staged is announced to the
    workers afterwards.
    """
    outcome = script(name)(None, rest=[*work.rest, *more], work=work.work, **named)
    match outcome:
        case ["already_done"]:
            announce(work)  # it may be ours: then the answer to our first call was lost
            raise AlreadyDone
        case ["superseded"]:
            raise Superseded
    committed.set(work.fence)
    announce(work)
    return outcome


@dataclass(frozen=True, slots=True)
class Effect:
    """One of many calls of a script that has an effect (``apply``)."""

    work: Work
    named: Mapping[str, Argument]
    more: Sequence[str] = ()


def apply_each(name: str, effects: Sequence[Effect]) -> list[Outcome]:
    """Run a script for each of these effects, in order and in one round trip.

    None is fenced: the script must itself refuse what is not right any more.
    """
    calls = [
        Call({**each.named, "work": each.work.work}, [*each.work.rest, *each.more])
        for each in effects
    ]
    outcomes = script(name).run_each(calls)
    for work in {each.work.cell: each.work for each in effects if each.work.follow}.values():
        announce(work)
    return outcomes


def announce(work: Work) -> None:
    """Tell the workers of what was staged to run at once."""
    if any(job.delay_ms == 0 for job in work.follow):
        ring(work.cell)


def stage(*jobs: NewJob) -> int:
    """Stage jobs by themselves, all of one cell; how many were not known before."""
    [_, count] = apply("jobs/stage_jobs", Work(jobs[0].cell, follow=jobs))
    return int(count or 0)


def waiting(cell: Cell, *, kinds: Sequence[str], most: int) -> Waiting:
    """Look at the head of the queues of these kinds, without taking anything."""
    with text_client().pipeline(transaction=False) as pipe:
        pipe.time()
        for kind in kinds:
            pipe.zrange(DUE(cell=cell, kind=kind), 0, most - 1, withscores=True)
        (seconds, micros), *heads = pipe.execute()
    now = Millis(seconds * 1000 + micros // 1000)
    ordered = sorted((due, job_id) for head in heads for job_id, due in head)
    later = [due for due, _ in ordered if due > now]
    return Waiting(
        now,
        [job_id for due, job_id in ordered[:most] if due <= now],
        Millis(int(later[0])) if later else None,
    )


def lease(cell: Cell, ids: Sequence[JobId], *, holder: str) -> list[LeasedJob]:
    """Take those of the jobs that are due; ``holder`` names this call and no other.

    The ids are only hints: the script looks at each again and leases it or not.
    """
    if not ids:
        return []
    outcome = script("jobs/lease_jobs")(
        rest=_keys_of(cell, ids),
        ids=json.dumps(ids),
        lease_ms=settings.JOB_LEASE_MS,
        holder=holder,
    )
    return [
        LeasedJob(Fence(JobId(job_id), epoch), kind, arguments, attempts, waits, phase)
        for job_id, kind, arguments, epoch, attempts, waits, phase in json.loads(str(outcome[1]))
    ]


def renew(fences: Sequence[Fence], *, phase: str = "") -> set[JobId]:
    """Prolong the leases of jobs of one cell; those that are lost, to be left alone.

    With ``phase``, note first what is about to be done elsewhere.
    """
    cell = cell_of(fences[0].job_id)
    outcome = script("jobs/renew_leases")(
        rest=_keys_of(cell, [fence.job_id for fence in fences]),
        held=_held(fences),
        lease_ms=settings.JOB_LEASE_MS,
        phase=phase,
    )
    return set(json.loads(str(outcome[1])))


def complete(fence: Fence, *follow: NewJob) -> None:
    """Mark a job done that has no effect in the store, and stage what follows from it."""
    apply("jobs/complete_job", Work(cell_of(fence.job_id), fence, follow))


def complete_all(fences: Sequence[Fence]) -> None:
    """Mark jobs of one cell done that have no effect and nothing that follows.

    Those that another worker has by now are left to it.
    """
    cell = cell_of(fences[0].job_id)
    script("jobs/complete_jobs")(
        rest=_keys_of(cell, [fence.job_id for fence in fences]), held=_held(fences)
    )


def hand_back(fence: Fence, *, reason: str = "", verdict: Verdict, delay_ms: int = 0) -> None:
    """End a lease without an effect; ``reason`` is what staff read."""
    apply(
        "jobs/hand_back_job",
        Work.of(fence),
        reason=reason[:500],
        verdict=verdict,
        delay_ms=delay_ms,
    )


def lapse(cell: Cell, *, most: int = LAPSES_AT_ONCE) -> int:
    """Take back what holders have let run out; how many. Any worker does it, at any time.

    As many as ``most`` means that there may be more.
    """
    client = text_client()
    seconds, micros = client.time()
    now = seconds * 1000 + micros // 1000
    ids = client.zrangebyscore(LEASED(cell=cell), "-inf", now, start=0, num=most)
    if not ids:
        return 0
    [_, count] = script("jobs/lapse_leases")(
        rest=_keys_of(cell, ids), ids=json.dumps(ids), most_lapses=MOST_LAPSES
    )
    if count:
        ring(cell)
    return int(count or 0)


def retry(job_id: JobId) -> bool:
    """Let a dead or waiting job run again at once; False when it is running, ended or unknown."""
    cell = cell_of(job_id)
    outcome = script("jobs/retry_job")(rest=_keys_of(cell, [job_id]), job_id=job_id)
    if outcome == ["pending"]:
        ring(cell)
    return outcome == ["pending"]


def drop(job_id: JobId, *, reason: str) -> bool:
    """End a dead or waiting job without its effect; False when it is running, ended or unknown."""
    outcome = script("jobs/drop_job")(
        rest=_keys_of(cell_of(job_id), [job_id]), job_id=job_id, reason=reason[:500]
    )
    return outcome == ["dropped"]


def forget(cell: Cell, *, before: Millis, most: int = 500) -> int:
    """Remove the records of jobs done or dropped before a moment, the oldest first; how many."""
    client = text_client()
    with client.pipeline(transaction=False) as pipe:
        for ended in (keys.DONE, keys.DROPPED):
            pipe.zrangebyscore(ended(cell=cell), "-inf", f"({before}", start=0, num=most)
        done, dropped = pipe.execute()
    ids = [*done, *dropped][:most]
    if not ids:
        return 0
    [_, count] = script("jobs/forget_jobs")(
        rest=_keys_of(cell, ids), ids=json.dumps(ids), before=before
    )
    return int(count or 0)


def _keys_of(cell: Cell, ids: Sequence[JobId]) -> list[str]:
    return ledger_keys(cell) + [key for job_id in ids for key in job_keys(job_id)]


def _held(fences: Sequence[Fence]) -> str:
    return json.dumps([[fence.job_id, fence.epoch] for fence in fences])
