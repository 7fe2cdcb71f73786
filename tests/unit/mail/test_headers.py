"""Whatever stands in a mail, its headers are those that we wrote, and no more."""

from email.parser import BytesParser
from email.policy import default

import pytest
from django.core.mail import EmailMultiAlternatives
from hypothesis import given, settings
from hypothesis import strategies as st

from lantern_pro.mail import smtp
from lantern_pro.mail.errors import UnfitMail
from lantern_pro.mail.letter import LONGEST_NAME, given_name
from lantern_pro.mail.message import Attachment, Mail

WRITTEN = {"From", "To", "Subject", "Message-ID", "Auto-Submitted", "Date", "MIME-Version",
           "Content-Type"}  # fmt: skip
NASTY = st.text(st.sampled_from("a@.\r\n\0 ,;:<>\"'()[]\\=?ж\u2028\u202e"), max_size=40)
ANYTHING = NASTY | st.text(max_size=40) | st.emails()


def as_sent(mail: Mail) -> bytes:
    """The mail as the mail server gets it."""
    sent: list[EmailMultiAlternatives] = []

    class Connection:
        def send_messages(self, messages: list[EmailMultiAlternatives]) -> int:
            sent.extend(messages)
            return 1

    smtp._hand_over(mail, Connection())
    return sent[0].message().as_bytes()


@settings(max_examples=300, deadline=None)
@given(to=ANYTHING, subject=ANYTHING, name=ANYTHING)
def test_no_address_subject_or_file_name_makes_a_header_or_a_second_reader(
    to: str, subject: str, name: str
) -> None:
    try:
        mail = Mail(
            job_id="c0.a.b",
            name="x",
            asked=False,
            to=to,
            subject=subject,
            text="text",
            html="<p>html</p>",
            attachments=[Attachment(name, "application/pdf", b"%PDF")],
        )
    except UnfitMail:
        return
    parsed = BytesParser(policy=default).parsebytes(as_sent(mail))

    assert set(parsed.keys()) == WRITTEN
    assert len(parsed["To"].addresses) == 1
    assert parsed["Subject"].split() == subject.split()
    assert [part.get_content_type() for part in parsed.walk()][1:] == [
        "multipart/alternative",
        "text/plain",
        "text/html",
        "application/pdf",
    ]


@given(st.text())
def test_a_strangers_name_links_to_nothing(name: str) -> None:
    shown = given_name(name)

    assert not set(shown) & set('.:/@\\<>&"\r\n\u202e')
    assert len(shown) <= LONGEST_NAME + 2


@pytest.mark.parametrize("address", ["reader@bücher.example", "reader@xn--bcher-kva.example"])
def test_a_domain_of_foreign_letters_is_written_as_mail_servers_know_it(address: str) -> None:
    mail = Mail(job_id="c0.a.b", name="x", asked=False, to=address, subject="x", text="x", html="x")

    parsed = BytesParser(policy=default).parsebytes(as_sent(mail))

    assert parsed["To"] == "reader@xn--bcher-kva.example"
