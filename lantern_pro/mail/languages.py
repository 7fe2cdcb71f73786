"""In which language a reader is written to."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from django.utils import translation

ENGLISH: Final = "en"
_BY_LOCALE: Final = {"zh": "zh-hans", "fa": "fa", "ru": "ru"}

LANGUAGES: Final = (ENGLISH, *_BY_LOCALE.values())
"""The languages that every mail is written in; ``locale/`` has a catalogue for all but English."""


def language_of(locale: str) -> str:
    """The language for a client's locale (``fa_IR``, ``zh-Hant-TW``); English for all others.

    Every Chinese reader gets simplified Chinese, the only Chinese there is a catalogue for.
    """
    first = re.split(r"[-_.@]", locale.strip().lower(), maxsplit=1)[0]
    return _BY_LOCALE.get(first, ENGLISH)


@contextmanager
def in_language_of(locale: str) -> Iterator[None]:
    """Let ``gettext`` speak the reader's language meanwhile, in this thread only."""
    with translation.override(language_of(locale)):
        yield
