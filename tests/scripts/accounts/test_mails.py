"""The scripts that remember mails, an outcome each, on fakeredis and on the real server."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import redis

from accounts.keys import MAIL_STANDING, MAILS
from accounts.managers.mails import (
    STANDING_TTL_MS,
    Posted,
    forget_standing,
    mails_of,
    note_mail_event,
    record_mail,
    standing_of,
)
from billing.jobs import SendReceipt
from lantern_pro.jobs import ledger
from lantern_pro.jobs.errors import AlreadyDone, Superseded
from lantern_pro.jobs.job import Fence, LeasedJob, NewJob
from lantern_pro.store.keys import new_id
from lantern_pro.types import Millis, PurchaseId, UserId
from tests.leasing import take
from tests.people import HERE, a_user

POSTED = Posted("receipt", Millis(1_000), "sent", "mandrill", "m1")
ADDRESS = 64 * "a"


@pytest.fixture
def reader(any_redis: redis.Redis) -> UserId:
    """A user."""
    del any_redis
    return a_user()


def held_job(fact: str = "one") -> LeasedJob:
    """A job that a worker holds."""
    ledger.stage(NewJob(HERE, SendReceipt(PurchaseId("c0.1.a")), fact))
    [job] = take(HERE, most=1)
    return job


def test_recorded_the_pointer_is_kept_and_the_job_done(reader: UserId) -> None:
    job = held_job()

    record_mail(user_id=reader, posted=POSTED, fence=job.fence)

    assert mails_of(reader, most=9) == [POSTED]


def test_already_done_the_pointer_is_not_kept_twice(reader: UserId) -> None:
    job = held_job()
    record_mail(user_id=reader, posted=POSTED, fence=job.fence)

    with pytest.raises(AlreadyDone):
        record_mail(user_id=reader, posted=replace(POSTED, id="m2"), fence=job.fence)

    assert mails_of(reader, most=9) == [POSTED]


def test_nobody_of_a_user_who_was_erased_nothing_is_kept(any_redis: redis.Redis) -> None:
    erased, job = UserId(new_id(HERE)), held_job()

    record_mail(user_id=erased, posted=POSTED, fence=job.fence)

    assert not any_redis.exists(MAILS(user_id=erased))
    with pytest.raises(AlreadyDone):
        ledger.complete(job.fence)


def test_superseded_a_worker_that_wakes_up_late_keeps_nothing(reader: UserId) -> None:
    job = held_job()

    with pytest.raises(Superseded):
        record_mail(
            user_id=reader, posted=POSTED, fence=Fence(job.fence.job_id, job.fence.epoch - 1)
        )

    assert mails_of(reader, most=9) == []


def test_the_newest_fifty_are_kept_the_newest_first(reader: UserId) -> None:
    for number in range(52):
        job = held_job(str(number))
        record_mail(user_id=reader, posted=replace(POSTED, id=str(number)), fence=job.fence)

    kept = [each.id for each in mails_of(reader, most=99)]

    assert kept == [str(number) for number in range(51, 1, -1)]


def test_two_workers_at_once_keep_one_pointer(real_redis: redis.Redis) -> None:
    del real_redis
    reader, job = a_user(), held_job()

    def record(number: int) -> str:
        try:
            record_mail(user_id=reader, posted=replace(POSTED, id=str(number)), fence=job.fence)
        except AlreadyDone:
            return "already done"
        return "recorded"

    with ThreadPoolExecutor(4) as pool:
        told = sorted(pool.map(record, range(4)))

    assert told == ["already done"] * 3 + ["recorded"]
    assert len(mails_of(reader, most=9)) == 1


def test_noted_known_and_no_trouble_by_what_is_known(any_redis: redis.Redis) -> None:
    told = [
        note_mail_event(digest=ADDRESS, kind="delivered", at=Millis(1), why=""),
        note_mail_event(digest=ADDRESS, kind="bounced", at=Millis(5), why="bad_mailbox"),
        note_mail_event(digest=ADDRESS, kind="bounced", at=Millis(5), why="other"),
        note_mail_event(digest=ADDRESS, kind="bounced", at=Millis(4), why="other"),
        note_mail_event(digest=ADDRESS, kind="delivered", at=Millis(9), why=""),
    ]

    assert told == [False, True, False, False, True]
    known = standing_of(ADDRESS)
    assert (known.bounced, known.delivered, known.why) == (5, 9, "bad_mailbox")
    left = any_redis.pttl(MAIL_STANDING(digest=ADDRESS, cell=HERE))
    assert STANDING_TTL_MS - 60_000 < left <= STANDING_TTL_MS


def test_what_is_known_of_an_address_can_be_forgotten(any_redis: redis.Redis) -> None:
    note_mail_event(digest=ADDRESS, kind="complained", at=Millis(5), why="")

    assert forget_standing(ADDRESS)
    assert not forget_standing(ADDRESS)
    assert standing_of(ADDRESS).trouble == ""
