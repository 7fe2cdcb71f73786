"""One endpoint of the API: what is called, and which parameters it knows."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from devstack.standin import Object


@dataclass(frozen=True, slots=True)
class Route:
    """One endpoint. ``run`` takes the ``Call`` and the ids of the path."""

    method: str
    path: str
    pattern: re.Pattern[str]
    run: Callable[..., Object]
    names: frozenset[str]
    published: str


def words(text: str) -> frozenset[str]:
    """Names, as they are written in a row."""
    return frozenset(text.split())


EXPAND = words("expand[]")
METADATA = words("metadata metadata[*]")
CURSORS = words("limit starting_after ending_before")
PAGE = CURSORS | words("created created[*]")
NONE: frozenset[str] = frozenset()


def route(
    method: str, path: str, run: Callable[..., Object], names: frozenset[str], published: str
) -> Route:
    """An endpoint; ``published`` names the class of Stripe's package that tells its parameters."""
    pattern = re.compile("/v1/" + path.replace(":id", r"([A-Za-z0-9_]+)"))
    return Route(method, path, pattern, run, names | EXPAND, published)
