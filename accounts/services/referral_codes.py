"""Referral codes: eight letters, the first two of which name the cell."""

import secrets
from typing import Final

from lantern_pro.store.keys import MAX_CELLS
from lantern_pro.types import Cell

ALPHABET: Final = "ABCDEFGHJKLMNPQRSTUVWXYZ23456789"
"""Letters and digits that nobody takes for one another: no I, O, 0 or 1."""
_LENGTH: Final = 8


def new_code(cell: Cell) -> str:
    """Make a random code of a cell."""
    rest = (secrets.choice(ALPHABET) for _ in range(_LENGTH - 2))
    return ALPHABET[cell // 32] + ALPHABET[cell % 32] + "".join(rest)


def read_code(written: str) -> tuple[str, Cell] | None:
    """Read a code as people write it (any case, spaces, dashes); None when it can be no code."""
    code = "".join(written.upper().replace("-", " ").split())
    if len(code) != _LENGTH or any(letter not in ALPHABET for letter in code):
        return None
    cell = ALPHABET.index(code[0]) * 32 + ALPHABET.index(code[1])
    return (code, Cell(cell)) if cell < MAX_CELLS else None
