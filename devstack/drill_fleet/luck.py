"""Ids and jitter that come again: where they are drawn anew, a play that fails may not fail again.

Only for a drill, whose secrets protect nothing.
"""

import secrets
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random  # noqa: TID251 - see above
from typing import Any, Final
from unittest.mock import patch

_BYTES: Final = 32


@contextmanager
def repeatable(seed: int) -> Iterator[None]:
    """Let what ``secrets`` gives follow from a seed meanwhile."""
    drawn = Random(seed)

    def choice(things: Sequence[Any]) -> Any:
        return things[drawn.randrange(len(things))]

    def token(size: int | None = None) -> str:
        return drawn.randbytes(size or _BYTES).hex()

    with patch.multiple(
        secrets, randbelow=drawn.randrange, choice=choice, token_hex=token, token_urlsafe=token
    ):
        yield
