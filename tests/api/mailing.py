"""A job that mails, as the tests of sending drive it."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import pytest
import redis

from accounts.services.mailing import mail_user
from lantern_pro.jobs import ledger, registry
from lantern_pro.jobs.job import JobArguments, LeasedJob, NewJob
from lantern_pro.jobs.lanes import Lane
from lantern_pro.jobs.models import Job
from lantern_pro.jobs.worker import drain
from lantern_pro.mail.letter import Letter, Words
from lantern_pro.mail.message import Attachment
from lantern_pro.mail.sending import PHASES, RETRY
from lantern_pro.types import Cell, JobId, UserId
from tests.mail_server import MailServer, mail_server
from tests.people import a_user

HERE = Cell(0)
READER = "reader@example.org"


@dataclass(frozen=True, slots=True)
class MailTest(JobArguments):
    """Mail something, asked for or not."""

    kind: ClassVar[str] = "tested_mail"
    user_id: UserId
    asked: bool
    to: str


@dataclass(frozen=True)
class Post:
    """Stages such jobs, and lets workers run them."""

    user_id: UserId

    def send(self, fact: str = "1", *, asked: bool = True, to: str = READER) -> Job:
        """Stage one and run it; the job as it is then."""
        ledger.stage(NewJob(HERE, MailTest(self.user_id, asked, to), fact))
        drain(HERE)
        return self.job(fact)

    def again(self, fact: str = "1") -> Job:
        """Let a job that waits run at once."""
        assert ledger.retry(JobId(self.job(fact).pk))
        drain(HERE)
        return self.job(fact)

    def job(self, fact: str = "1") -> Job:
        """A job as it is now."""
        return Job.objects.get(pk=f"c0.tested_mail.{fact}")


def register(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let workers know the kind, until the test ends."""
    monkeypatch.setattr(registry, "_kinds", dict(registry._kinds))

    @registry.job(MailTest, lane=Lane.MAIL, phases=PHASES, retry=RETRY)
    def tested_mail(leased: LeasedJob, arguments: MailTest) -> None:
        letter = Letter(
            name="tested",
            subject="Grüße, 你好",
            parts=[Words("سلام")],
            asked=arguments.asked,
            attachments=[Attachment("a.pdf", "application/pdf", b"%PDF-1")],
        )
        mail_user(leased, user_id=arguments.user_id, to=arguments.to, letter=lambda: letter)


@pytest.fixture
def post(service: redis.Redis, monkeypatch: pytest.MonkeyPatch) -> Post:
    """Somebody to write to."""
    del service
    register(monkeypatch)
    return Post(a_user())


@pytest.fixture
def second(settings: Any) -> Iterator[MailServer]:
    """A mail server that is the second sender."""
    with mail_server() as server:
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
        settings.EMAIL_USE_TLS = False
        yield server
