"""Every interleaving of whoever may touch one job, searched through until nothing new comes.

An adversary schedules: any holder that there ever was may commit, hand back, renew or complete at
any time and as often as it likes, however late (a process that was stopped, a message that was
doubled); time passes the end of a lease or not; the job is staged again; staff retry and drop.
Each step runs the real script on the real server. States that differ in their times only are one.

What is proven of every state that can be reached with so many leases: the job had its effect at
most once; it is in one state set, and its indexes agree; and if one worker lives on, the effect is
had, unless staff dropped the job.
"""

from collections import deque
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from itertools import count, islice
from typing import Any, ClassVar, Final

import pytest
import redis

from lantern_pro.jobs import ledger
from lantern_pro.jobs.errors import AlreadyDone, Superseded
from lantern_pro.jobs.job import Fence, JobArguments, NewJob
from lantern_pro.jobs.keys import DUE, JOBS, LEASED
from lantern_pro.jobs.laws import one_state_each
from lantern_pro.jobs.ledger import Verdict
from lantern_pro.jobs.models import Job
from lantern_pro.store.audit import index_faults
from lantern_pro.store.client import raw_client, text_client
from lantern_pro.store.scripts import Script, lua_folder, script
from lantern_pro.types import Cell

CELL: Final = Cell(0)
MOST_LEASES: Final = 5
VERDICTS: Final[tuple[Verdict, ...]] = ("retry", "wait", "bury", "return")

Snapshot = dict[bytes, bytes]
State = tuple[Any, ...]
Step = Callable[[], object]


@dataclass(frozen=True, slots=True)
class Deed(JobArguments):
    """The job that is fought over."""

    kind: ClassVar[str] = "deed"


@dataclass(frozen=True, slots=True)
class Effect(JobArguments):
    """What a commit leaves: there are as many as the deed had effects."""

    kind: ClassVar[str] = "effect"


DEED: Final = NewJob(CELL, Deed(), "one")
ID: Final = DEED.job_id
_commits = count()


def commit(epoch: int) -> None:
    """Have the effect, as the holder with this epoch."""
    effect = NewJob(CELL, Effect(), f"commit-{next(_commits)}", delay_ms=10_000_000)
    ledger.complete(Fence(ID, epoch), effect)


def lease(call: str) -> None:
    """Lease the job, in a call of this name; with the same name, its answer was lost."""
    ledger.lease(CELL, [ID], holder=call)


def let_time_pass() -> None:
    """Let the lease run out, and what is to be due later be due."""
    client = text_client()
    client.zadd(LEASED(cell=CELL), {ID: 1}, xx=True)
    client.zadd(DUE(cell=CELL, kind="deed"), {ID: 1}, xx=True)


def steps(state: State) -> Iterator[tuple[str, Step]]:
    """Everything that may happen next, in words."""
    epoch = state[1]
    yield "it is staged (again)", partial(ledger.stage, DEED)
    yield "time passes", let_time_pass
    yield "leases that ran out are taken back", partial(ledger.lapse, CELL)
    yield "staff retry it", partial(ledger.retry, ID)
    yield "staff drop it", partial(ledger.drop, ID, reason="not needed")
    yield "it is leased", partial(lease, f"call-{epoch}")
    for held in range(1, epoch + 1):
        fence = Fence(ID, held)
        yield f"holder {held} asks for its lease again", partial(lease, f"call-{held - 1}")
        yield f"holder {held} commits", partial(commit, held)
        yield f"holder {held} renews", partial(ledger.renew, [fence], phase="calling")
        yield f"holder {held} completes a batch, if stale", partial(complete_if_stale, fence, epoch)
        for verdict in VERDICTS:
            hand_back = partial(ledger.hand_back, fence, reason="a fault", delay_ms=10_000)
            yield f"holder {held} hands back: {verdict}", partial(hand_back, verdict=verdict)


