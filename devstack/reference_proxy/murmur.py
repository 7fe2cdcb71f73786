"""MurmurHash3, x64, 128 bits, seed 0: its first half, by which devices are put into cohorts."""

from typing import Final

_MASK: Final = (1 << 64) - 1
_C1: Final = 0x87C37B91114253D5
_C2: Final = 0x4CF5AD432745937F
_BLOCK: Final = 16
_HALF: Final = 8


def murmur3_64(content: bytes) -> int:
    """The first 64 bits of the hash."""
    h1 = h2 = 0
    whole = len(content) // _BLOCK * _BLOCK
    for start in range(0, whole, _BLOCK):
        h1 ^= _first(_number(content[start : start + _HALF]))
        h1 = (_turn(h1, 27) + h2) * 5 + 0x52DCE729 & _MASK
        h2 ^= _second(_number(content[start + _HALF : start + _BLOCK]))
        h2 = (_turn(h2, 31) + h1) * 5 + 0x38495AB5 & _MASK
    tail = content[whole:]
    h2 ^= _second(_number(tail[_HALF:]))
    h1 ^= _first(_number(tail[:_HALF]))
    h1 ^= len(content)
    h2 ^= len(content)
    h1 = h1 + h2 & _MASK
    h2 = h2 + h1 & _MASK
    return _mixed(h1) + _mixed(h2) & _MASK


def _first(block: int) -> int:
    return _turn(block * _C1 & _MASK, 31) * _C2 & _MASK


def _second(block: int) -> int:
    return _turn(block * _C2 & _MASK, 33) * _C1 & _MASK


def _mixed(value: int) -> int:
    for factor in (0xFF51AFD7ED558CCD, 0xC4CEB9FE1A85EC53):
        value = (value ^ value >> 33) * factor & _MASK
    return value ^ value >> 33


def _turn(value: int, by: int) -> int:
    return (value << by | value >> 64 - by) & _MASK


def _number(content: bytes) -> int:
    return int.from_bytes(content, "little")
