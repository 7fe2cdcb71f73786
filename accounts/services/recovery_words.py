"""Recovery words: twelve of the 2,048 English words of BIP-39, made once and kept by their owner.

Of the 132 bits that they carry, 4 are a checksum, which finds a word that was read wrong; 10 lead
to the account's cell; 118 are chance. Only a slow hash of them is kept, salted with a secret that
is not in Redis, and the same hash is how they find their account: one key, nothing to scan. So it
takes as long to learn that words are nobody's as that they are somebody's.
"""

import hashlib
import hmac
import secrets
import unicodedata
from functools import cache
from typing import Final

from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.conf import settings
from mnemonic import Mnemonic

from accounts.errors import InvalidRecoveryWords
from lantern_pro.store.keys import MAX_CELLS
from lantern_pro.types import Cell

COUNT: Final = 12
_ENTROPY_BYTES: Final = 16
_LONGEST: Final = 300
_COST: Final = {"n": 1 << 14, "r": 8, "p": 1}
"""Of scrypt: 16 MiB, and some tens of milliseconds, for each guess."""


@cache
def _list() -> Mnemonic:
    return Mnemonic("english")


def new_words(cell: Cell) -> str:
    """Draw words that lead to a cell: about a thousand draws, a few milliseconds."""
    while True:
        entropy = secrets.token_bytes(_ENTROPY_BYTES)
        if _cell_of(entropy) == cell:
            return str(_list().to_mnemonic(entropy))


def read_words(written: str) -> tuple[str, Cell]:
    """Read words as people write them, in any case and with any space between.

    ``InvalidRecoveryWords`` when they can be nobody's: not twelve, not of the list, or with a
    checksum that does not fit. That says nothing of any account.
    """
    plain = unicodedata.normalize("NFKD", written[:_LONGEST]).lower()
    words = " ".join(plain.replace(",", " ").split())
    if words.count(" ") != COUNT - 1 or not _list().check(words):
        raise InvalidRecoveryWords(field="words")
    return words, _cell_of(bytes(_list().to_entropy(words)))


def words_digest(words: str) -> str:
    """The slow hash of words."""
    salt = hmac.digest(settings.LOOKUP_SECRET, b"recovery words", "sha256")
    return Scrypt(salt=salt, length=32, **_COST).derive(words.encode()).hex()


def _cell_of(entropy: bytes) -> Cell:
    return Cell(int.from_bytes(hashlib.sha256(entropy).digest()[:8], "big") % MAX_CELLS)
