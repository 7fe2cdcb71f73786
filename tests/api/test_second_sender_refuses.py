"""What the second sender may answer."""

from pathlib import Path
from typing import Any

import pytest

from accounts.managers.mails import mails_of
from devstack.mandrill_standin import MandrillStandin
from devstack.standin import Fault
from tests.api.mailing import Post
from tests.mail_server import MailServer, mail_server, own_certificate

SEND = "/api/1.0/messages/send"


def test_a_second_sender_that_knows_no_such_mailbox_ends_the_job_and_the_address_is_known(
    post: Post, second: MailServer, mandrill_standin: MandrillStandin
) -> None:
    mandrill_standin.faults.add(Fault("invalid_key", SEND))
    second.reply_to_recipient = "550 5.1.1 no such mailbox"

    job = post.send()
    later = post.send("later", asked=False)

    assert (job.state, later.state) == ("done", "done")
    assert [(each.state, each.why) for each in mails_of(post.user_id, most=9)] == [
        ("withheld", "bounced"),
        ("refused", "SMTP 550"),
    ]


@pytest.mark.parametrize(
    ("refusal", "error_id", "reply"),
    [
        ({"reply_to_recipient": "450 try later"}, "mail-unreachable", "SMTP 450"),
        ({"reply_to_sender": "553 who are you"}, "mail-rejected", "SMTP 553"),
        ({"reply_to_mail": "554 looks like spam"}, "mail-rejected", "SMTP 554"),
        ({"reply_to_mail": "452 full"}, "mail-unreachable", "SMTP 452"),
    ],
)
def test_what_the_second_refuses_too_is_told_and_tried_again_from_the_beginning(
    post: Post,
    second: MailServer,
    mandrill_standin: MandrillStandin,
    refusal: dict[str, str],
    error_id: str,
    reply: str,
) -> None:
    mandrill_standin.faults.add(Fault("invalid_key", SEND))
    for name, words in refusal.items():
        setattr(second, name, words)

    refused = post.send()
    sent = post.again()

    assert refused.state == "pending"
    assert refused.last_error.startswith(error_id)
    assert reply in refused.last_error
    assert (sent.state, len(mandrill_standin.mails), second.mails) == ("done", 1, [])


def test_a_second_that_hangs_up_after_it_took_the_mail_is_given_it_again_under_the_same_name(
    post: Post, second: MailServer, mandrill_standin: MandrillStandin
) -> None:
    mandrill_standin.faults.add(Fault("invalid_key", SEND))
    second.reply_to_mail = "hang up"
    lost = post.send()
    second.reply_to_mail = ""

    sent = post.again()

    assert "mail-unreachable" in lost.last_error
    assert (sent.state, mandrill_standin.mails) == ("done", [])
    assert len({mail["Message-ID"] for mail in second.mails}) == 1


def test_a_second_sender_may_ask_for_a_password(
    post: Post, mandrill_standin: MandrillStandin, settings: Any
) -> None:
    mandrill_standin.faults.add(Fault("invalid_key", SEND, times=2))
    settings.EMAIL_HOST, settings.EMAIL_USE_TLS = "127.0.0.1", False
    settings.EMAIL_HOST_USER = "lantern"
    with mail_server(password="right") as server:
        settings.EMAIL_PORT = server.port
        settings.EMAIL_HOST_PASSWORD = "wrong"
        refused = post.send()
        settings.EMAIL_HOST_PASSWORD = "right"
        sent = post.again()

    assert "SMTP 535" in refused.last_error
    assert (sent.state, len(server.mails)) == ("done", 1)


def test_no_mail_is_given_to_a_server_whose_certificate_nobody_vouches_for(
    post: Post, mandrill_standin: MandrillStandin, settings: Any, tmp_path: Path
) -> None:
    mandrill_standin.faults.add(Fault("invalid_key", SEND))
    context, _ = own_certificate(tmp_path)
    with mail_server(tls=context) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        job = post.send()

    assert "SSLCertVerificationError" in job.last_error
    assert server.mails == []


def test_a_server_with_a_good_certificate_is_given_the_mail_behind_tls(
    post: Post,
    mandrill_standin: MandrillStandin,
    settings: Any,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    mandrill_standin.faults.add(Fault("invalid_key", SEND))
    context, public = own_certificate(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(public))
    with mail_server(tls=context) as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        job = post.send()

    assert (job.state, len(server.mails)) == ("done", 1)


def test_a_server_that_offers_no_tls_is_given_nothing(
    post: Post, second: MailServer, mandrill_standin: MandrillStandin, settings: Any
) -> None:
    settings.EMAIL_USE_TLS = True
    mandrill_standin.faults.add(Fault("invalid_key", SEND))

    job = post.send()

    assert "mail-unreachable" in job.last_error
    assert second.mails == []
