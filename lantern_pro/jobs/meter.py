"""What the ledger counts: how much waits, since when, how long jobs wait and run, by kind.

The scripts count as they change state, in one hash a cell, so a figure costs no scan. Times are
counted by powers of two of a millisecond; a quantile is the upper bound of its power.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from lantern_pro.jobs.keys import DUE, JOBS, LEASED, METER, WORKERS, kind_of
from lantern_pro.jobs.registry import kind_named, known_kinds
from lantern_pro.store.backend.encoding import tag
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell, JobId, Millis

MEDIAN: Final = 0.5
ALMOST_ALL: Final = 0.99
IN_SECONDS_FROM_MS: Final = 10_000


def span(millis: int | None) -> str:
    """A length of time as people read it in a table."""
    if millis is None:
        return "-"
    return f"{millis} ms" if millis < IN_SECONDS_FROM_MS else f"{millis // 1000} s"


@dataclass(frozen=True, slots=True)
class Times:
    """How long something took: how often, and bounds in ms; None when it never happened."""

    count: int
    median_ms: int | None
    p99_ms: int | None

    def __str__(self) -> str:
        return f"{span(self.median_ms)}/{span(self.p99_ms)}"


@dataclass(frozen=True, slots=True)
class KindMeter:
    """One kind of job over all cells. ``oldest_ms`` is how long the longest due one has waited."""

    kind: str
    lane: str
    due: int
    later: int
    oldest_ms: int
    running: int
    staged: int
    retried: int
    waited: int
    lapsed: int
    dead: int
    dropped: int
    wait: Times
    run: Times

    @property
    def done(self) -> int:
        """How many have had their effect, ever."""
        return self.run.count

    @property
    def oldest(self) -> str:
        """How long the longest due one has waited, for people."""
        return span(self.oldest_ms)


@dataclass(frozen=True, slots=True)
class WorkerSign:
    """A worker, and how long ago it gave a sign of life."""

    name: str
    silent_ms: int

    def __str__(self) -> str:
        return f"{self.name} ({span(self.silent_ms)} ago)"


def meters() -> list[KindMeter]:
    """The meter of every kind that is known here or was ever staged, by name."""
    counts: Counter[str] = Counter()
    kinds = set(known_kinds())
    for cell in _cells():
        for field, count in text_client().hgetall(METER(cell=cell)).items():
            counts[field] += int(count)
            kinds.add(field.partition(":")[0])
    running = Counter(kind_of(job_id) for cell in _cells() for job_id in _running(cell))
    return [_meter(kind, counts, running[kind]) for kind in sorted(kinds)]


def workers() -> list[WorkerSign]:
    """Every worker that gave a sign within a day, the most recent first."""
    client = text_client()
    seconds, _ = client.time()
    signs = client.zrevrange(WORKERS(cell=Cell(0)), 0, -1, withscores=True)
    return [WorkerSign(name, int(seconds * 1000 - at)) for name, at in signs]


def dead_now() -> int:
    """How many jobs are dead and wait for staff."""
    client = text_client()
    return sum(
        client.zcount(JOBS.by("state", cell=cell), tag("dead"), tag("dead")) for cell in _cells()
    )


def _cells() -> Iterator[Cell]:
    return (Cell(cell) for cell in range(settings.CELLS))


def _running(cell: Cell) -> list[JobId]:
    found: list[JobId] = text_client().zrange(LEASED(cell=cell), 0, -1)
    return found


def _meter(kind: str, counts: Counter[str], running: int) -> KindMeter:
    known = kind_named(kind)
    due, later, oldest_ms = _queue(kind)
    return KindMeter(
        kind=kind,
        lane=str(known.lane) if known else "",
        due=due,
        later=later,
        oldest_ms=oldest_ms,
        running=running,
        staged=counts[f"{kind}:staged"],
        retried=counts[f"{kind}:retried"],
        waited=counts[f"{kind}:waited"],
        lapsed=counts[f"{kind}:lapsed"],
        dead=counts[f"{kind}:dead"],
        dropped=counts[f"{kind}:dropped"],
        wait=_times(kind, "wait", counts),
        run=_times(kind, "run", counts),
    )


def _queue(kind: str) -> tuple[int, int, int]:
    """How many are due, how many are not yet, and how long the first has been due."""
    due = later = oldest_ms = 0
    client = text_client()
    seconds, micros = client.time()
    now = Millis(seconds * 1000 + micros // 1000)
    for cell in _cells():
        key = DUE(cell=cell, kind=kind)
        with client.pipeline(transaction=True) as pipe:
            pipe.zcount(key, "-inf", now)
            pipe.zcard(key)
            pipe.zrange(key, 0, 0, withscores=True)
            due_here, all_here, first = pipe.execute()
        due += due_here
        later += all_here - due_here
        oldest_ms = max(oldest_ms, int(now - first[0][1]) if first else 0)
    return due, later, oldest_ms


def _times(kind: str, what: str, counts: Counter[str]) -> Times:
    beginning = f"{kind}:{what}:"
    powers: defaultdict[int, int] = defaultdict(int)
    for field, count in counts.items():
        if field.startswith(beginning):
            powers[int(field.removeprefix(beginning))] += count
    total = sum(powers.values())
    return Times(total, _quantile(powers, total * MEDIAN), _quantile(powers, total * ALMOST_ALL))


def _quantile(powers: defaultdict[int, int], rank: float) -> int | None:
    seen = 0
    for power in sorted(powers):
        seen += powers[power]
        if seen >= rank:
            return 1 << power
    return None
