"""Money in every currency: what Stripe counts, what it refuses, and how it is written."""

import pytest
from django.utils import translation

from billing.money import (
    CURRENCIES,
    TWO_DECIMAL,
    decimals,
    discounted,
    price_fault,
    price_text,
    shared,
)
from lantern_pro.types import Minor


@pytest.mark.parametrize(
    ("amount", "currency", "written"),
    [
        (4800, "usd", "48.00 USD"),
        (5, "usd", "0.05 USD"),
        (104800, "eur", "1,048.00 EUR"),
        (5200, "jpy", "5,200 JPY"),
        (1_190_000, "vnd", "1,190,000 VND"),
        (62_000, "krw", "62,000 KRW"),
        (14_900, "kwd", "14.900 KWD"),
        (1_234_560, "tnd", "1,234.560 TND"),
        (650_000, "isk", "6,500 ISK"),
        (-250, "usd", "-2.50 USD"),
        (0, "jpy", "0 JPY"),
    ],
)
def test_an_amount_is_written_with_all_the_decimals_of_its_currency(
    amount: int, currency: str, written: str
) -> None:
    with translation.override("en"):
        assert price_text(Minor(amount), currency) == written


def test_signs_are_those_of_the_language() -> None:
    with translation.override("ru"):
        assert price_text(Minor(104_800), "eur") == "1\u00a0048,00 EUR"


@pytest.mark.parametrize(
    ("amount", "currency", "word"),
    [
        (49, "usd", "from 0.50 USD"),
        (100_000_000, "usd", "to 999,999.99 USD"),
        (14_905, "kwd", "14900 or 14910"),
        (650_050, "isk", "650000 or 650100"),
        (48, "jpy", "from 50 JPY"),
        (5_000, "ugx", "contradict"),
        (5_000, "USD", "three letters"),
        (5_000, "", "three letters"),
    ],
)
def test_a_price_that_stripe_would_refuse_is_told_in_words(
    amount: int, currency: str, word: str
) -> None:
    assert word in price_fault(amount, currency)


@pytest.mark.parametrize("currency", sorted(CURRENCIES))
def test_a_year_can_be_sold_in_every_currency(currency: str) -> None:
    amount = 48 * 10 ** decimals(currency) * (1 if currency in TWO_DECIMAL else 100)
    amount *= 10 if currency in {"huf", "jpy"} else 1

    assert price_fault(amount, currency) == ""


@pytest.mark.parametrize(
    ("amount", "percent", "currency", "left"),
    [
        (4800, 25, "usd", 3600),
        (4999, 33, "usd", 3349),
        (5200, 33, "jpy", 3484),
        (14_900, 33, "kwd", 9_980),
        (650_000, 33, "isk", 435_500),
        (4800, 0, "usd", 4800),
    ],
)
def test_a_discount_is_never_dearer_than_said_and_can_be_charged(
    amount: int, percent: int, currency: str, left: int
) -> None:
    assert discounted(Minor(amount), percent, currency) == left
    assert price_fault(left, currency) == ""


@pytest.mark.parametrize(
    ("amount", "months", "currency", "month"),
    [
        (4800, 12, "usd", 400),
        (8700, 24, "usd", 363),
        (5200, 12, "jpy", 433),
        (14_900, 12, "kwd", 1_240),
    ],
)
def test_a_months_share_is_rounded_to_what_could_be_charged(
    amount: int, months: int, currency: str, month: int
) -> None:
    assert shared(Minor(amount), months, currency) == month
