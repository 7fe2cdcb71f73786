"""Waiting until nothing is on its way any more: no job, no webhook, no process that is down."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import requests

from devstack.chaos.patience import patiently
from devstack.chaos.stage.powers import Powers
from devstack.chaos.stage.stage import Stage
from lantern_pro.jobs import ledger
from lantern_pro.jobs.models import Job
from lantern_pro.types import JobId

PATIENCE_SECONDS: Final = 120.0
_GLANCE_SECONDS: Final = 0.1
_SOON_SECONDS: Final = 0.5
_OPEN: Final = (Job.State.PENDING, Job.State.LEASED)


@dataclass(frozen=True, slots=True)
class Settled:
    """How it ended: how long it took, and which jobs did not end well."""

    seconds: float
    stuck: list[str]
    dead: list[str]


async def settle(stage: Stage, powers: Powers) -> Settled:
    """Wait until everything has ended, or the patience is at its end.

    Jobs that wait for their next try, or for a minute that may pass, are told to run now, as
    staff may tell them: that they wait is right, and this would take its time.
    """
    began = time.monotonic()
    await powers.all_done()
    await stage.well_enough()
    while True:
        waiting = await patiently(_webhooks_pending, stage.place.url(stage.place.stripe))
        jobs = await _in(*_OPEN)
        if not (waiting or jobs) or time.monotonic() - began > PATIENCE_SECONDS:
            break
        await patiently(_hurry, jobs, stage.store_time())
        await asyncio.sleep(_GLANCE_SECONDS)
    stuck = [f"{job.pk}: {job.state}, {job.last_error}" for job in jobs]
    dead = [f"{job.pk}: {job.last_error}" for job in await _in(Job.State.DEAD)]
    return Settled(time.monotonic() - began, stuck, dead)


async def calm(stage: Stage) -> None:
    """Wait until no job is due or runs, so that what is done next comes after all of that.

    Jobs that wait for a time to come may go on waiting. What has not ended in the end is left
    to ``settle`` to tell.
    """
    began = time.monotonic()
    while time.monotonic() - began < PATIENCE_SECONDS:
        now = stage.store_time()
        jobs = await _in(*_OPEN)
        if not [job for job in jobs if not _waits(job, now)]:
            return
        await asyncio.sleep(_GLANCE_SECONDS)


async def hurried_until(stage: Stage, there: Callable[[], object]) -> None:
    """Wait for something that jobs bring about, and let them wait for nothing meanwhile.

    What has not come in the end is left to whoever counts.
    """
    began = time.monotonic()
    while not await patiently(there) and time.monotonic() - began < PATIENCE_SECONDS:
        await patiently(_hurry, await _in(*_OPEN), stage.store_time())
        await asyncio.sleep(_GLANCE_SECONDS)


async def _in(*states: str) -> list[Job]:
    return await patiently(_jobs_in, *states)


def _jobs_in(*states: str) -> list[Job]:
    # The first state once more: a job may have gone back to it meanwhile.
    return [job for state in (*states, states[0]) for job in Job.objects.filter(state=state)]


def _hurry(jobs: list[Job], now: float) -> None:
    """Tell jobs that wait for a time to come that it has come."""
    for job in jobs:
        if _waits(job, now):
            ledger.retry(JobId(job.pk))


def _waits(job: Job, now: float) -> bool:
    return job.state == Job.State.PENDING and job.due.timestamp() > now + _SOON_SECONDS


def _webhooks_pending(stripe: str) -> int:
    return int(requests.get(f"{stripe}/_control/webhooks", timeout=5).json()["pending"])
