"""Which function runs which kind of job, in which lane, and how often it is tried."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Final, TypeVar

from lantern_pro.errors import LanternError
from lantern_pro.jobs.job import Done, JobArguments, LeasedJob
from lantern_pro.jobs.lanes import Lane

A = TypeVar("A", bound=JobArguments)
Run = Callable[[LeasedJob, A], Done | None]


@dataclass(frozen=True, slots=True)
class Retry:
    """When a job that failed is tried again: the delay doubles, with jitter, and has a limit.

    After ``attempts`` failures the job is dead until staff retry or drop it. A job that raises
    ``NotYet`` waits for others, ``wait_ms`` at first, and that does not count as a failure; nor
    does one of ``outlasts``: whoever does not answer is waited for, however long that is.
    """

    attempts: int = 12
    first_ms: int = 500
    longest_ms: int = 300_000
    wait_ms: int = 5_000
    outlasts: tuple[type[LanternError], ...] = ()

    def delay_ms(self, attempts: int) -> int:
        """How long to wait after so many attempts, before jitter."""
        return min(self.first_ms << min(attempts, 20), self.longest_ms)

    def wait_delay_ms(self, waits: int) -> int:
        """How long to wait for others who were waited for so many times, before jitter."""
        return min(self.wait_ms << min(waits, 20), self.longest_ms)


USUAL: Final = Retry()


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job."""

    arguments: type[JobArguments]
    run: Callable[[LeasedJob], Done | None]
    lane: Lane
    phases: tuple[str, ...]
    retry: Retry
    every: timedelta | None

    @property
    def name(self) -> str:
        """The kind's name."""
        return self.arguments.kind


_kinds: dict[str, JobKind] = {}


def job(
    arguments: type[A],
    *,
    lane: Lane = Lane.PROMPT,
    phases: tuple[str, ...] = (),
    retry: Retry = USUAL,
    every: timedelta | None = None,
) -> Callable[[Run[A]], Run[A]]:
    """Register the function that runs the kind of job that ``arguments`` names.

    The function ends in a script that takes the job's fence (``ledger.apply`` with
    ``Work(..., fence)``), or returns ``Done``. It may run more than once, and beside itself; only
    one of its runs can commit. ``NotYet`` means: not my fault, try again later. Before it calls
    somebody else's service it enters one of its ``phases`` (``worker.enter``).

    A kind with ``every`` is staged by the workers at each multiple of that time, once in each
    cell however many they are; its arguments are the cell and nothing else.
    """

    def register(function: Run[A]) -> Run[A]:
        if arguments.kind in _kinds:
            message = f"the job kind {arguments.kind!r} is registered twice"
            raise ValueError(message)
        _kinds[arguments.kind] = JobKind(
            arguments=arguments,
            run=lambda leased: function(leased, arguments.from_json(leased.arguments)),
            lane=lane,
            phases=phases,
            retry=retry,
            every=every,
        )
        return function

    return register


def kind_named(name: str) -> JobKind | None:
    """The kind of this name, or None: an older release may meet kinds that it does not know."""
    return _kinds.get(name)


def known_kinds(lane: Lane | None = None) -> list[str]:
    """The names of all kinds, or of a lane's, sorted."""
    return sorted(name for name, kind in _kinds.items() if lane in {None, kind.lane})


def scheduled_kinds() -> list[JobKind]:
    """The kinds that are staged by the clock."""
    return [kind for kind in _kinds.values() if kind.every is not None]
