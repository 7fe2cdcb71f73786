"""What must hold of the ledger of jobs (law 3)."""

from collections.abc import Iterator
from itertools import islice
from typing import Final

from lantern_pro.jobs import keys
from lantern_pro.store.client import text_client
from lantern_pro.store.laws import Law
from lantern_pro.types import Cell

_SETS: Final = {
    "leased": keys.LEASED,
    "done": keys.DONE,
    "dead": keys.DEAD,
    "dropped": keys.DROPPED,
}


AT_ONCE: Final = 100
"""How many jobs are looked at in one transaction."""


def one_state_each(cell: Cell) -> Iterator[str]:
    """Law 3: every job is in exactly one state set, the one that its row names."""
    found = (
        job_id for job_id, _ in text_client().zscan_iter(keys.JOBS.by("id", cell=cell), count=500)
    )
    while ids := list(islice(found, AT_ONCE)):
        with text_client().pipeline(transaction=True) as pipe:
            for job_id in ids:
                pipe.hget(keys.JOBS.row(job_id), "state")
                pipe.zscore(keys.DUE(cell=cell, kind=keys.kind_of(job_id)), job_id)
                for declared in _SETS.values():
                    pipe.zscore(declared(cell=cell), job_id)
            told = iter(pipe.execute())
        for job_id in ids:
            state, *scores = islice(told, 2 + len(_SETS))
            names = ("pending", *_SETS)
            present = [name for name, at in zip(names, scores, strict=True) if at is not None]
            if present != [state]:
                yield f"job {job_id}: its row says {state}, it is in {present}"


LAWS = (Law(3, "every job is in exactly one state set", one_state_each),)
