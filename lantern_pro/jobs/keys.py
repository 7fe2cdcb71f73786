"""The ledger's keys. Every job is in exactly one of the four state sets."""

from lantern_pro.store.keys import Key, Kind, Table
from lantern_pro.types import Cell

JOBS = Table("job", "a job: what to do, its state and its fencing epoch", app="jobs")
DUE = Key("jobs:due", Kind.ZSET, "pending jobs -> when they may run, ms", app="jobs")
LEASED = Key("jobs:leased", Kind.ZSET, "running jobs -> end of the lease, ms", app="jobs")
DONE = Key("jobs:done", Kind.ZSET, "finished jobs -> when, ms", app="jobs")
DEAD = Key("jobs:dead", Kind.ZSET, "jobs given up -> when, ms", app="jobs")


def ledger_keys(cell: Cell) -> list[str]:
    """The keys of a cell's ledger, in the order in which ``jobs/ledger`` (Lua) reads them."""
    return [
        DUE(cell=cell),
        LEASED(cell=cell),
        DONE(cell=cell),
        DEAD(cell=cell),
        JOBS.by("id", cell=cell),
        JOBS.by("state", cell=cell),
        JOBS.by("created", cell=cell),
        JOBS.by("about", cell=cell),
        JOBS.lex("kind", cell=cell),
    ]
