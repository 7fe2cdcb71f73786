"""Resellers' codes: 25 letters in five groups, of which the first two name the cell. Pure.

``AB7KQ-2MZ4W-…``: cell, 110 random bits, and a letter by which a slip of the pen is known before
anything is looked up. Only a keyed hash of a code is ever stored.
"""

import hmac
import secrets
from typing import Final

from django.conf import settings

from accounts.services.referral_codes import ALPHABET
from lantern_pro.store.keys import MAX_CELLS, text_id
from lantern_pro.types import Cell

LENGTH: Final = 25
GROUP: Final = 5
_BASE: Final = len(ALPHABET)


def new_code(cell: Cell) -> str:
    """Make a random code of a cell."""
    drawn = ALPHABET[cell // _BASE] + ALPHABET[cell % _BASE]
    drawn += "".join(secrets.choice(ALPHABET) for _ in range(LENGTH - 3))
    return drawn + ALPHABET[-_sum(drawn, doubled=1) % _BASE]


def in_groups(code: str) -> str:
    """A code as it is handed out."""
    return "-".join(code[start : start + GROUP] for start in range(0, LENGTH, GROUP))


def code_id_of(written: str) -> str | None:
    """The id that a code has here, however people write it; None when it can be no code."""
    code = "".join(written.upper().replace("-", " ").split())
    if len(code) != LENGTH or any(letter not in ALPHABET for letter in code):
        return None
    cell = ALPHABET.index(code[0]) * _BASE + ALPHABET.index(code[1])
    if cell >= MAX_CELLS or _sum(code, doubled=0) % _BASE:
        return None
    return text_id(Cell(cell), _digest(code))


def _digest(code: str) -> str:
    told = f"reseller-code|{code}".encode()
    return hmac.digest(settings.LOOKUP_SECRET, told, "sha256").hex()[:40]


def _sum(code: str, *, doubled: int) -> int:
    """Luhn's sum in base 32: one wrong letter, or two neighbours exchanged, change it."""
    total = 0
    for place, letter in enumerate(reversed(code)):
        value = ALPHABET.index(letter) * (2 if (place + doubled) % 2 else 1)
        total += value // _BASE + value % _BASE
    return total
