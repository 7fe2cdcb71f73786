"""Erasing a user while the bonus of whoever invited them is still on its way."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import pytest
import redis

from accounts.models import User
from lantern_pro.jobs.job import LeasedJob
from lantern_pro.jobs.keys import JOBS
from lantern_pro.jobs.registry import kind_named
from lantern_pro.types import UserId
from tests.client_app import ClientApp
from tests.leasing import take
from tests.people import HERE

NewClient = Callable[..., ClientApp]
RunJobs = Callable[[], int]


@pytest.fixture
def inviter(new_client: NewClient) -> ClientApp:
    """Somebody with a code."""
    app = new_client("device-of-the-inviter")
    app.get("/user-data")
    return app


@pytest.fixture
def invitee(new_client: NewClient, inviter: ClientApp) -> ClientApp:
    """Somebody who has just attached the code: nobody has noted it yet."""
    app = new_client("device-of-the-invitee")
    app.post("/referral-attach", code=inviter.answer["referral"])
    return app


def hold(kind: str) -> LeasedJob:
    """A job that a worker has taken, and does not come on with."""
    [job] = take(HERE, most=1, kinds=[kind])
    return job


def run(job: LeasedJob) -> None:
    """Let the worker come on."""
    kind = kind_named(job.kind)
    assert kind is not None
    kind.run(job)


def erase(app: ClientApp) -> None:
    """Ask and confirm."""
    app.post("/user-delete")
    app.post("/user-delete", confirmation=app.answer["confirmation"])
    assert app.answer["erased"] is True


def test_a_buyer_is_erased_only_when_their_inviter_can_no_longer_lose_the_bonus(
    inviter: ClientApp, invitee: ClientApp, run_jobs: RunJobs
) -> None:
    invitee.buy()

    response = invitee.post("/user-delete", timeout=0)
    refused = (response.status_code, invitee.answer["errorId"])
    run_jobs()
    erase(invitee)
    run_jobs()

    assert refused == (202, "bonus-under-way")
    account = User.objects.get_account(UserId(inviter.user_id))
    assert account is not None
    assert [entry.kind for entry in account.time_ledger] == ["referral_bonus"]


def test_the_call_is_held_until_the_inviter_can_no_longer_lose_the_bonus(
    invitee: ClientApp, service: redis.Redis
) -> None:
    invitee.buy()
    rewarding = hold("reward_inviter")

    with ThreadPoolExecutor(1) as pool:
        asking = pool.submit(invitee.post, "/user-delete")
        pause = threading.Event()
        while service.pubsub_numsub(JOBS.row(rewarding.fence.job_id))[0][1] == 0:
            pause.wait(0.005)
        run(rewarding)
        status = asking.result(timeout=20).status_code

    assert (status, invitee.answer["status"]) == (200, "ok")
