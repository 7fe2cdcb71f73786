"""Which language a locale means."""

import pytest
from django.utils import translation
from django.utils.translation import gettext

from lantern_pro.mail.languages import in_language_of, language_of


@pytest.mark.parametrize(
    ("locale", "language"),
    [
        ("fa_IR", "fa"),
        ("fa", "fa"),
        ("FA-ir", "fa"),
        ("ru_RU.UTF-8", "ru"),
        ("zh_CN", "zh-hans"),
        ("zh-Hans-CN", "zh-hans"),
        ("zh_TW", "zh-hans"),
        ("en_US", "en"),
        ("de_DE", "en"),
        ("", "en"),
        ("  ", "en"),
        ("far_away", "en"),
        ("../../etc", "en"),
    ],
)
def test_a_locale_gives_the_language_that_the_reader_is_written_to(
    locale: str, language: str
) -> None:
    assert language_of(locale) == language


def test_the_language_of_one_letter_does_not_stay() -> None:
    before = translation.get_language()

    with in_language_of("fa_IR"):
        inside = gettext("Receipt")

    assert inside == "رسید"
    assert translation.get_language() == before
