"""When mails go by the second sender, and that none goes by both."""

from typing import Any

import pytest
import redis

from accounts.managers.mails import mails_of
from devstack.mandrill_standin import MandrillStandin
from devstack.redis_server import free_port
from devstack.standin import Fault
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.mail import mandrill
from lantern_pro.mail.keys import PROBED
from lantern_pro.mail.smtp import message_id
from lantern_pro.types import JobId
from tests.api.mailing import HERE, READER, Post
from tests.mail_server import MailServer

SEND = "/api/1.0/messages/send"
ALL = "/api/1.0/"
PATIENCE_MS = 120_000


def test_what_the_first_sender_takes_does_not_go_by_the_second(
    post: Post, second: MailServer, mandrill_standin: MandrillStandin
) -> None:
    job = post.send()

    assert job.state == "done"
    assert (len(mandrill_standin.mails), second.mails) == (1, [])
    [kept] = mails_of(post.user_id, most=9)
    assert (kept.name, kept.state, kept.sender) == ("tested", "sent", "mandrill")
    assert kept.id == mandrill_standin.mails[0]["id"]


@pytest.mark.parametrize("fault", ["invalid_key", "payment_required"])
def test_a_mail_goes_by_the_second_when_the_first_refuses_our_account(
    post: Post, second: MailServer, mandrill_standin: MandrillStandin, fault: str
) -> None:
    mandrill_standin.faults.add(Fault(fault, SEND))

    job = post.send()

    assert job.state == "done"
    assert (mandrill_standin.mails, second.to) == ([], [[READER]])
    [mail] = second.mails
    assert mail["Subject"] == "Grüße, 你好"
    assert mail["From"] == "Lantern Pro <pro@example.org>"
    assert mail["Message-ID"] == message_id(job.pk)
    assert job.pk not in str(mail["Message-ID"])
    text, html = mail.get_body(("plain",)), mail.get_body(("html",))
    assert text is not None
    assert html is not None
    assert "سلام" in text.get_content()
    assert "<p" in html.get_content()
    [file] = mail.iter_attachments()
    assert (file.get_filename(), file.get_content()) == ("a.pdf", b"%PDF-1")
    [kept] = mails_of(post.user_id, most=9)
    assert (kept.sender, kept.id) == ("smtp", mail["Message-ID"])


def test_what_was_asked_for_goes_by_the_second_when_the_first_refuses_the_reader(
    post: Post, second: MailServer, mandrill_standin: MandrillStandin
) -> None:
    mandrill_standin.faults.add(Fault("reject", SEND, times=2))

    asked, told = post.send("a", asked=True), post.send("b", asked=False)

    assert (asked.state, told.state) == ("done", "done")
    assert len(second.mails) == 1
    assert [each.state for each in mails_of(post.user_id, most=9)] == ["refused", "sent"]


def test_without_a_second_sender_a_refused_account_leaves_a_job_that_says_why(
    post: Post, mandrill_standin: MandrillStandin
) -> None:
    mandrill_standin.faults.add(Fault("invalid_key", SEND))

    refused = post.send()
    done = post.again()

    assert refused.state == "pending"
    assert "mail-rejected" in refused.last_error
    assert "InvalidKeyError" in refused.last_error
    assert READER not in refused.last_error
    assert (done.state, len(mandrill_standin.mails)) == ("done", 1)


def test_a_mail_that_the_first_may_have_is_looked_up_and_not_sent_by_the_second(
    post: Post, second: MailServer, mandrill_standin: MandrillStandin
) -> None:
    mandrill_standin.faults.add(Fault("close_after", SEND))
    lost = post.send()
    mandrill_standin.faults.add(Fault("invalid_key", SEND))  # would send it by the second

    found = post.again()

    assert "mail-unreachable" in lost.last_error
    assert found.state == "done"
    assert (len(mandrill_standin.mails), second.mails) == (1, [])
    assert mails_of(post.user_id, most=9)[0].id == mandrill_standin.mails[0]["id"]


