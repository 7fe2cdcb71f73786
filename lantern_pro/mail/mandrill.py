"""Mandrill, and the only module that speaks it.

Mandrill has no idempotency keys. So each message carries the id of its job as metadata, and
before a repeat the message is looked up by it (``find``). Mandrill indexes with a delay of some
seconds: a repeat within that window can double a mail, and nothing else can.
"""

import base64
from email.utils import parseaddr
from typing import Any, Final

import mandrill
import requests
from django.conf import settings

from lantern_pro.mail.errors import MailRejected, MailUnreachable
from lantern_pro.mail.message import Mail

TIMEOUT_SECONDS: Final = (3, 10)
"""To connect, and between bytes of the answer; together well below a job's lease."""


class _TimedSession(requests.Session):
    """A session that never waits for ever; the ``mandrill`` package sets no timeout of its own."""

    def request(self, *arguments: Any, **options: Any) -> requests.Response:
        """Send a request, with our timeout."""
        options.setdefault("timeout", TIMEOUT_SECONDS)
        return super().request(*arguments, **options)


def send(mail: Mail) -> str:
    """Send a mail and return Mandrill's id of it."""
    name, address = parseaddr(settings.MAIL_FROM)
    message = {
        "to": [{"email": mail.to, "type": "to"}],
        "from_email": address,
        "from_name": name,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "metadata": {"job": mail.job_id},
        "track_opens": False,
        "track_clicks": False,
        "view_content_link": False,
        "attachments": [
            {
                "name": attachment.name,
                "type": attachment.media_type,
                "content": base64.b64encode(attachment.content).decode(),
            }
            for attachment in mail.attachments
        ],
    }
    answer = _call("messages", "send", message=message)[0]
    if answer["status"] in {"rejected", "invalid"}:
        raise MailRejected(f"The mail service says {answer.get('reject_reason') or 'invalid'}.")
    return str(answer["_id"])


def find(job_id: str) -> str | None:
    """Look up the mail that a job has sent; its id at Mandrill, or None."""
    found = _call("messages", "search", query=f'u_job:"{job_id}"', limit=1)
    return str(found[0]["_id"]) if found else None


def _call(area: str, action: str, **parameters: object) -> Any:
    mandrill.ROOT = settings.MANDRILL_API_BASE
    client = mandrill.Mandrill(settings.MANDRILL_API_KEY)
    with _TimedSession() as client.session:
        try:
            return getattr(getattr(client, area), action)(**parameters)
        except (requests.RequestException, mandrill.Error, ValueError) as error:
            # The package's messages may hold the address: only the kind of error is told.
            raise MailUnreachable(f"The mail service: {type(error).__name__}.") from None
