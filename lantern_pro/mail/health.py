"""Whether the first sender answers, as the workers of a cell have seen it."""

from typing import Final

from django.conf import settings

from lantern_pro import clock
from lantern_pro.mail import mandrill
from lantern_pro.mail.keys import PROBED, SILENT_SINCE
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell

PROBE_MS: Final = 30_000


def note_answer(cell: Cell) -> None:
    """Note that it has answered."""
    text_client().delete(SILENT_SINCE(cell=cell))


def note_silence(cell: Cell) -> None:
    """Note that it has not; the first time counts."""
    text_client().set(SILENT_SINCE(cell=cell), clock.now(), nx=True)


def is_away(cell: Cell) -> bool:
    """Whether it has been silent for longer than the operator has patience.

    While it is, one worker in half a minute asks whether it is back; that costs no mail.
    """
    since = text_client().get(SILENT_SINCE(cell=cell))
    if since is None or clock.now() - int(since) < settings.MAIL_PATIENCE_SECONDS * 1000:
        return False
    if text_client().set(PROBED(cell=cell), 1, nx=True, px=PROBE_MS) and mandrill.answers():
        note_answer(cell)
        return False
    return True
