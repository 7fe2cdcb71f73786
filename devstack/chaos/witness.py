"""The witness: follows jobs over the wire. Who holds which, who may commit, who took over when."""

import json
import re
import time
from dataclasses import dataclass, field
from typing import Final

from devstack.chaos.counting.mails import MailCall
from devstack.chaos.stage.powers import Fall
from devstack.chaos.wire.frames import words
from devstack.chaos.wire.step import Step

_FENCE: Final = re.compile(rb'"fence":\{"id":"([^"]+)","epoch":(\d+)\}')
_HELD: Final = b'[["c'
_REFUSED: Final = (b"superseded", b"already_done")
_LEASING: Final = "jobs/lease_jobs"
_RENEWING: Final = "jobs/renew_leases"
_SENDING: Final = "messages/send"


@dataclass(frozen=True, slots=True)
class Commit:
    """A call by which a worker ends (or prolongs) its hold on a job."""

    job_id: str
    epoch: int
    at: float


@dataclass(frozen=True, slots=True)
class Takeover:
    """A job that a worker held when it fell, and how long until another had it."""

    job_id: str
    worker: str
    fall: Fall
    seconds: float


@dataclass(slots=True)
class _Hold:
    worker: str
    epoch: int
    at: float


@dataclass(slots=True)
class Witness:
    """Sees every script that leases jobs or takes a fence."""

    takeovers: list[Takeover] = field(default_factory=list)
    # A commit that was accepted although a later epoch had been given out before it was asked for.
    breaches: list[str] = field(default_factory=list)
    accepted: int = 0
    # The kinds of all jobs that were given to a worker.
    kinds: set[str] = field(default_factory=set)
    # Whoever leases a job, or searches for its mail, may know of a mail; whoever sends should.
    mail_calls: dict[str, list[MailCall]] = field(default_factory=dict)
    _holds: dict[str, _Hold] = field(default_factory=dict)
    _highest: dict[str, tuple[int, float]] = field(default_factory=dict)
    _fallen: dict[str, tuple[str, Fall, float]] = field(default_factory=dict)

    def begin(self) -> None:
        """Forget jobs of an earlier round; what was counted stays."""
        self._holds, self._highest, self._fallen, self.mail_calls = {}, {}, {}, {}

    def fell(self, worker: str, fall: Fall) -> None:
        """A process is about to be killed or stopped: what it holds must go elsewhere."""
        now = time.monotonic()
        for job_id, hold in self._holds.items():
            if hold.worker == worker:
                self._fallen[job_id] = (worker, fall, now)

    def held_by(self, worker: str) -> list[str]:
        """The jobs that a worker holds, as far as was seen."""
        return [job_id for job_id, hold in self._holds.items() if hold.worker == worker]

    def asked(self, step: Step, request: bytes) -> list[Commit]:
        """Note the fences that a script takes along, and what is asked of Mandrill."""
        if step.target == "mandrill" and step.job_id:
            self._note(step.job_id, step.actor, sends=_SENDING in step.label)
        if step.target != "store" or not step.job_id:
            return []
        now = time.monotonic()
        if found := _FENCE.search(request):
            return [Commit(found[1].decode(), int(found[2]), now)]
        held = next((word for word in words(request) if word.startswith(_HELD)), b"[]")
        return [Commit(job_id, epoch, now) for job_id, epoch in json.loads(held)]

    def answered(self, step: Step, note: object, answer: bytes) -> None:
        """Note who has got which job, and who was let to commit."""
        if not answer.startswith(b"*"):
            return
        if step.label == _LEASING:
            self._leased(step.actor, answer)
        elif isinstance(note, list) and note:
            self._committed(step, _accepted(step, note, words(answer)))

    def _leased(self, worker: str, answer: bytes) -> None:
        now = time.monotonic()
        for job_id, kind, _arguments, epoch, *_ in json.loads(words(answer)[1]):
            self.kinds.add(kind)
            self._note(job_id, worker, sends=False)
            self._holds[job_id] = _Hold(worker, epoch, now)
            if epoch > self._highest.get(job_id, (0, 0.0))[0]:
                self._highest[job_id] = (epoch, now)
            fallen = self._fallen.pop(job_id, None)
            if fallen:
                self.takeovers.append(Takeover(job_id, fallen[0], fallen[1], now - fallen[2]))

    def _note(self, job_id: str, worker: str, *, sends: bool) -> None:
        call = MailCall(job_id, worker, sends=sends, at=time.time())
        self.mail_calls.setdefault(job_id, []).append(call)

    def _committed(self, step: Step, commits: list[Commit]) -> None:
        for commit in commits:
            self.accepted += 1
            highest, since = self._highest.get(commit.job_id, (0, 0.0))
            if highest > commit.epoch and since < commit.at:
                self.breaches.append(
                    f"{step.name} of {commit.job_id} was accepted with epoch {commit.epoch}, "
                    f"{commit.at - since:.2f} s after epoch {highest} was given out"
                )
            hold = self._holds.get(commit.job_id)
            if step.label != _RENEWING and hold and hold.epoch == commit.epoch:
                del self._holds[commit.job_id]
                self._fallen.pop(commit.job_id, None)


def _accepted(step: Step, commits: list[Commit], outcome: list[bytes]) -> list[Commit]:
    """Those of a call's fences that were good, as far as its outcome tells."""
    match step.label, outcome:
        case "jobs/renew_leases", [_, lost]:
            return [commit for commit in commits if commit.job_id not in json.loads(lost)]
        case "jobs/complete_jobs", [_, count] if int(count) != len(commits):
            return []  # it does not tell which
    return [] if outcome[0] in _REFUSED else commits
