"""The small tables that staff write in a plan's form."""

from collections.abc import Callable

import pytest
from django.core.exceptions import ValidationError

from billing.rules import (
    DAY_MS,
    Span,
    in_words_of,
    is_among,
    read_countries,
    read_renewal_rules,
    read_translations,
    renewal_bonus,
)

RULES = read_renewal_rules("0: 15d\n30: 1m 15d\n\n-14: 7d")


@pytest.mark.parametrize(
    ("left_days", "gives"),
    [
        (400, Span(1, 15)),
        (30, Span(1, 15)),
        (29.9, Span(0, 15)),
        (0, Span(0, 15)),
        (-0.1, Span(0, 7)),
        (-14, Span(0, 7)),
        (-14.1, Span()),
    ],
)
def test_the_most_days_left_that_are_reached_decide(left_days: float, gives: Span) -> None:
    assert renewal_bonus(RULES, int(left_days * DAY_MS)) == gives


@pytest.mark.parametrize(
    ("read", "text", "word"),
    [
        (read_renewal_rules, "30 days: a month", "30: 1m 15d"),
        (read_renewal_rules, "30:", "30: 1m 15d"),
        (read_translations, "Год", "ru: Год"),
        (read_translations, "ru:", "ru: Год"),
        (read_countries, "JP, Korea", "two letters"),
    ],
)
def test_what_cannot_be_read_is_answered_with_an_example(
    read: Callable[[str], object], text: str, word: str
) -> None:
    with pytest.raises(ValidationError, match=word):
        read(text)


@pytest.mark.parametrize(
    ("locale", "words"),
    [
        ("ru_RU", "Год"),
        ("ru", "Год"),
        ("zh-Hant-TW", "一年 (傳統)"),
        ("zh_CN", "一年"),
        ("en_US", "One year"),
        ("", "One year"),
    ],
)
def test_words_are_found_by_script_and_language(locale: str, words: str) -> None:
    told = read_translations("ru: Год\nzh: 一年\nzh-Hant: 一年 (傳統)")

    assert in_words_of(locale, "One year", told) == words


def test_what_is_for_some_countries_is_for_no_other_and_not_for_who_tells_none() -> None:
    some = read_countries("jp, kr")

    assert [is_among(country, some) for country in ("JP", "kr", "CN", "")] == [
        True, True, False, False,
    ]  # fmt: skip
    assert is_among("", read_countries(""))
