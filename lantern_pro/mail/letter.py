"""Letters: what a mail says, written once and shown as plain text and as HTML.

An app's ``mails.py`` writes a ``Letter`` from parts; the templates in ``mail/templates`` give it
its two forms. Every word goes through gettext, and the reader's locale decides its language.
"""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar, Final

from django.template.loader import render_to_string
from django.utils import translation

from lantern_pro.mail.languages import in_language_of
from lantern_pro.mail.message import Attachment, Mail

LONGEST_NAME: Final = 40
_NOT_OF_A_NAME: Final = re.compile(r"[^\w \-'()+]|_")
# First-strong isolate and its end: what stands between does not turn the words around it.
_ISOLATE: Final = "\u2068{}\u2069"
# Right to left turns the pieces of such a value around: 2027-03-01, 48.00 USD, 1y-usd-10.
_TURNED_AROUND: Final = re.compile(r"\d.*[^\d].*", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Words:
    """A paragraph."""

    kind: ClassVar[str] = "words"
    text: str


@dataclass(frozen=True, slots=True)
class Code:
    """Something to type off or to copy, on a line of its own, always from left to right."""

    kind: ClassVar[str] = "code"
    text: str


@dataclass(frozen=True, slots=True)
class Link:
    """A button; as plain text the words and the address."""

    kind: ClassVar[str] = "link"
    text: str
    url: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Names and values, a line each."""

    kind: ClassVar[str] = "facts"
    rows: Sequence[tuple[str, str]]


Part = Words | Code | Link | Facts


@dataclass(frozen=True, slots=True, kw_only=True)
class Letter:
    """What one mail says.

    ``name`` is for staff and machines. ``asked`` says that the reader has just asked for it and
    waits: only such letters go to an address that bounced or complained (docs/mail.md).
    """

    name: str
    subject: str
    parts: Sequence[Part]
    asked: bool
    attachments: Sequence[Attachment] = ()


def compose(letter: Callable[[], Letter], *, locale: str, to: str, job_id: str) -> Mail:
    """Let a letter be written in the reader's language, and give it its two forms."""
    with in_language_of(locale):
        written, is_rtl = letter(), translation.get_language_bidi()
        parts = [_in_order(part) for part in written.parts] if is_rtl else written.parts
        shown = {
            "letter": written,
            "language": translation.get_language(),
            "direction": "rtl" if is_rtl else "ltr",
        }
        return Mail(
            job_id=job_id,
            name=written.name,
            asked=written.asked,
            to=to,
            subject=written.subject,
            text=render_to_string("mail/letter.txt", {"parts": parts}).strip("\n") + "\n",
            html=render_to_string("mail/letter.html", shown),
            attachments=written.attachments,
        )


def _in_order(part: Part) -> Part:
    """A part as plain text from right to left; in HTML the template does this."""
    if not isinstance(part, Facts):
        return part
    return Facts(
        [
            (label, isolated(value) if _TURNED_AROUND.fullmatch(value) else value)
            for label, value in part.rows
        ]
    )


def isolated(value: str) -> str:
    """A date, an amount or the like, fit to stand in words that run from right to left."""
    return _ISOLATE.format(value)


def given_name(name: str) -> str:
    """A name that a stranger may have chosen (a device's), fit to stand in our words.

    Letters, digits and a few signs stay, so that no address, link or line of somebody's making
    reaches a reader under our name; and its direction does not turn our words around.
    """
    kept = " ".join(_NOT_OF_A_NAME.sub(" ", name).split())[:LONGEST_NAME].strip()
    return isolated(kept or "?")
