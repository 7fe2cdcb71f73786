"""What a job is: its arguments, its identity, and the work that a script does for it."""

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, fields
from functools import cache
from typing import Any, ClassVar, Final, Self

from lantern_pro.jobs.keys import job_keys, ledger_keys
from lantern_pro.store.keys import cell_of, text_id
from lantern_pro.types import Cell, JobId

_FACT: Final = re.compile(r"^[A-Za-z0-9_.-]{1,200}$")


MOST_FOLLOWING: Final = 3_000
"""How many jobs one script can stage: Lua takes some 8,000 values at once."""


@dataclass(frozen=True, slots=True)
class JobArguments:
    """The arguments of one kind of job; each kind is a subclass that names it.

    Plain values only (``int``, ``str``): they travel as JSON, perhaps to a newer release.
    """

    kind: ClassVar[str]

    @property
    def about(self) -> int:
        """The user whom the job is about, by which staff find it; 0 when it is about none."""
        return int(getattr(self, "user_id", 0))

    def as_json(self) -> str:
        """The arguments as they are kept in the job's row."""
        return json.dumps(asdict(self), sort_keys=True, separators=(",", ":"))

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Read the arguments back; what an other release wrote beyond them is left out."""
        values: dict[str, Any] = json.loads(text)
        known = _names(cls)  # type: ignore[arg-type]  # a class is hashable
        return cls(**{name: value for name, value in values.items() if name in known})


@cache
def _names(arguments: type[JobArguments]) -> frozenset[str]:
    return frozenset(each.name for each in fields(arguments))


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job to be staged. Its kind and business fact name it, so the same fact is one job."""

    cell: Cell
    arguments: JobArguments
    fact: str
    delay_ms: int = 0

    def __post_init__(self) -> None:
        """Refuse a fact that could not stand in a key."""
        if not _FACT.match(self.fact):
            message = f"{self.fact!r} cannot name a job: letters, digits, '_', '.' and '-' only"
            raise ValueError(message)

    @property
    def job_id(self) -> JobId:
        """``c<cell>.<kind>.<fact>``."""
        return JobId(text_id(self.cell, f"{self.arguments.kind}.{self.fact}"))

    def as_dict(self) -> Mapping[str, str | int]:
        """The job as ``jobs/emit`` (Lua) reads it."""
        return {
            "id": self.job_id,
            "kind": self.arguments.kind,
            "arguments": self.arguments.as_json(),
            "about": self.arguments.about,
            "delay_ms": self.delay_ms,
        }


@dataclass(frozen=True, slots=True)
class Fence:
    """The right to have one job's effect: good only while the epoch is the current one."""

    job_id: JobId
    epoch: int


@dataclass(frozen=True, slots=True)
class LeasedJob:
    """A job that this worker holds.

    ``attempts`` counts its leases, ``waits`` how often it waited for others; ``phase`` is the last
    that any holder entered, or empty.
    """

    fence: Fence
    kind: str
    arguments: str
    attempts: int
    waits: int
    phase: str

    @property
    def cell(self) -> Cell:
        """The cell of the job's effect."""
        return cell_of(self.fence.job_id)


@dataclass(frozen=True, slots=True)
class Done:
    """What a job's function returns that leaves no effect of its own: it is done, and this follows.

    The worker marks such jobs as done by the batch. A job that has an effect is marked by the
    script that has it, and its function returns nothing.
    """

    follow: Sequence[NewJob] = ()


@dataclass(frozen=True, slots=True)
class Work:
    """What a script does for the ledger besides its own effect.

    It checks the calling job's fence, if a job calls, marks that job done, and stages what
    follows; all in the same script as the effect.
    """

    cell: Cell
    fence: Fence | None = None
    follow: Sequence[NewJob] = field(default=())

    def __post_init__(self) -> None:
        """Refuse a job of another cell, which no script can touch, and more than one can take."""
        if len(self.follow) > MOST_FOLLOWING:
            message = f"{len(self.follow)} jobs are too many for one script: {MOST_FOLLOWING}"
            raise ValueError(message)
        strangers = [job.job_id for job in self.follow if job.cell != self.cell]
        if strangers:
            message = f"{strangers} belong to other cells than {self.cell}; stage a forward"
            raise ValueError(message)

    @property
    def rest(self) -> list[str]:
        """The keys that the script takes for it, after its own."""
        ids = [self.fence.job_id] if self.fence else []
        ids += [job.job_id for job in self.follow]
        return ledger_keys(self.cell) + [key for job_id in ids for key in job_keys(job_id)]

    @property
    def work(self) -> str:
        """The argument ``work`` of the script."""
        told: dict[str, object] = {"follow": [job.as_dict() for job in self.follow]}
        if self.fence:
            told["fence"] = {"id": self.fence.job_id, "epoch": self.fence.epoch}
        return json.dumps(told, separators=(",", ":"))

    @classmethod
    def of(cls, fence: Fence) -> "Work":
        """The work of a job that stages nothing."""
        return cls(cell_of(fence.job_id), fence)
