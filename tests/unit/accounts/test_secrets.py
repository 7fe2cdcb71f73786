"""Tokens, sealed values and referral codes."""

from typing import Any

import pytest
from cryptography.exceptions import InvalidTag
from hypothesis import given
from hypothesis import strategies as st

from accounts.errors import InvalidEmail
from accounts.services.personal import email_hash, normal_email, seal, unseal
from accounts.services.referral_codes import ALPHABET, new_code, read_code
from accounts.services.tokens import admission, token_is_right, token_of
from lantern_pro.types import Cell, UserId

USER = UserId(1 << 10)


def test_a_token_is_computed_anew_and_changes_with_user_epoch_and_key(settings: Any) -> None:
    settings.TOKEN_KEYS = {"a": b"a" * 32, "b": b"b" * 32}

    token = token_of(USER, "a", 1)

    assert token == token_of(USER, "a", 1)
    others = {token_of(USER, "a", 2), token_of(UserId(2 << 10), "a", 1), token_of(USER, "b", 1)}
    assert token not in others
    assert len(token) == 43
    assert token_is_right(token, USER, "a", 1)
    assert not token_is_right("ü", USER, "a", 1)


def test_an_admission_is_of_one_token_and_one_device_together() -> None:
    known = admission("token", "device-1")

    assert len(known) == 64
    assert known not in {admission("token", "device-2"), admission("other", "device-1")}


@given(st.text(min_size=1))
def test_what_is_sealed_is_unsealed(value: str) -> None:
    sealed = seal(value)

    assert unseal(sealed) == value
    assert sealed != seal(value)


def test_what_was_sealed_with_an_older_key_of_the_ring_is_still_read(settings: Any) -> None:
    settings.PERSONAL_KEYS = {"old": b"o" * 32}
    sealed = seal("reader@example.org")

    settings.PERSONAL_KEYS = {"new": b"n" * 32, "old": b"o" * 32}

    assert unseal(sealed) == "reader@example.org"


def test_a_sealed_value_that_was_changed_is_refused() -> None:
    sealed = seal("reader@example.org")
    changed = sealed[:-4] + ("AAA=" if sealed[-4:] != "AAA=" else "BBB=")

    with pytest.raises(InvalidTag):
        unseal(changed)


@pytest.mark.parametrize(
    ("written", "normal"),
    [
        (" Reader@Example.ORG ", "Reader@example.org"),
        ("a.b+c@example.org", "a.b+c@example.org"),
    ],
)
def test_an_address_has_one_form(written: str, normal: str) -> None:
    assert normal_email(written) == normal
    assert email_hash(normal) == email_hash(normal.upper())


@pytest.mark.parametrize("written", ["", "@", "a@", "@b.org", "a b@c.org", f"a@{'b' * 300}.org"])
def test_what_is_no_address_is_refused(written: str) -> None:
    with pytest.raises(InvalidEmail):
        normal_email(written)


@given(st.integers(0, 1023).map(Cell))
def test_a_referral_code_names_its_cell(cell: Cell) -> None:
    code = new_code(cell)

    assert read_code(f" {code[:3].lower()}-{code[3:]}") == (code, cell)
    assert set(code) <= set(ALPHABET)
