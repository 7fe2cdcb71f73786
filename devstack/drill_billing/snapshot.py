"""All of a small Redis, read at one moment by one call, for laws that would ask many times.

The laws are as ever; they ask what answers from memory. A command that is not here fails.
"""

from collections.abc import Callable, Iterator
from typing import Any, Final, Self, TypeVar

from lantern_pro.store.client import raw_client

Value = TypeVar("Value")
READ_ALL: Final = """
local all = {}
for position, key in ipairs(redis.call("KEYS", "*")) do
    local kind, value = redis.call("TYPE", key).ok, false
    if kind == "string" then
        value = redis.call("GET", key)
    elseif kind == "hash" then
        value = redis.call("HGETALL", key)
    elseif kind == "zset" then
        value = redis.call("ZRANGE", key, 0, -1, "WITHSCORES")
    end
    all[position] = { key, kind, value }
end
return all
"""


class Snapshot:
    """Answers reads as Redis did at that moment."""

    def __init__(self) -> None:
        """Read everything."""
        told: Any = raw_client().eval(READ_ALL, 0)
        self._strings: dict[str, str] = {}
        self._hashes: dict[str, dict[str, str]] = {}
        self._sorted: dict[str, dict[str, float]] = {}
        for key, kind, value in told:
            name = key.decode()
            if kind == b"hash":
                self._hashes[name] = _pairs(value, _text)
            elif kind == b"zset":
                self._sorted[name] = _pairs(value, float)
            else:
                self._strings[name] = _text(value or b"")

    def get(self, name: str) -> str | None:
        """As Redis does; so the others."""
        return self._strings.get(name)

    def exists(self, name: str) -> int:
        """Whether there is such a key."""
        return int(name in self._strings or name in self._hashes or name in self._sorted)

    def hget(self, name: str, field: str) -> str | None:
        """One field."""
        return self._hashes.get(name, {}).get(field)

    def hmget(self, name: str, fields: list[str]) -> list[str | None]:
        """Some fields."""
        return [self.hget(name, field) for field in fields]

    def hgetall(self, name: str) -> dict[str, str]:
        """All fields."""
        return dict(self._hashes.get(name, {}))

    def hkeys(self, name: str) -> list[str]:
        """The names of all fields."""
        return list(self._hashes.get(name, {}))

    def zscore(self, name: str, member: str) -> float | None:
        """The score of a member."""
        return self._sorted.get(name, {}).get(member)

    def zrangebyscore(self, name: str, low: float, high: float) -> list[str]:
        """The members between two scores, and at them."""
        found = self._sorted.get(name, {})
        return [member for member, score in found.items() if float(low) <= score <= float(high)]

    def zscan_iter(self, name: str, *, count: int) -> Iterator[tuple[str, float]]:
        """All members with their scores."""
        del count
        yield from self._sorted.get(name, {}).items()

    def pipeline(self, *, transaction: bool) -> "Pipeline":
        """All of it is of one moment already."""
        del transaction
        return Pipeline(self)


class Pipeline:
    """Gathers answers until they are asked for."""

    def __init__(self, snapshot: Snapshot) -> None:
        """Ask this snapshot."""
        self._snapshot = snapshot
        self._answers = list[Any]()

    def __enter__(self) -> Self:
        """Begin."""
        return self

    def __exit__(self, *_: object) -> None:
        """Nothing is held."""

    def __getattr__(self, command: str) -> Callable[..., None]:
        """Ask it."""
        ask = getattr(self._snapshot, command)
        return lambda *arguments: self._answers.append(ask(*arguments))

    def execute(self) -> list[Any]:
        """All answers."""
        answers, self._answers = self._answers, []
        return answers


def _text(value: bytes) -> str:
    return value.decode(errors="replace")


def _pairs(flat: list[bytes], read: Callable[[bytes], Value]) -> dict[str, Value]:
    told = iter(flat)
    return {_text(name): read(value) for name, value in zip(told, told, strict=True)}