def test_a_mail_that_the_first_may_have_waits_for_it_however_long_it_is_away(
    post: Post, second: MailServer, mandrill_standin: MandrillStandin
) -> None:
    mandrill_standin.faults.add(Fault("close_after", SEND))
    mandrill_standin.faults.add(Fault("close_before", ALL, times=99))
    post.send()

    with clock.shifted(10 * PATIENCE_MS):
        waiting = post.again()
    mandrill_standin.faults.clear()
    found = post.again()

    assert waiting.state == "pending"
    assert "mail-unreachable" in waiting.last_error
    assert (found.state, len(mandrill_standin.mails), second.mails) == ("done", 1, [])


def test_no_trace_of_a_mail_proves_nothing_until_it_would_be_indexed(
    post: Post, second: MailServer, mandrill_standin: MandrillStandin
) -> None:
    mandrill_standin.index_delay = 3600
    mandrill_standin.faults.add(Fault("close_after", SEND))
    post.send()

    early = post.again()
    mandrill_standin.index_delay = 0
    found = post.again()

    assert early.state == "pending"
    assert "mail-unsure" in early.last_error
    assert (found.state, len(mandrill_standin.mails), second.mails) == ("done", 1, [])


def test_a_mail_that_never_arrived_is_sent_once_that_is_known(
    post: Post, second: MailServer, mandrill_standin: MandrillStandin
) -> None:
    mandrill_standin.faults.add(Fault("close_before", SEND))
    post.send()

    with clock.shifted(61_000):
        sent = post.again()

    assert (sent.state, len(mandrill_standin.mails), second.mails) == ("done", 1, [])


def test_while_the_first_cannot_be_connected_to_the_second_waits_for_our_patience(
    post: Post, second: MailServer, settings: Any
) -> None:
    settings.MANDRILL_API_BASE = f"http://127.0.0.1:{free_port()}/api/1.0/"

    impatient = post.send()
    with clock.shifted(PATIENCE_MS):
        sent = post.again()

    assert impatient.state == "pending"
    assert "mail-unreachable" in impatient.last_error
    assert (sent.state, len(second.mails)) == ("done", 1)


def test_while_the_first_is_away_new_mails_go_by_the_second_at_once_and_back_when_it_answers(
    post: Post, second: MailServer, mandrill_standin: MandrillStandin, service: redis.Redis
) -> None:
    mandrill_standin.faults.add(Fault("close_before", ALL, times=2))
    stuck = post.send("stuck")
    assert ledger.drop(JobId(stuck.pk), reason="it would be tried again in between")

    with clock.shifted(PATIENCE_MS):
        away = [post.send("a"), post.send("b")]
        by_second = len(second.mails)
        half_a_minute_passes(service)
        back = post.send("c")

    assert stuck.state == "pending"
    assert [job.state for job in [*away, back]] == ["done", "done", "done"]
    assert by_second == 2
    assert (len(second.mails), len(mandrill_standin.mails)) == (2, 1)


def test_an_address_that_is_none_ends_in_a_job_that_says_so_and_holds_no_address(
    post: Post, mandrill_standin: MandrillStandin
) -> None:
    job = post.send(to="a@example.org\nBcc: b@example.org")

    assert job.state == "pending"
    assert "unfit-mail" in job.last_error
    assert "example.org" not in job.last_error
    assert mandrill_standin.mails == []


def test_a_slow_first_sender_does_not_hold_a_worker_for_ever(
    post: Post, mandrill_standin: MandrillStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mandrill, "TIMEOUT_SECONDS", (1, 0.2))
    mandrill_standin.faults.add(Fault("timeout_before", SEND))

    job = post.send()

    assert "ReadTimeout" in job.last_error


def half_a_minute_passes(client: redis.Redis) -> None:
    """Let the time be over in which nobody asks again whether the first is back."""
    assert client.delete(PROBED(cell=HERE)) == 1
