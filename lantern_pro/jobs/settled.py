"""Looking at what jobs keep right, without being misled by those that are on their way."""

from collections.abc import Callable

from lantern_pro.jobs.keys import JOBS
from lantern_pro.store.backend.encoding import tag
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell


def settled_faults(cell: Cell, word: str, check: Callable[[], list[str]]) -> list[str]:
    """The faults that a check finds although no job is on its way that would mend them.

    Those jobs are known by ``word``, a part of their ids between dots: a kind, or whom they are
    about. After none of them was seen the check runs again: what it finds then is there to stay.
    A dead job is not on its way.
    """
    if not check():
        return []
    with text_client().pipeline(transaction=True) as pipe:
        for state in ("pending", "leased"):
            pipe.zrangebyscore(JOBS.by("state", cell=cell), tag(state), tag(state))
        pending, leased = pipe.execute()
    on_their_way = any(word in job_id.split(".") for job_id in [*pending, *leased])
    return [] if on_their_way else check()
