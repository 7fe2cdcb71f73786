"""What the proxy counts."""

from collections import Counter
from dataclasses import dataclass, field


@dataclass(slots=True)
class Counters:
    """What came by. Requests are counted by why they were admitted, or as refused.

    ``passed`` are bytes, ``in`` (from clients) and ``out``; ``throttled`` are requests of devices
    that are over their cap. Written by the event loop alone.
    """

    open: int = 0
    answered: Counter[str] = field(default_factory=Counter)
    passed: Counter[str] = field(default_factory=Counter)
    throttled: int = 0
