"""The receipt of a purchase, by mail."""

from base64 import b64decode
from collections.abc import Callable
from io import BytesIO

from pypdf import PdfReader

from billing.models import Purchase
from devstack.mandrill_standin import MandrillStandin
from devstack.standin.faults import Fault
from lantern_pro.jobs import ledger
from lantern_pro.jobs.models import Job
from lantern_pro.types import JobId
from tests.client_app import ClientApp

RunJobs = Callable[[], int]


def test_the_receipt_is_mailed_once_with_a_pdf_that_names_the_charge(
    client: ClientApp, run_jobs: RunJobs, mandrill_standin: MandrillStandin
) -> None:
    client.buy()

    run_jobs()
    run_jobs()

    purchase = Purchase.objects.get()
    [mail] = mandrill_standin.mails
    assert mail["email"] == "reader@example.org"
    assert mail["id"] == purchase.mail_id
    [attachment] = mail["attachments"]
    text = PdfReader(BytesIO(b64decode(attachment["content"]))).pages[0].extract_text()
    assert str(purchase.charge_id) in text
    assert "48.00 USD" in text


def test_a_mail_whose_answer_was_lost_is_not_sent_twice(
    client: ClientApp, run_jobs: RunJobs, mandrill_standin: MandrillStandin
) -> None:
    mandrill_standin.faults.add(Fault("close_after", "/api/1.0/messages/send.json"))
    client.buy()

    run_jobs()
    waiting = Job.objects.get(kind="send_receipt")
    assert ledger.retry(JobId(waiting.pk))
    run_jobs()

    assert waiting.state == Job.State.PENDING
    assert "mail-unreachable" in waiting.last_error
    assert len(mandrill_standin.mails) == 1
    assert Purchase.objects.get().mail_id
