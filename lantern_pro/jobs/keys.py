"""The ledger's keys. Every job is in exactly one of the five state sets."""

from functools import lru_cache

from lantern_pro.store.keys import Key, Kind, Table, cell_of
from lantern_pro.types import Cell, JobId

JOBS = Table("job", "a job: what to do, its state and its fencing epoch", app="jobs")
DUE = Key(
    "jobs:due:{kind}", Kind.ZSET, "pending jobs of a kind -> when they may run, ms", app="jobs"
)
LEASED = Key("jobs:leased", Kind.ZSET, "running jobs -> end of the lease, ms", app="jobs")
DONE = Key("jobs:done", Kind.ZSET, "finished jobs -> when, ms", app="jobs")
DEAD = Key("jobs:dead", Kind.ZSET, "jobs given up -> when, ms", app="jobs")
DROPPED = Key("jobs:dropped", Kind.ZSET, "jobs that staff dropped -> when, ms", app="jobs")
METER = Key(
    "jobs:meter",
    Kind.HASH,
    "<kind>:<what> -> count; run and wait times by powers of two",
    app="jobs",
)
WORKERS = Key("jobs:workers", Kind.ZSET, "workers -> their last sign of life, ms", app="jobs")


def kind_of(job_id: JobId) -> str:
    """The kind that a job's id names."""
    return job_id.split(".", 2)[1]


def ledger_keys(cell: Cell) -> list[str]:
    """The keys of a cell's ledger, in the order in which ``jobs/ledger`` (Lua) reads them."""
    return [
        LEASED(cell=cell),
        DONE(cell=cell),
        DEAD(cell=cell),
        DROPPED(cell=cell),
        METER(cell=cell),
        JOBS.by("id", cell=cell),
        JOBS.by("state", cell=cell),
        JOBS.by("created", cell=cell),
        JOBS.by("about", cell=cell),
        JOBS.lex("kind", cell=cell),
    ]


@lru_cache(maxsize=1024)
def job_keys(job_id: JobId) -> tuple[str, str]:
    """A job's own keys, in the order in which ``jobs/job_at`` (Lua) reads them."""
    return JOBS.row(job_id), DUE(cell=cell_of(job_id), kind=kind_of(job_id))
