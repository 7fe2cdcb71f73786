"""Every error can be told apart, is explained, and is seen by a test."""

import re
from collections import Counter
from functools import cache
from typing import Final

import pytest

from lantern_pro.errors import LanternError
from lantern_pro.support.printed import all_errors
from tests.house.tree import ROOT, python

ERRORS: Final = [error for error in all_errors() if not error.__module__.startswith("tests")]

NOT_SEEN: Final = {
    "devices-kept-changing": "a race that is lost again and again; each loss by itself is tested",
    "fleet-kept-changing": "a race that is lost again and again; each loss by itself is tested",
    "sources-kept-changing": "a race that is lost again and again; each loss by itself is tested",
    "refused": "a base: what is refused is always one of its kinds",
    "not-yet": "a base: what is under way is always one of its kinds",
}
"""Errors that no test names, with the reason."""


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_an_error_has_an_id_of_its_own_and_words_for_a_person(error: type[LanternError]) -> None:
    ids = Counter(each.error_id for each in ERRORS)

    assert "error_id" in vars(error)
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", error.error_id)
    assert ids[error.error_id] == 1
    assert error.message.endswith(".")


@pytest.mark.parametrize("error", ERRORS, ids=lambda error: error.__name__)
def test_an_error_stands_in_the_docs(error: type[LanternError]) -> None:
    page = (ROOT / "docs" / "errors.md").read_text()

    assert f"| `{error.error_id}` |" in page


@pytest.mark.parametrize(
    "error",
    [error for error in ERRORS if error.error_id not in NOT_SEEN],
    ids=lambda error: error.__name__,
)
def test_an_error_is_named_by_a_test(error: type[LanternError]) -> None:
    seen = f'"{error.error_id}"' in told() or re.search(rf"\b{error.__name__}\b", told())

    assert seen, f"no test speaks of {error.error_id}"


def test_the_errors_that_no_test_names_are_still_errors() -> None:
    assert set(NOT_SEEN) <= {error.error_id for error in ERRORS}


@cache
def told() -> str:
    """The text of every test but those of the house."""
    return "\n".join(
        path.read_text()
        for path in python(under=["tests"])
        if not path.is_relative_to(ROOT / "tests" / "house")
    )
