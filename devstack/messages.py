"""``python -m devstack.messages``: bring the catalogues of translations up to date.

Gathers the words of all mails and offers, enters what is new in each
``locale/<language>/LC_MESSAGES/django.po``, drops what is gone, and compiles the ``.mo`` beside
it, which Django reads and which is kept in the repository: so neither a fresh machine nor
production needs gettext's tools.
"""

import sys
from collections.abc import Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract_from_file
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

ROOT: Final = Path(__file__).resolve().parents[1]
FOLDER: Final = ROOT / "locale"
LOCALES: Final = ("fa", "ru", "zh_Hans")
SOURCES: Final = ("*/mails.py", "billing/receipts.py", "billing/words.py")
"""Where words for readers stand."""
KEYWORDS: Final = {"_": None, "ngettext": (1, 2)}
# A catalogue's dates would make two runs differ; the repository knows when it was changed.
_NO_DATE: Final = datetime(2026, 1, 1, tzinfo=UTC)
_PROJECT: Final[dict[str, Any]] = {
    "header_comment": "# Lantern Pro's mails. `make messages` keeps this file; docs/mail.md.",
    "project": "Lantern Pro",
    "version": "1",
    "msgid_bugs_address": "none",
    "last_translator": "none",
    "language_team": "none",
    "creation_date": _NO_DATE,
    "revision_date": _NO_DATE,
}


def main() -> int:
    """Write the catalogues; 1 when words are left that nobody has translated yet."""
    template = gathered()
    missing = 0
    for locale in LOCALES:
        catalogue = updated(locale, template)
        path = source_of(locale)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(as_source(catalogue))
        path.with_suffix(".mo").write_bytes(compiled(catalogue))
        open_words = list(untranslated(catalogue))
        missing += len(open_words)
        for message in open_words:
            print(f"{path.relative_to(ROOT)}: {message.id!r}")
    print(f"{len(template)} messages, {missing} translations missing")
    return 1 if missing else 0


def gathered() -> Catalog:
    """Every message of the sources, none translated."""
    template = Catalog(**_PROJECT)
    paths = sorted({path for pattern in SOURCES for path in ROOT.glob(pattern)})
    for path in paths:
        name = path.relative_to(ROOT).as_posix()
        found = extract_from_file("python", str(path), keywords=KEYWORDS)
        for _, words, comments, context in found:
            template.add(words, None, [(name, 1)], auto_comments=comments, context=context)
    return template


def updated(locale: str, template: Catalog) -> Catalog:
    """A language's catalogue with all that the template has, and nothing else."""
    catalogue = read(locale)
    catalogue.update(template, no_fuzzy_matching=True)
    catalogue.obsolete.clear()
    catalogue.creation_date = catalogue.revision_date = _NO_DATE
    return catalogue


def read(locale: str) -> Catalog:
    """A language's catalogue as it stands in its file, or an empty one."""
    path = source_of(locale)
    if not path.exists():
        return Catalog(locale=locale, fuzzy=False, **_PROJECT)
    with path.open("rb") as file:
        return read_po(file, locale=locale)


def source_of(locale: str) -> Path:
    """Where people write a language's translations."""
    return FOLDER / locale / "LC_MESSAGES" / "django.po"


def as_source(catalogue: Catalog) -> bytes:
    """The text of a ``.po`` file, the same for the same catalogue."""
    written = BytesIO()
    write_po(written, catalogue, width=96, sort_by_file=True, include_lineno=False)
    return written.getvalue()


def compiled(catalogue: Catalog) -> bytes:
    """The bytes of the ``.mo`` file; what is missing or fuzzy is left out."""
    written = BytesIO()
    write_mo(written, catalogue)
    return written.getvalue()


def untranslated(catalogue: Catalog) -> Iterator[Message]:
    """What has no translation, not one for every number, or one that nobody has confirmed."""
    for message in catalogue:
        strings = message.string if isinstance(message.string, tuple | list) else [message.string]
        if message.id and (message.fuzzy or not all(strings)):
            yield message


if __name__ == "__main__":
    sys.exit(main())
