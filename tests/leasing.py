"""Taking jobs in a test, as a worker does that looks at every queue."""

import secrets
from collections.abc import Sequence

from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import LeasedJob
from lantern_pro.jobs.registry import known_kinds
from lantern_pro.types import Cell


def take(cell: Cell, *, most: int, kinds: Sequence[str] = ()) -> list[LeasedJob]:
    """Lease what is due, the longest due first, of these kinds or of all that are known.

    What others have let run out is taken back first.
    """
    ledger.lapse(cell)
    head = ledger.waiting(cell, kinds=kinds or known_kinds(), most=most)
    return ledger.lease(cell, head.due, holder=f"test.{secrets.token_hex(8)}")
