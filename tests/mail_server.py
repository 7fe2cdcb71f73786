"""A mail server as the tests play it: SMTP on loopback, refusing what it is told to."""

import ssl
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from email.parser import BytesParser
from email.policy import default
from ipaddress import IPv4Address
from pathlib import Path
from typing import Any

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from cryptography.x509.oid import NameOID

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
def mail_server(*, password: str = "", tls: ssl.SSLContext | None = None) -> Iterator[MailServer]:
    """Serve until the block ends; with a password, no other one is taken.

    With ``tls`` nothing is taken before STARTTLS.
    """
    handler = MailServer()

    def check(_server: Any, _session: Any, _envelope: Any, _way: str, data: Any) -> AuthResult:
        return AuthResult(success=data.password == password.encode(), handled=False)

    options: dict[str, Any] = {"authenticator": check, "auth_require_tls": False}
    handler.port = free_port()
    controller = Controller(
        handler,
        hostname="127.0.0.1",
        port=handler.port,
        tls_context=tls,
        require_starttls=tls is not None,
        **(options if password else {}),
    )
    controller.start()
    try:
        yield handler
    finally:
        controller.stop()


def own_certificate(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """A certificate for 127.0.0.1 that only those trust who are given its file."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "127.0.0.1")])
    address = x509.SubjectAlternativeName([x509.IPAddress(IPv4Address("127.0.0.1"))])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(hours=1))
        .not_valid_after(now + timedelta(hours=1))
        .add_extension(address, critical=False)
        .sign(key, hashes.SHA256())
    )
    public = certificate.public_bytes(Encoding.PEM)
    secret = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    (folder / "both.pem").write_bytes(secret + public)
    (folder / "public.pem").write_bytes(public)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "both.pem")
    return context, folder / "public.pem"
