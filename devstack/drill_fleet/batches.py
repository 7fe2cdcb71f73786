"""Batches of machines: each by a seed of its own, each worker process with a Redis of its own."""

import atexit
import logging
import os
import shutil
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Final

from devstack.drill_fleet.tally import Tally

if TYPE_CHECKING:
    from devstack.drill_fleet.ground import Ground

MACHINES: Final = 12
STEPS: Final = 30
BATCHES_A_SEED: Final = 1_000_000
_OURS: Final = ("LANTERN_", "DJANGO_", "REDIS_", "STRIPE_", "MANDRILL_")

_ground: list["Ground"] = []


@dataclass(frozen=True, slots=True)
class Batch:
    """What came of a batch: its counts, and the smallest play by which something was wrong."""

    number: int
    seconds: float
    tally: Tally
    trouble: str = ""


@contextmanager
def workers(how_many: int) -> Iterator[ProcessPoolExecutor]:
    """Processes for batches."""
    os.environ["PYTHONHASHSEED"] = "0"  # sets are in the same order each time
    with ProcessPoolExecutor(how_many, mp_context=get_context("spawn"), initializer=enter) as pool:
        yield pool


def enter() -> None:
    """Make this process a member of a drill: its settings, and a Redis of its own."""
    for name in [name for name in os.environ if name.startswith(_OURS)]:
        del os.environ[name]
    os.environ["LANTERN_DEVELOPMENT"] = "yes"
    os.environ["DJANGO_SETTINGS_MODULE"] = "lantern_pro.settings"
    os.environ["LANTERN_BROKER_URL"] = "memory://"

    import django

    django.setup()
    logging.getLogger().handlers.clear()  # what fails on purpose is no news; the machine listens
    logging.lastResort = None

    from devstack.drill_fleet.ground import ground

    held = ExitStack()
    atexit.register(held.close)
    folder = Path(tempfile.mkdtemp(prefix="lantern-drill-"))
    held.callback(shutil.rmtree, folder, ignore_errors=True)
    _ground.append(held.enter_context(ground(folder)))


def run_batch(seed: int, number: int, *, as_found: bool = False) -> Batch:
    """Run a batch in this process; what is wrong is made as small as can be, or left as found."""
    from hypothesis import HealthCheck, Phase, settings
    from hypothesis import seed as seeded
    from hypothesis.stateful import run_state_machine_as_test

    from devstack.drill_fleet.machine import FleetMachine

    class Machine(FleetMachine):
        ground = _ground[-1]
        tally = Tally()

    begun, trouble = time.monotonic(), ""
    try:
        run_state_machine_as_test(
            seeded(seed * BATCHES_A_SEED + number)(Machine),
            settings=settings(
                max_examples=MACHINES,
                stateful_step_count=STEPS,
                deadline=None,
                database=None,
                phases=(Phase.generate,) if as_found else (Phase.generate, Phase.shrink),
                report_multiple_bugs=False,
                suppress_health_check=list(HealthCheck),
            ),
        )
    except Exception as error:  # noqa: BLE001 - whatever was wrong is what the drill looks for
        trouble = "\n".join(_told(error))
    return Batch(number, time.monotonic() - begun, Machine.tally, trouble)


def _told(error: BaseException) -> Iterator[str]:
    """What was wrong, and with a play that does not fail again, what it was the first time."""
    yield f"{type(error).__name__}: {error}"
    if isinstance(error, BaseExceptionGroup):
        for each in error.exceptions:
            yield from _told(each)
    yield from getattr(error, "__notes__", [])
