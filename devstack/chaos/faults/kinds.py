"""Every kind of fault, where it may strike, and how often it is drawn."""

import re
from dataclasses import dataclass, field
from typing import Final

from devstack.chaos.faults import acts
from devstack.chaos.faults.acts import After, Before
from devstack.chaos.wire.step import Step
from lantern_pro.jobs.registry import kind_named

_PROCESSES: Final = frozenset({"worker", "pro-server", "scheduler"})
_STORE: Final = frozenset({"store"})
_BELL: Final = frozenset({"bell"})
_STRIPE: Final = frozenset({"stripe"})
_MANDRILL: Final = frozenset({"mandrill"})
_VENDORS: Final = _STRIPE | _MANDRILL
_PRO: Final = frozenset({"pro-server"})
_OURS: Final = _STORE | _VENDORS
_ANYWHERE: Final = _OURS | _PRO
# A script that takes one job's fence, and has an effect.
_COMMITS: Final = re.compile(r"(?!jobs/(renew|hand_back|complete_jobs)).*/")

OVERTAKEN: Final = "overtaken"
"""The one kind that needs two workers with one job: it is aimed, never drawn."""


@dataclass(frozen=True, slots=True)
class FaultKind:
    """A kind of fault. ``weight`` is how often it is drawn, next to others that fit a step.

    ``targets`` are the far sides on whose wire it strikes, ``parts`` the near ones.
    """

    name: str
    what: str
    weight: float
    targets: frozenset[str]
    before: Before | None = None
    after: After | None = None
    parts: frozenset[str] = field(default=_PROCESSES | {"client", "stripe"})
    # Costs seconds. A plain read is struck by such a fault at random only: what a process has
    # changed by then is the same as at the script before it.
    dear: bool = False
    # Strikes a commit, by which two workers meet, and counts itself when they have.
    takes_two: bool = False

    def fits(self, step: Step) -> bool:
        """Whether it can strike at this step."""
        if self.takes_two and not (step.kind and _COMMITS.match(step.label)):
            return False
        return step.target in self.targets and step.part in self.parts


KINDS: Final = (
    FaultKind(
        "request lost", "the connection is cut before the request arrives",
        20, _ANYWHERE, before=acts.lose,
    ),
    FaultKind(
        "reply lost", "the connection is cut when the work is done, before the answer",
        30, _ANYWHERE, after=acts.lose_answer,
    ),
    FaultKind(
        "reply torn", "the connection is cut within the answer, at a byte that is drawn",
        12, _ANYWHERE, after=acts.tear_answer,
    ),
    FaultKind(
        "arrives late", "nothing passes between a process and the others until leases ran out",
        0.4, _OURS, before=acts.hold, parts=frozenset({"worker", "pro-server"}), dear=True,
    ),
    FaultKind(
        "killed before", "kill -9 of the process, and its request is lost",
        0.4, _OURS, before=acts.kill, parts=_PROCESSES, dear=True,
    ),
    FaultKind(
        "killed after", "kill -9 of the process, when the work is done",
        0.4, _OURS, after=acts.kill_when_done, parts=_PROCESSES, dear=True,
    ),
    FaultKind(
        "stopped before", "SIGSTOP past the lease, then the request arrives, then SIGCONT",
        0.25, _OURS, before=acts.stop, parts=_PROCESSES, dear=True,
    ),
    FaultKind(
        "stopped after", "the work is done, then SIGSTOP past the lease, then SIGCONT",
        0.25, _OURS, after=acts.stop_when_done, parts=_PROCESSES, dear=True,
    ),
    FaultKind(
        OVERTAKEN, "SIGSTOP before a commit until another worker is about to make the same",
        0, _STORE, before=acts.be_overtaken, after=acts.part, parts=frozenset({"worker"}),
        dear=True, takes_two=True,
    ),
    FaultKind(
        "Redis killed before", "kill -9 of Redis, and the request is lost",
        0.5, _STORE, before=acts.kill_redis, dear=True,
    ),
    FaultKind(
        "Redis killed after", "kill -9 of Redis when it has answered, and the answer arrives",
        0.5, _STORE, after=acts.kill_redis_when_done, dear=True,
    ),
    FaultKind(
        "vendor silent before", "nothing done, no answer, and a hang-up after the lease",
        10, _VENDORS, before=acts.be_silent,
    ),
    FaultKind(
        "vendor silent after", "done, but no answer, and a hang-up after the lease",
        10, _VENDORS, after=acts.be_silent_when_done,
    ),
    FaultKind(
        "vendor fails before", "status 500, nothing done",
        15, _VENDORS, before=acts.fail,
    ),
    FaultKind(
        "vendor fails after", "done, but answered with status 500",
        15, _MANDRILL, after=acts.fail_when_done,
    ),
    FaultKind(
        "request doubled", "the same request arrives twice",
        20, _STRIPE | _PRO, before=acts.double,
    ),
    FaultKind(
        "message lost", "a message of Celery's is lost",
        20, _BELL, before=acts.drop_message,
    ),
    FaultKind(
        "message doubled", "a message of Celery's arrives twice",
        30, _BELL, before=acts.double,
    ),
    FaultKind(
        "message late", "a message of Celery's is overtaken by others",
        20, _BELL, before=acts.delay_message,
    ),
    FaultKind(
        "broker emptied", "all of Celery's messages are gone",
        8, _BELL, before=acts.empty_bell,
    ),
    FaultKind(
        "broker stopped", "Celery's Redis is killed and stays away past the lease",
        1, _BELL, before=acts.silence_bell,
    ),
)  # fmt: skip

CLOCK_KINDS: Final = (
    FaultKind(
        "Redis's clock ahead", "Redis's clock steps forwards, past the leases",
        1, _STORE, before=acts.step_clock("store", 1),
    ),
    FaultKind(
        "Redis's clock back", "Redis's clock steps backwards, by more than a lease",
        1, _STORE, before=acts.step_clock("store", -1),
    ),
    FaultKind(
        "our clocks ahead", "the clocks of our processes step forwards",
        1, _STORE, before=acts.step_clock("ours", 10),
    ),
    FaultKind(
        "our clocks back", "the clocks of our processes step backwards",
        1, _STORE, before=acts.step_clock("ours", -10),
    ),
)  # fmt: skip

ALL: Final = {kind.name: kind for kind in (*KINDS, *CLOCK_KINDS)}

RINGING: Final = "LPUSH"
"""How a message of Celery's is sent: the only step at the broker's that is struck."""


def at_each_step(step: Step) -> list[FaultKind]:
    """The kinds by which the systematic pass strikes this step.

    Leases are renewed whenever a job takes long, which no play can foretell; but a kind of job
    with phases renews its own as it enters one.
    """
    renewed = kind_named(step.kind) if step.label == "jobs/renew_leases" else None
    if step.label == "jobs/renew_leases" and not (renewed and renewed.phases):
        return []
    reads = step.target == "store" and "/" not in step.label
    return [kind for kind in fitting(step, KINDS) if not (reads and kind.dear)]


def fitting(step: Step, kinds: tuple[FaultKind, ...]) -> list[FaultKind]:
    """The kinds that can strike at this step."""
    if step.target == "bell" and step.label != RINGING:
        return []
    return [kind for kind in kinds if kind.fits(step)]
