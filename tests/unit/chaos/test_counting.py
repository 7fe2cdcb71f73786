"""What is counted as wrong, and what is excused."""

from typing import Any

import pytest

from devstack.chaos.counting.mails import MailCall, doubled_mails
from devstack.chaos.wire.step import Step
from devstack.chaos.witness import Witness

JOB = "c0.send_receipt.x"


def mail(ts: float) -> dict[str, Any]:
    return {"ts": ts}


def look(worker: str, at: float) -> MailCall:
    return MailCall(JOB, worker, sends=False, at=at)


def sent(worker: str, at: float) -> MailCall:
    return MailCall(JOB, worker, sends=True, at=at)


@pytest.mark.parametrize(
    ("calls", "excuse"),
    [
        ([look("a", 9), sent("a", 10), look("b", 10.2), sent("b", 10.3)], "not to be found yet"),
        ([look("a", 9), look("b", 9.5), sent("b", 10), sent("a", 13)], "the sender stood still"),
        ([look("a", 9), sent("a", 10), look("b", 12), sent("b", 12.1)], ""),
    ],
    ids=["found too late", "stood still", "could have known"],
)
def test_a_doubled_mail_is_excused_by_what_its_sender_could_know(
    calls: list[MailCall], excuse: str
) -> None:
    times = [call.at for call in calls if call.sends]

    [found] = doubled_mails(JOB, [mail(at) for at in times], calls)

    assert found.excused == excuse


def leased(witness: Witness, worker: str, epoch: int) -> None:
    told = f'[["{JOB}","send_receipt","{{}}",{epoch},1,""]]'.encode()
    answer = b"*2\r\n$6\r\nleased\r\n$%d\r\n%b\r\n" % (len(told), told)
    witness.answered(Step(worker, "store", "jobs/lease_jobs"), None, answer)


def commit(witness: Witness, worker: str, epoch: int, said: bytes = b"recorded") -> None:
    step = Step(worker, "store", "billing/record_receipt", "send_receipt", JOB)
    note = witness.asked(step, b'"fence":{"id":"%b","epoch":%d}' % (JOB.encode(), epoch))
    witness.answered(step, note, b"*1\r\n$%d\r\n%b\r\n" % (len(said), said))


def test_a_commit_with_an_epoch_of_the_past_is_told() -> None:
    witness = Witness()

    leased(witness, "worker-1", 1)
    leased(witness, "worker-2", 2)
    commit(witness, "worker-1", 1)

    assert len(witness.breaches) == 1


def test_a_refused_commit_and_that_of_the_last_holder_are_right() -> None:
    witness = Witness()

    leased(witness, "worker-1", 1)
    leased(witness, "worker-2", 2)
    commit(witness, "worker-1", 1, b"superseded")
    commit(witness, "worker-2", 2)

    assert witness.breaches == []
    assert witness.accepted == 1


def test_a_takeover_is_timed_from_the_fall_of_the_holder() -> None:
    witness = Witness()

    leased(witness, "worker-1", 1)
    witness.fell("worker-1", "killed")
    leased(witness, "worker-2", 2)

    assert [(each.worker, each.fall) for each in witness.takeovers] == [("worker-1", "killed")]
    assert 0 <= witness.takeovers[0].seconds < 5


def test_a_job_that_is_done_is_not_waited_for_when_its_worker_falls() -> None:
    witness = Witness()

    leased(witness, "worker-1", 1)
    commit(witness, "worker-1", 1)
    witness.fell("worker-1", "killed")
    leased(witness, "worker-2", 2)

    assert witness.takeovers == []
