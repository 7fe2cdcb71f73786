"""Whether two kinds of call can be told apart by how long they take."""

import math
import time
from collections.abc import Callable, Sequence
from typing import Final

A_GUESS: Final = 0.5


def seconds_of(call: Callable[[], object]) -> float:
    """How long a call takes."""
    began = time.perf_counter()
    call()
    return time.perf_counter() - began


def share_that_is_slower(ones: Sequence[float], others: Sequence[float]) -> float:
    """Of all pairs, the share in which the one took longer: a half when they are alike."""
    return sum(one > other for one in ones for other in others) / (len(ones) * len(others))


def beyond_chance(count: int) -> float:
    """How far from a half the share lies by chance alone once in a million, for so many of each."""
    return 5 * math.sqrt((2 * count + 1) / (12 * count * count))
