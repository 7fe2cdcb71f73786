"""What a law is: something that must hold of the data whatever crashed, raced or was retried.

Each app's ``laws.py`` has a tuple ``LAWS``; ``manage.py check_invariants`` and the tests that
kill processes check them all on the live store.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from lantern_pro.types import Cell


@dataclass(frozen=True, slots=True)
class Law:
    """One law, by its number in ``docs/architecture.md``; ``check`` tells each breach in words.

    A check reads only, in pages, and says nothing of what a job is still on its way to set right.
    """

    number: int
    title: str
    check: Callable[[Cell], Iterator[str]]


def wrong_twice(check: Callable[[], list[str]]) -> list[str]:
    """What a check finds twice in the same words.

    A check reads in several steps, and a change between two of them may look like a breach.
    """
    first = check()
    return [fault for fault in check() if fault in first] if first else []
