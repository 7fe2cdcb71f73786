"""What staff write in a plan's or a promotion's form, read: small tables in lines of text. Pure.

``ValidationError`` says in words for staff what a line should look like.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.core.exceptions import ValidationError

DAY_MS: Final = 24 * 60 * 60 * 1000
_RENEWAL: Final = re.compile(r"^(-?\d{1,4})\s*:\s*(?:(\d{1,2})m)?\s*(?:(\d{1,3})d)?$")
_WORDS: Final = re.compile(r"^([A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*)\s*:\s*(\S.*)$")
_COUNTRY: Final = re.compile(r"^[A-Z]{2}$")


@dataclass(frozen=True, slots=True)
class Span:
    """A length of time, by the calendar."""

    months: int = 0
    days: int = 0

    def __add__(self, other: "Span") -> "Span":
        """Both together."""
        return Span(self.months + other.months, self.days + other.days)


@dataclass(frozen=True, slots=True)
class RenewalRule:
    """What whoever renews gets who has at least so many days left; less than 0: since the end."""

    least_days: int
    gives: Span


def read_renewal_rules(text: str) -> tuple[RenewalRule, ...]:
    """Read the bonus of a renewal, a line a rule; the most days left first."""
    return tuple(
        sorted(map(_renewal_rule, lines_of(text)), key=lambda rule: rule.least_days, reverse=True)
    )


def _renewal_rule(line: str) -> RenewalRule:
    match = _RENEWAL.match(line)
    if match is None or not (match[2] or match[3]):
        message = (
            f"“{line}” is no rule. Write days left, a colon, and what is given, such as "
            "“30: 1m 15d”: who renews with 30 days left or more gets a month and 15 days."
        )
        raise ValidationError(message)
    return RenewalRule(int(match[1]), Span(int(match[2] or 0), int(match[3] or 0)))


def renewal_bonus(rules: tuple[RenewalRule, ...], left_ms: int) -> Span:
    """What a renewal gives with so much time left, or, when negative, so long after the end."""
    return next((rule.gives for rule in rules if left_ms >= rule.least_days * DAY_MS), Span())


def read_translations(text: str) -> dict[str, str]:
    """Read words in other languages, a line each: language, as ``fa`` or ``zh-Hant``, to words."""
    found: dict[str, str] = {}
    for line in lines_of(text):
        match = _WORDS.match(line)
        if match is None:
            message = f"“{line}” is no translation. Write a language, a colon, words: “ru: Год”."
            raise ValidationError(message)
        found[_language(match[1])] = match[2]
    return found


def in_words_of(locale: str, words: str, translations: dict[str, str]) -> str:
    """The words for a client's locale: its language with script or country, or alone."""
    told = _language(locale.partition(".")[0])
    while told:
        if told in translations:
            return translations[told]
        told = told.rpartition("-")[0]
    return words


def _language(written: str) -> str:
    return written.strip().replace("_", "-").lower()


def read_countries(text: str) -> frozenset[str]:
    """Read a list of countries; none at all stands for all of them."""
    found = frozenset(text.upper().replace(",", " ").split())
    for each in sorted(found):
        if not _COUNTRY.match(each):
            message = f"“{each}” is no country. Write two letters each (ISO 3166), such as “JP KR”."
            raise ValidationError(message)
    return found


def is_among(country: str, countries: frozenset[str]) -> bool:
    """Whether something is for a country; what is for some is not for one that nobody told."""
    return not countries or country.upper() in countries


def lines_of(text: str) -> Iterator[str]:
    """The lines that say something."""
    return (line.strip() for line in text.splitlines() if line.strip())
