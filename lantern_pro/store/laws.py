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
