"""The catalogues of translations are whole, confirmed, and compiled."""

import re

import pytest
from babel.messages.catalog import Catalog
from babel.messages.mofile import read_mo

from devstack.messages import FOLDER, LOCALES, gathered, read, source_of, untranslated, updated
from lantern_pro.mail.languages import ENGLISH, LANGUAGES

PLACEHOLDER = re.compile(r"%\(\w+\)[sd]|%[sd]")


def test_there_is_a_catalogue_for_every_language_but_english() -> None:
    told = {locale.replace("_", "-").lower() for locale in LOCALES}

    assert told == set(LANGUAGES) - {ENGLISH}
    assert {path.name for path in FOLDER.iterdir()} == set(LOCALES)


@pytest.mark.parametrize("locale", LOCALES)
def test_every_word_of_every_mail_is_in_the_catalogue_and_no_other(locale: str) -> None:
    kept = {message.id for message in read(locale) if message.id}

    assert kept == {message.id for message in gathered() if message.id}


@pytest.mark.parametrize("locale", LOCALES)
def test_nothing_is_untranslated_and_nothing_is_fuzzy(locale: str) -> None:
    assert [message.id for message in untranslated(updated(locale, gathered()))] == []


@pytest.mark.parametrize("locale", LOCALES)
def test_a_translation_has_the_values_of_its_original(locale: str) -> None:
    wrong = [
        (message.id, string)
        for message in read(locale)
        if message.id
        for string in strings(message.string)
        if placeholders(string) != placeholders(strings(message.id)[-1])
    ]

    assert wrong == []


@pytest.mark.parametrize("locale", LOCALES)
def test_our_name_is_written_alike_in_every_language(locale: str) -> None:
    others = [
        message.id
        for message in read(locale)
        if "Lantern Pro" in str(message.id)
        and any("Lantern Pro" not in string for string in strings(message.string))
    ]

    assert others == []


@pytest.mark.parametrize("locale", LOCALES)
def test_what_is_compiled_is_what_is_written(locale: str) -> None:
    with source_of(locale).with_suffix(".mo").open("rb") as file:
        compiled = read_mo(file)

    assert words(compiled) == words(read(locale))
    assert compiled.num_plurals == read(locale).num_plurals


def test_a_word_without_a_translation_would_be_seen() -> None:
    template = gathered()
    template.add("Something new.")

    assert [message.id for message in untranslated(updated("fa", template))] == ["Something new."]


def words(catalogue: Catalog) -> dict[object, object]:
    """What a catalogue says, but for its header."""
    return {
        tuple(strings(message.id)): strings(message.string) for message in catalogue if message.id
    }


def strings(told: object) -> list[str]:
    """One text, or those for each number."""
    return [str(each) for each in told] if isinstance(told, list | tuple) else [str(told)]


def placeholders(text: str) -> list[str]:
    """The values that stand in a text, in any order."""
    return sorted(PLACEHOLDER.findall(text))
