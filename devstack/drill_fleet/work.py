"""Workers and the sweep, as actors; and how everything comes to rest."""

from dataclasses import dataclass
from typing import Final

from accounts.services.token_reset import GRACE_MS
from devstack.drill_fleet.ground import HERE, expire_leases
from devstack.drill_fleet.world import World
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import NewJob
from lantern_pro.jobs.models import Job
from lantern_pro.jobs.registry import known_kinds
from lantern_pro.jobs.schedule import stage_periodic_jobs
from lantern_pro.jobs.worker import Batch, drain, run_batch
from lantern_pro.types import JobId
from proxies.jobs import ServeWaitingUsers

PAUSE_MS: Final = GRACE_MS + 60_000
"""What passes before jobs that wait for a time are told that it has come: the longest such time."""
MOST_ROUNDS: Final = 40
OPEN: Final = (Job.State.PENDING, Job.State.LEASED)


@dataclass(frozen=True, slots=True)
class Work:
    """A worker takes jobs and runs them, some times over."""

    most: int
    rounds: int

    def __call__(self, world: World) -> None:
        """Do it."""
        for _ in range(self.rounds):
            ledger.lapse(HERE)
            ids = ledger.waiting(HERE, kinds=known_kinds(), most=self.most).due
            holder = f"drill.{next(world.numbers)}"
            jobs = ledger.lease(HERE, ids, holder=holder)
            world.jobs += len(jobs)
            run_batch(Batch(jobs))


@dataclass(frozen=True, slots=True)
class Sweep:
    """A worker looks at what has become due, and what nobody announced."""

    def __call__(self, _world: World) -> None:
        """Do it."""
        stage_periodic_jobs()


def settle(world: World) -> list[str]:
    """Let all jobs come to their end, also those that wait for a time; which have not.

    Time passes with each round: such jobs may count on it, and regular looks name theirs by the
    minute. Each minute those who wait are looked at.
    """
    expire_leases()
    left: list[Job] = []
    for _ in range(MOST_ROUNDS):
        walk = NewJob(HERE, ServeWaitingUsers(HERE), f"drill.{next(world.numbers)}")
        with clock.shifted(world.shift_ms):
            stage_periodic_jobs()
            ledger.stage(walk)
            ran = drain(HERE)
        world.jobs += ran
        left = [job for state in OPEN for job in Job.objects.filter(state=state)]
        if ran <= 1 and not left:  # nothing but the walk: no room has been made since
            break
        world.shift_ms += PAUSE_MS
        for job in left:
            ledger.retry(JobId(job.pk))
    dead = Job.objects.filter(state=Job.State.DEAD)
    return [f"job {each.pk}: {each.state}, {each.last_error}" for each in [*left, *dead]]
