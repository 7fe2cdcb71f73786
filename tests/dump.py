"""All that a Redis holds, as text in which anything can be looked for."""

import zlib
from typing import Any, Final

from lantern_pro.store.client import raw_client

_READERS: Final = {
    b"string": lambda client, key: client.get(key),
    b"hash": lambda client, key: client.hgetall(key),
    b"set": lambda client, key: client.smembers(key),
    b"list": lambda client, key: client.lrange(key, 0, -1),
    b"zset": lambda client, key: client.zrange(key, 0, -1, withscores=True),
    b"stream": lambda client, key: client.xrange(key),
}
_GZIP: Final = b"\x1f\x8b"


def dump() -> dict[str, str]:
    """Every key with its value, as text; what is compressed is opened."""
    client: Any = raw_client()
    typed = {key: client.type(key) for key in client.scan_iter()}
    return {
        key.decode(): _as_text(_READERS[kind](client, key))
        for key, kind in typed.items()
        if kind in _READERS  # it may have run out meanwhile
    }


def places_of(value: str, dumped: dict[str, str]) -> list[str]:
    """The keys in whose name or value a text stands."""
    return sorted(key for key, text in dumped.items() if value in key or value in text)


def _as_text(value: object) -> str:
    match value:
        case bytes() if value.startswith(_GZIP):
            return zlib.decompressobj(zlib.MAX_WBITS | 16).decompress(value).decode()
        case bytes():
            return value.decode(errors="replace")
        case dict():
            return " ".join(f"{_as_text(key)} {_as_text(each)}" for key, each in value.items())
        case list() | tuple() | set():
            return " ".join(_as_text(each) for each in value)
        case _:
            return str(value)
