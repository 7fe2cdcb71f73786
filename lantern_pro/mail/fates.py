"""What became of mails: asked of Mandrill when somebody looks, and kept for a minute."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.core.cache import cache

from lantern_pro.mail import mandrill
from lantern_pro.mail.errors import MailUnreachable

KEPT_SECONDS: Final = 60


@dataclass(frozen=True, slots=True)
class Fate:
    """What Mandrill says of a mail.

    ``state`` is its word (``sent``, ``bounced``, ``rejected``, …), or ``unknown`` for a mail that
    it does not have: it forgets them after some weeks, and finds them only after some seconds.
    """

    state: str
    opens: int


def fates_of(mail_ids: Iterable[str]) -> dict[str, Fate | None]:
    """What became of mails at Mandrill, by their ids; None where it cannot be reached just now.

    After the first that it does not answer for, it is not asked for the others.
    """
    found: dict[str, Fate | None] = {}
    reachable = True
    for mail_id in mail_ids:
        kept = cache.get(_name(mail_id))
        if kept is None and reachable:
            try:
                kept = _ask(mail_id)
            except MailUnreachable:
                reachable = False
        found[mail_id] = Fate(*kept) if kept else None
    return found


def _ask(mail_id: str) -> tuple[str, int]:
    told = mandrill.info(mail_id)
    kept = (str(told["state"]), int(told.get("opens") or 0)) if told else ("unknown", 0)
    cache.set(_name(mail_id), kept, KEPT_SECONDS)
    return kept


def _name(mail_id: str) -> str:
    return f"mail-fate:{mail_id}"
