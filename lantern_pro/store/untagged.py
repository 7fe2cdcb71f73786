"""Keys whose names others chose, years ago, without a cell's tag.

Proxies that were built then read or write them by those names. On a Redis Cluster each lies where
its name hashes to, so no script of ours may take two of them.
"""

import re
from dataclasses import dataclass, field
from string import Formatter

from lantern_pro.store.keys import Kind


@dataclass(frozen=True, slots=True)
class Untagged:
    """The declaration of such a pattern; call it with the pattern's parts to get a key."""

    pattern: str
    kind: Kind
    purpose: str
    ttl: str | None = None
    personal: bool = False
    app: str = field(default="", kw_only=True)

    def __post_init__(self) -> None:
        """Enter the declaration in the register."""
        _declared[self.pattern] = self

    def __call__(self, **parts: str) -> str:
        """Name the key of these parts."""
        return self.pattern.format(**parts)

    def matches(self, key: str) -> bool:
        """Whether this pattern declares the key. Parts may hold anything: clients chose them."""
        pieces = [
            re.escape(text) + (".+" if name else "")
            for text, name, _, _ in Formatter().parse(self.pattern)
        ]
        return re.fullmatch("".join(pieces), key, re.DOTALL) is not None


_declared: dict[str, Untagged] = {}


def declared_untagged() -> list[Untagged]:
    """Every pattern declared so far, by name."""
    return [_declared[pattern] for pattern in sorted(_declared)]
