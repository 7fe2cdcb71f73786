"""The jobs of accounts."""

from dataclasses import dataclass
from typing import ClassVar

from accounts.services import reaping
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import JobArguments, LeasedJob, NewJob
from lantern_pro.jobs.lanes import Lane
from lantern_pro.jobs.registry import job
from lantern_pro.jobs.schedule import periodic
from lantern_pro.types import Cell, UserId


@dataclass(frozen=True, slots=True)
class ReapUser(JobArguments):
    """An account was made and never used."""

    kind: ClassVar[str] = "reap_user"
    user_id: UserId


@job(ReapUser, lane=Lane.BULK)
def reap_user(leased: LeasedJob, arguments: ReapUser) -> None:
    """Take the account away."""
    reaping.reap_user(arguments.user_id, leased.fence)


@periodic
def stage_reaping(cell: Cell) -> None:
    """Stage the end of accounts that nobody has confirmed in time."""
    found = reaping.never_used(cell)
    if found:
        ledger.stage(*(NewJob(cell, ReapUser(user_id), str(user_id)) for user_id in found))
