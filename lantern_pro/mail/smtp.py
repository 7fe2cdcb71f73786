"""The second sender: any mail server, by SMTP, as Django speaks it.

SMTP has no look-up. What a server was told last is known to be sent, refused or not; only a
connection that breaks while the server takes the mail leaves it open. A repeat then carries the
same ``Message-ID``, by which many mailboxes keep one of the two.
"""

import hashlib
import smtplib
from email.utils import parseaddr
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection

from lantern_pro.mail.message import Mail
from lantern_pro.mail.outcomes import NotSent, Outcome, Refusal, Sent, Unknown

_BACKEND: Final = "django.core.mail.backends.smtp.EmailBackend"
_PERMANENT: Final = 500
"""SMTP's replies from here on say that repeating will not help."""


def is_there() -> bool:
    """Whether the operator has named a mail server."""
    return bool(settings.EMAIL_HOST)


def send(mail: Mail) -> Outcome:
    """Hand a mail over."""
    connection: Any = get_connection(_BACKEND)
    try:
        return _refused_at_the_door(connection) or _hand_over(mail, connection)
    finally:
        connection.close()  # Django leaves it open when the server refuses our password


def message_id(job_id: str) -> str:
    """The name of a job's mail, the same at every try; it tells nothing of the job."""
    domain = parseaddr(settings.MAIL_FROM)[1].rpartition("@")[2]
    return f"<{hashlib.sha256(job_id.encode()).hexdigest()[:32]}@{domain}>"


def _refused_at_the_door(connection: Any) -> Outcome | None:
    try:
        connection.open()
    except smtplib.SMTPAuthenticationError as error:
        return _by_reply(error.smtp_code, of_address=False)
    except (smtplib.SMTPException, OSError) as error:
        return NotSent(type(error).__name__)
    return None


def _hand_over(mail: Mail, connection: Any) -> Outcome:
    named = message_id(mail.job_id)
    message = EmailMultiAlternatives(
        subject=mail.subject,
        body=mail.text,
        from_email=settings.MAIL_FROM,
        to=[mail.to],
        headers={"Message-ID": named, "Auto-Submitted": "auto-generated"},
        connection=connection,
    )
    message.attach_alternative(mail.html, "text/html")
    for each in mail.attachments:
        message.attach(each.name, each.content, each.media_type)
    try:
        message.send()
    except smtplib.SMTPRecipientsRefused as error:
        ((code, _),) = error.recipients.values()
        return _by_reply(code, of_address=True)
    except smtplib.SMTPResponseException as error:  # the sender, or the mail as a whole
        return _by_reply(error.smtp_code, of_address=False)
    except (smtplib.SMTPException, OSError) as error:
        return Unknown(type(error).__name__)
    return Sent(named)


def _by_reply(code: int, *, of_address: bool) -> Outcome:
    if code >= _PERMANENT:
        return Refusal(f"SMTP {code}", of_address=of_address)
    return NotSent(f"SMTP {code}")
