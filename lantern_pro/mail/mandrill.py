"""Mandrill, the first sender, and the only module that speaks it.

Mandrill has no idempotency keys. So each message carries the id of its job as metadata, and
before a repeat the message is looked up by it (``find``). ``mail/sending.py`` says when.
"""

import base64
from email.utils import parseaddr
from http import HTTPStatus
from typing import Any, Final

import mandrill
import requests
from django.conf import settings
from urllib3.exceptions import NewConnectionError

from lantern_pro.mail.errors import MailUnreachable
from lantern_pro.mail.message import Mail
from lantern_pro.mail.outcomes import NotSent, Outcome, Refusal, Sent, Unknown

TIMEOUT_SECONDS: Final = (3, 10)
"""To connect, and between bytes of the answer; together well below a job's lease."""
LOOK_SECONDS: Final = (2, 4)
"""The same, where a person waits for the page."""
OF_ADDRESS: Final = frozenset({"hard-bounce", "soft-bounce", "spam", "unsub", "custom", "invalid"})
"""Reasons for which Mandrill refuses a reader; all others are about the account or the message."""
_NOT_NOW: Final = frozenset({HTTPStatus.REQUEST_TIMEOUT, HTTPStatus.TOO_MANY_REQUESTS})


class _TimedSession(requests.Session):
    """A session that never waits for ever; the ``mandrill`` package sets no timeout of its own."""

    def __init__(self, timeout: tuple[float, float]) -> None:
        """Wait for so long to connect, and between bytes."""
        super().__init__()
        self._timeout = timeout

    def request(self, *arguments: Any, **options: Any) -> requests.Response:
        """Send a request, with our timeout."""
        options.setdefault("timeout", self._timeout)
        return super().request(*arguments, **options)


class _Failed(Exception):
    """A call without a result, and what that means for a mail that it was to send."""

    def __init__(self, outcome: Outcome, name: str) -> None:
        self.outcome = outcome
        self.name = name
        super().__init__(name)


def send(mail: Mail) -> Outcome:
    """Hand a mail over."""
    try:
        answer = _call("messages", "send", message=_message(mail))[0]
    except _Failed as failed:
        return failed.outcome
    if answer["status"] in {"rejected", "invalid"}:
        reason = str(answer.get("reject_reason") or "invalid")
        return Refusal(reason, of_address=reason in OF_ADDRESS)
    return Sent(str(answer["_id"]))


def find(job_id: str) -> str | None:
    """Look up the mail that a job has sent; its id, or None; ``MailUnreachable`` if unanswered."""
    found = _ask("messages", "search", query=f'u_job:"{job_id}"', limit=1)
    return str(found[0]["_id"]) if found else None


def info(mail_id: str) -> dict[str, Any] | None:
    """What became of a mail; None when Mandrill has none of this id; ``MailUnreachable``.

    People wait for this answer, so it is not waited for as long.
    """
    try:
        found = _call("messages", "info", timeout=LOOK_SECONDS, id=mail_id)
    except _Failed as failed:
        if failed.name == mandrill.UnknownMessageError.__name__:
            return None
        raise MailUnreachable(f"The mail service: {failed}.") from None
    return dict(found)


def welcome_back(address: str) -> None:
    """Take an address off Mandrill's list of rejects; ``MailUnreachable`` if unanswered."""
    _ask("rejects", "delete", email=address)


def answers() -> bool:
    """Whether Mandrill is there and takes our key."""
    try:
        _call("users", "ping2")
    except _Failed:
        return False
    return True


def _message(mail: Mail) -> dict[str, object]:
    name, address = parseaddr(settings.MAIL_FROM)
    return {
        "to": [{"email": mail.to, "type": "to"}],
        "from_email": address,
        "from_name": name,
        "subject": mail.subject,
        "text": mail.text,
        "html": mail.html,
        "metadata": {"job": mail.job_id},
        "tags": [mail.name],
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


def _ask(area: str, action: str, **parameters: Any) -> Any:
    try:
        return _call(area, action, **parameters)
    except _Failed as failed:
        raise MailUnreachable(f"The mail service: {failed}.") from None


def _call(
    area: str, action: str, *, timeout: tuple[float, float] | None = None, **parameters: Any
) -> Any:
    mandrill.ROOT = settings.MANDRILL_API_BASE
    client = mandrill.Mandrill(settings.MANDRILL_API_KEY)
    client.session.close()
    with _TimedSession(timeout or TIMEOUT_SECONDS) as client.session:
        try:
            return getattr(getattr(client, area), action)(**parameters)
        except (requests.RequestException, mandrill.Error, ValueError) as error:
            # The package's messages may hold the address: only the kind of error is told.
            name = type(error).__name__
            raise _Failed(_meaning(error, name, _status(client)), name) from None


def _status(client: Any) -> int:
    """The status of the answer; 0 when there was none."""
    return int(client.last_request["response"].status_code) if client.last_request else 0


def _meaning(error: Exception, name: str, status: int) -> Outcome:
    """What a failed call says of the mail: what is not certain is ``Unknown``."""
    if isinstance(error, requests.RequestException):
        cause = getattr(error.args[0], "reason", None) if error.args else None
        never_left = isinstance(error, requests.ConnectTimeout | requests.exceptions.ProxyError)
        if never_left or isinstance(cause, NewConnectionError):
            return NotSent(name)
        return Unknown(name)
    if status in _NOT_NOW or isinstance(error, mandrill.ServiceUnavailableError):
        return NotSent(name)
    if isinstance(error, mandrill.Error) and type(error) is not mandrill.Error:
        return Refusal(name, of_address=False)  # Mandrill gave its reason a name: wrong key, …
    if HTTPStatus.BAD_REQUEST <= status < HTTPStatus.INTERNAL_SERVER_ERROR:
        return Refusal(f"HTTP {status}", of_address=False)
    return Unknown(name)
