"""The ledger of jobs, in the project's own environment."""

import itertools
import secrets
from collections.abc import Iterator

import django

django.setup()

from devstack.bench.ledger.jobs import BenchEffect, BenchNoop  # noqa: E402 - Django comes first
from devstack.bench.ledger.keys import CELL  # noqa: E402
from lantern_pro.jobs import ledger  # noqa: E402
from lantern_pro.jobs.job import NewJob  # noqa: E402


def _facts() -> Iterator[str]:
    prefix = secrets.token_hex(4)
    return (f"{prefix}-{number}" for number in itertools.count())


facts = _facts()


def send_noop() -> None:
    """Enqueue one."""
    ledger.stage(NewJob(CELL, BenchNoop(), next(facts)))


def send_noops(count: int) -> None:
    """Enqueue many in one script."""
    ledger.stage(*(NewJob(CELL, BenchNoop(), next(facts)) for _ in range(count)))


def send_effect(name: str) -> None:
    """Enqueue one with an effect."""
    ledger.stage(NewJob(CELL, BenchEffect(name), name))
