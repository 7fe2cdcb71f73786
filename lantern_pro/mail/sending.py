"""Sending a mail for a job, once, by the first sender or the second.

The job's phase says what may have happened already: ``first.<ms>`` that the mail was on its way
to Mandrill then, ``second`` that it was on its way to the mail server, ``open`` that it is known
to be with neither. A mail that may be with Mandrill is looked up before anything else is tried.
"""

from dataclasses import dataclass
from typing import Final, Literal

from django.conf import settings

from lantern_pro import clock
from lantern_pro.jobs.job import LeasedJob
from lantern_pro.jobs.registry import Retry
from lantern_pro.jobs.worker import enter
from lantern_pro.mail import health, mandrill, smtp
from lantern_pro.mail.errors import MailRejected, MailUnreachable, MailUnsure
from lantern_pro.mail.message import Mail
from lantern_pro.mail.outcomes import NotSent, Refusal, Sent, Unknown
from lantern_pro.types import Millis

RETRY: Final = Retry(attempts=100)
"""For jobs that send mail: a sender that is away for some hours costs no mail."""

_FIRST: Final = "first"
_SECOND: Final = "second"
_OPEN: Final = "open"
PHASES: Final = (_FIRST, _SECOND, _OPEN)
"""What such a job declares."""


@dataclass(frozen=True, slots=True)
class Handed:
    """A mail that a sender has taken: who, and under which name."""

    sender: Literal["mandrill", "smtp"]
    mail_id: str


def send_once(job: LeasedJob, mail: Mail) -> Handed | Refusal:
    """Send the mail, or learn that it is out already; a ``Refusal`` is about the address.

    ``MailUnreachable``, ``MailUnsure`` and ``MailRejected`` (a sender does not take mails from us
    at all) leave the job to be tried again.
    """
    step, _, since = job.phase.partition(".")
    if step == _SECOND:
        return _by_second(job, mail)
    if step == _FIRST:
        found = _look_up(job)
        if found:
            return Handed("mandrill", found)
        # Until Mandrill has indexed what it took, that a search finds nothing proves nothing.
        if clock.now() - Millis(int(since)) < settings.MAIL_INDEXED_SECONDS * 1000:
            raise MailUnsure
    if smtp.is_there() and health.is_away(job.cell):
        return _by_second(job, mail)
    return _by_first(job, mail)


def _look_up(job: LeasedJob) -> str | None:
    try:
        found = mandrill.find(job.fence.job_id)
    except MailUnreachable:
        health.note_silence(job.cell)
        raise
    health.note_answer(job.cell)
    return found


def _by_first(job: LeasedJob, mail: Mail) -> Handed | Refusal:
    enter(job, f"{_FIRST}.{clock.now()}")
    outcome = mandrill.send(mail)
    match outcome:
        case Sent(mail_id):
            health.note_answer(job.cell)
            return Handed("mandrill", mail_id)
        case Unknown(reason):
            health.note_silence(job.cell)
            raise MailUnreachable(f"The mail service: {reason}.")
        case NotSent(reason):
            enter(job, _OPEN)
            health.note_silence(job.cell)
            raise MailUnreachable(f"The mail service: {reason}.")
    health.note_answer(job.cell)
    enter(job, _OPEN)
    if smtp.is_there() and (mail.asked or not outcome.of_address):
        return _by_second(job, mail)
    if outcome.of_address:
        return outcome
    raise MailRejected(f"The mail service refuses our mail: {outcome.reason}.")


def _by_second(job: LeasedJob, mail: Mail) -> Handed | Refusal:
    enter(job, _SECOND)
    outcome = smtp.send(mail)
    match outcome:
        case Sent(mail_id):
            return Handed("smtp", mail_id)
        case Unknown(reason):
            raise MailUnreachable(f"The second mail service: {reason}.")
    enter(job, _OPEN)
    match outcome:
        case Refusal(_, of_address=True):
            return outcome
        case Refusal(reason):
            raise MailRejected(f"The second mail service refuses our mail: {reason}.")
    raise MailUnreachable(f"The second mail service: {outcome.reason}.")