def complete_if_stale(fence: Fence, epoch: int) -> None:
    """A batch's completion by a former holder; by the present one it would be right."""
    if fence.epoch < epoch:
        ledger.complete_all([fence])


def observed() -> State:
    """What of the store matters: all but times, and counts that only staff look at."""
    client = text_client()
    with client.pipeline(transaction=False) as pipe:
        pipe.hmget(JOBS.row(ID), ["state", "epoch", "phase", "holder"])
        pipe.zscore(LEASED(cell=CELL), ID)
        pipe.zscore(DUE(cell=CELL, kind="deed"), ID)
        pipe.zcard(DUE(cell=CELL, kind="effect"))
        pipe.time()
        (state, epoch, phase, holder), lease_end, due, effects, (seconds, _) = pipe.execute()
    now = seconds * 1000
    return (
        state,
        int(epoch or 0),
        effects,
        lease_end is not None and lease_end <= now,
        due is not None and due <= now + 1000,
        phase,
        holder,
    )


def save() -> Snapshot:
    """Keep the whole store."""
    client = raw_client()
    keys = client.keys("{c0}:*")
    with client.pipeline(transaction=False) as pipe:
        for key in keys:
            pipe.dump(key)
        return dict(zip(keys, pipe.execute(), strict=True))  # type: ignore[arg-type]


def restore(snapshot: Snapshot) -> None:
    """Put the store back as it was."""
    with raw_client().pipeline(transaction=False) as pipe:
        pipe.flushdb()
        for key, value in snapshot.items():
            pipe.restore(key, 0, value)
        pipe.execute()


def explore() -> Iterator[tuple[State, list[str]]]:
    """Every state that can be reached, with a shortest way to it; the store is in that state."""
    start = observed()
    seen = {start}
    queue: deque[tuple[State, Snapshot, list[str]]] = deque([(start, save(), [])])
    while queue:
        state, snapshot, way = queue.popleft()
        restore(snapshot)
        yield state, way
        for words, step in steps(state):
            restore(snapshot)
            with suppress(Superseded, AlreadyDone):
                step()
            reached = observed()
            if reached not in seen and reached[1] <= MOST_LEASES:
                seen.add(reached)
                queue.append((reached, save(), [*way, words]))


def one_worker_lives_on() -> None:
    """What one worker does that finds the store in any state, with staff who retry the dead."""
    ledger.stage(DEED)
    let_time_pass()
    ledger.lapse(CELL)
    ledger.retry(ID)
    let_time_pass()
    for job in ledger.lease(CELL, [ID], holder="the one that lives"):
        commit(job.fence.epoch)


def test_the_effect_is_had_at_most_once_and_at_least_once_if_anyone_lives(
    real_redis: redis.Redis,
) -> None:
    reached, broken = 0, []

    for state, way in explore():
        reached += 1
        faults = [*one_state_each(CELL), *index_faults(Job, CELL)]
        effects = state[2]
        done = state[0] == "done"
        if faults or effects > 1 or done != (effects == 1):
            broken.append((way, state, faults))
        one_worker_lives_on()
        end = observed()
        if (end[0], end[2]) not in {("done", 1), ("dropped", 0)}:
            broken.append(([*way, "one worker lives on"], end, []))

    assert broken[:3] == []
    assert reached > 100


def test_the_search_sees_an_effect_that_is_had_twice(
    real_redis: redis.Redis, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It would be no proof if it could not fail: here the fence lets every holder through."""
    unfenced = Script("jobs/complete_job", _source_without_a_fence())
    monkeypatch.setattr(
        ledger, "script", lambda name: unfenced if name == unfenced.name else script(name)
    )

    effects = max(state[2] for state, _ in islice(explore(), 60))

    assert effects > 1


def _source_without_a_fence() -> str:
    source = (lua_folder("jobs") / "complete_job.lua").read_text()
    broken = source.replace("local refusal = once(rest, work)", "local refusal = nil")
    assert broken != source
    return broken
