"""A mail as it is handed to a sender: checked, so that no header holds more than it says."""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from lantern_pro.mail.errors import UnfitMail

LONGEST_ADDRESS: Final = 254
LONGEST_SUBJECT: Final = 200
# One address and nothing beside it. What mail servers read in more than one way (quotes, comments,
# routes, lists) is left out; nobody's real address needs it.
_ADDRESS: Final = re.compile(
    r"[^\s@<>()\[\],;:\\\"]+@[^\s@<>()\[\],;:\\\"]+\.[^\s@<>()\[\],;:\\\".]+"
)


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a mail."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Mail:
    """A mail to one person; ``job_id`` is how it is found again. ``UnfitMail`` when it is unfit."""

    job_id: str
    name: str
    asked: bool
    to: str
    subject: str
    text: str
    html: str
    attachments: Sequence[Attachment] = ()

    def __post_init__(self) -> None:
        """Refuse an address that is not one, and headers of more than a line."""
        if len(self.to) > LONGEST_ADDRESS or not _ADDRESS.fullmatch(self.to):
            raise UnfitMail("The address is not one plain address.", field="to")
        if not _is_a_line(self.to):
            raise UnfitMail("The address holds a control character.", field="to")
        if len(self.subject) > LONGEST_SUBJECT or not _is_a_line(self.subject):
            raise UnfitMail("The subject is not one short line.", field="subject")
        for attachment in self.attachments:
            if not _is_a_line(attachment.name) or not _is_a_line(attachment.media_type):
                raise UnfitMail("A file's name is not one line.", field="attachments")


def _is_a_line(text: str) -> bool:
    """Whether nothing in it ends a line or controls anything."""
    return bool(text) and not any(
        unicodedata.category(letter) in {"Cc", "Zl", "Zp"} for letter in text
    )
