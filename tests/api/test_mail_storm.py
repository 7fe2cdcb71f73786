"""Very many mails at once, and a mail service that is slow."""

import redis

from devstack.mandrill_standin import MandrillStandin
from devstack.standin import Fault
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import NewJob
from lantern_pro.jobs.models import Job
from lantern_pro.jobs.runner import Runner
from tests.api.mailing import HERE, READER, MailTest, Post
from tests.client_app import ClientApp
from tests.processes import eventually

STORM = 300
SLOW_SECONDS = 0.2


def test_a_storm_of_mails_delays_nobody_elses_jobs(
    client: ClientApp,
    post: Post,
    worker: Runner,
    mandrill_standin: MandrillStandin,
    service: redis.Redis,
) -> None:
    slow = Fault("slow", "/api/1.0/messages/send", times=STORM, seconds=SLOW_SECONDS)
    mandrill_standin.faults.add(slow)
    mails = [MailTest(post.user_id, asked=True, to=READER) for _ in range(STORM)]
    ledger.stage(*(NewJob(HERE, mail, str(number)) for number, mail in enumerate(mails)))
    eventually(lambda: len(mandrill_standin.mails) > 0)

    client.buy()
    eventually(lambda: Job.objects.get(kind="reward_inviter").state == Job.State.DONE)

    assert len(mandrill_standin.mails) < STORM
    service.flushdb()  # the rest of the storm need not be waited for
