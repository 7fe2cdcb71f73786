"""Recovery words: the standard's list and checksum, any way of writing, a cell of their own."""

from typing import Any

import pytest

from accounts.errors import InvalidRecoveryWords
from accounts.services.recovery_words import new_words, read_words, words_digest
from lantern_pro.types import Cell

STANDARD = "legal winner thank year wave sausage worth useful legal winner thank yellow"
"""A test vector of BIP-39."""


@pytest.mark.parametrize("cell", [0, 1, 700, 1023])
def test_new_words_lead_to_their_cell(cell: int) -> None:
    words = new_words(Cell(cell))

    assert len(words.split()) == 12
    assert read_words(words) == (words, cell)


def test_no_two_draws_are_alike() -> None:
    assert len({new_words(Cell(0)) for _ in range(20)}) == 20


@pytest.mark.parametrize(
    "written",
    [
        STANDARD.upper(),
        f"  {STANDARD.replace(' ', chr(10))}\n",
        STANDARD.replace(" ", ", "),
        STANDARD.replace(" ", "\u00a0"),
    ],
)
def test_words_are_read_as_people_write_them(written: str) -> None:
    assert read_words(written)[0] == STANDARD


@pytest.mark.parametrize(
    "written",
    [
        "",
        "legal",
        STANDARD.replace("yellow", "year"),  # a word of the list, against the checksum
        STANDARD.replace("sausage", "sossage"),
        f"{STANDARD} legal",
        " ".join(["abandon"] * 23 + ["art"]),  # twenty-four words with a checksum that fits
        "x" * 100_000,
        "слова " * 12,
    ],
)
def test_what_can_be_nobodys_words_is_told_as_such(written: str) -> None:
    with pytest.raises(InvalidRecoveryWords):
        read_words(written)


def test_the_hash_depends_on_a_secret_that_is_not_in_redis(settings: Any) -> None:
    first = words_digest(STANDARD)
    settings.LOOKUP_SECRET = b"another secret, as long as it must be"

    assert words_digest(STANDARD) != first
    assert len(first) == 64
