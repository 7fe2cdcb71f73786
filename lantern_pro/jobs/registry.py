"""Which function runs which kind of job."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, TypeVar

from lantern_pro.jobs.job import JobArguments
from lantern_pro.jobs.ledger import LeasedJob

A = TypeVar("A", bound=JobArguments)
Run = Callable[[LeasedJob, A], None]

MOST_ATTEMPTS: Final = 12


@dataclass(frozen=True, slots=True)
class JobKind:
    """A kind of job, and how often it is tried before staff must look."""

    arguments: type[JobArguments]
    run: Callable[[LeasedJob, str], None]
    most_attempts: int


_kinds: dict[str, JobKind] = {}


def job(arguments: type[A], *, most_attempts: int = MOST_ATTEMPTS) -> Callable[[Run[A]], Run[A]]:
    """Register the function that runs the kind of job that ``arguments`` names.

    The function must end in a script that takes the job's fence (``ledger.apply`` with
    ``Work(..., fence)``, or ``ledger.complete``). It may run more than once, and beside itself;
    only one of its runs can commit. ``NotYet`` means: not my fault, try again later.
    """

    def register(function: Run[A]) -> Run[A]:
        if arguments.kind in _kinds:
            message = f"the job kind {arguments.kind!r} is registered twice"
            raise ValueError(message)
        _kinds[arguments.kind] = JobKind(
            arguments,
            lambda leased, text: function(leased, arguments.from_json(text)),
            most_attempts,
        )
        return function

    return register


def kind_named(name: str) -> JobKind | None:
    """The kind of this name, or None: an older release may meet kinds that it does not know."""
    return _kinds.get(name)


def known_kinds() -> list[str]:
    """The names of all kinds, sorted."""
    return sorted(_kinds)
