"""The stand-in's own clock: it may be put forward, never back, and survives a restart."""

import time
from collections.abc import Callable, Iterable

from devstack.standin import Draft, Journal

_ID = "_clock"

Due = tuple[int, Callable[[Draft, int], None]]
"""Something that time brings: when (Unix seconds), and what is done then."""


class Clock:
    """What time it is at Stripe."""

    def __init__(self, journal: Journal) -> None:
        """Go by the machine's clock, and by how far a test put it forward."""
        self._journal = journal

    def now(self) -> int:
        """Unix seconds."""
        shift = (self._journal.get(_ID) or {}).get("shift", 0)
        return int(time.time()) + int(shift)

    def put_forward(self, target: int, due: Callable[[Draft], Iterable[Due]]) -> int:
        """Let it become ``target``, and let all happen on the way that is due, in its order.

        Returns how many things happened; ``ValueError`` for a time that is over.
        """
        if target < self.now():
            message = "the clock can be put forward only"
            raise ValueError(message)
        happened = 0
        while True:
            with self._journal.change() as draft:
                coming = [each for each in due(draft) if each[0] <= target]
                moment, happen = min(coming, key=lambda each: each[0], default=(target, _nothing))
                moment = max(moment, self.now())
                draft.put({"id": _ID, "object": _ID, "shift": moment - int(time.time())})
                if coming:
                    happen(draft, moment)
            if not coming:
                return happened
            happened += 1


def _nothing(_draft: Draft, _moment: int) -> None:
    return
