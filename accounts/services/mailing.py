"""Writing to users: in their language, once, and not to where mails come back from.

The rule: an address that bounced for good, or whose owner complained, gets only what its owner
has just asked for (``Letter.asked``: a code, a link, a confirmation). All else is kept back, and
staff see it.
"""

from collections.abc import Callable, Iterable
from typing import Final

from accounts.errors import InvalidEmail
from accounts.managers import mails
from accounts.managers.mails import EventKind, Posted
from accounts.models import User
from accounts.services.personal import email_hash, normal_email
from lantern_pro import clock
from lantern_pro.jobs.job import LeasedJob
from lantern_pro.mail.letter import Letter, compose
from lantern_pro.mail.outcomes import Refusal
from lantern_pro.mail.reports import Report
from lantern_pro.mail.sending import send_once
from lantern_pro.types import UserId

KIND_OF_EVENT: Final[dict[str, EventKind]] = {
    "hard_bounce": "bounced",
    "soft_bounce": "soft",
    "spam": "complained",
    "unsub": "complained",
    "delivered": "delivered",
    "open": "delivered",
    "click": "delivered",
}
"""What Mandrill's events say of an address; the others say nothing that lasts."""
_KIND_OF_REFUSAL: Final[dict[str, EventKind]] = {
    "spam": "complained",
    "unsub": "complained",
    "soft-bounce": "soft",
}


def mail_user(job: LeasedJob, *, user_id: UserId, to: str, letter: Callable[[], Letter]) -> None:
    """Write to a user and keep the pointer; the job is done then."""
    posted = post(job, user_id=user_id, to=to, letter=letter)
    mails.record_mail(user_id=user_id, posted=posted, fence=job.fence)


def post(job: LeasedJob, *, user_id: UserId, to: str, letter: Callable[[], Letter]) -> Posted:
    """Write to a user; whoever calls keeps the pointer, in the script that ends the job."""
    locale = User.objects.locale_of(user_id)
    if locale is None:
        return Posted("", clock.now(), "withheld", why="erased")  # nobody to keep it with
    mail = compose(letter, locale=locale, to=to, job_id=job.fence.job_id)
    digest = email_hash(normal_email(to))
    trouble = mails.standing_of(digest).trouble
    if trouble and not mail.asked and not job.phase:
        return Posted(mail.name, clock.now(), "withheld", why=trouble)
    handed = send_once(job, mail)
    if isinstance(handed, Refusal):
        kind = _KIND_OF_REFUSAL.get(handed.reason, "bounced")
        mails.note_mail_event(digest=digest, kind=kind, at=clock.now(), why=handed.reason)
        return Posted(mail.name, clock.now(), "refused", why=handed.reason)
    return Posted(mail.name, clock.now(), "sent", handed.sender, handed.mail_id)


def take_reports(reports: Iterable[Report]) -> int:
    """Note what the mail service tells of addresses; how many told something new."""
    return sum(_take(report) for report in reports)


def _take(report: Report) -> bool:
    kind = KIND_OF_EVENT.get(report.event)
    if kind is None:
        return False
    try:
        digest = email_hash(normal_email(report.address))
    except InvalidEmail:
        return False
    return mails.note_mail_event(digest=digest, kind=kind, at=report.at, why=report.why)
