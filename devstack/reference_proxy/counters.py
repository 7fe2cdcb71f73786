"""What the proxy counts."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Counters:
    """``open`` connections; requests ``answered``, by why they were admitted or that they were not.

    Written by the event loop alone.
    """

    open: int = 0
    answered: Counter[str] = field(default_factory=Counter)
