"""A mail server as the tests play it: SMTP on loopback, refusing what it is told to."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

from devstack.redis_server import free_port


@dataclass
class MailServer:
    """What it was told and what it answers; an empty reply is a yes, ``hang up`` is no reply."""

    mails: list[EmailMessage] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)
    reply_to_recipient: str = ""
    reply_to_sender: str = ""
    reply_to_mail: str = ""
    port: int = 0

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name and arguments
        self, server: SMTP, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Answer ``MAIL FROM``."""
        del server
        envelope.mail_from = address
        return self.reply_to_sender or "250 OK"

    async def handle_RCPT(  # noqa: N802
        self, server: SMTP, _session: Any, envelope: Any, address: str, _options: Any
    ) -> str:
        """Answer ``RCPT TO``."""
        del server
        if not self.reply_to_recipient:
            envelope.rcpt_tos.append(address)
        return self.reply_to_recipient or "250 OK"

    async def handle_DATA(self, server: SMTP, _session: Any, envelope: Any) -> str:  # noqa: N802
        """Take the mail in, and answer."""
        if self.reply_to_mail.startswith(("4", "5")):
            return self.reply_to_mail
        parsed = BytesParser(policy=default).parsebytes(envelope.content)
        assert isinstance(parsed, EmailMessage)
        self.mails.append(parsed)
        self.to.append(list(envelope.rcpt_tos))
        if self.reply_to_mail == "hang up" and server.transport:
            server.transport.close()
        return "250 OK"


@contextmanager
def mail_server(*, password: str = "") -> Iterator[MailServer]:
    """Serve until the block ends; with a password, no other one is taken."""
    handler = MailServer()

    def check(_server: Any, _session: Any, _envelope: Any, _way: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == password.encode(), handled=False)

    options: dict[str, Any] = {"authenticator": check, "auth_require_tls": False}
    handler.port = free_port()
    controller = Controller(
        handler, hostname="127.0.0.1", port=handler.port, **(options if password else {})
    )
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()
