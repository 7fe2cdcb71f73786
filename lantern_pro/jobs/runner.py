"""A worker process's threads: some for each lane that run jobs, and one that keeps their leases.

They look for work by themselves, at least every sweep; the bell only spares the wait. So a worker
needs neither Celery's broker nor a scheduler to be right.
"""

import logging
import os
import secrets
import signal
import socket
import threading
import time
from collections.abc import Callable, Mapping
from typing import Final

from django.conf import settings
from redis.exceptions import RedisError

from lantern_pro.jobs import bell, ledger
from lantern_pro.jobs.keys import WORKERS
from lantern_pro.jobs.lanes import Lane
from lantern_pro.jobs.lookout import Lookout
from lantern_pro.jobs.schedule import Clockwork, stage_periodic_jobs
from lantern_pro.jobs.worker import LARGEST_BATCH, Batch, run_batch
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell

log = logging.getLogger(__name__)

NOTICED_WITHIN_SECONDS: Final = 30.0
"""A job whose run stands still for so long is taken from its worker, which then ends itself."""
SHORT_BATCH_SECONDS: Final = 0.05
LONG_BATCH_SECONDS: Final = 0.25
PAUSE_AFTER_FAILURE_SECONDS: Final = 0.5
WORKER_FORGOTTEN_MS: Final = 86_400_000


def _all_cells() -> set[Cell]:
    return {Cell(cell) for cell in range(settings.CELLS)}


class Drainer:
    """One thread of a lane: leases a batch, runs it, looks again."""

    def __init__(self, lookout: Lookout, name: str) -> None:
        """Prepare; ``start`` begins. The lane's threads have one ``lookout``."""
        self.batch: Batch | None = None
        self._name = name
        self._lookout = lookout
        self._calls = 0
        self._size = LARGEST_BATCH // 8
        self._rung: set[Cell] = set()
        self._news = threading.Condition()
        self._stopping = False
        self._thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> None:
        """Begin."""
        self._thread.start()

    def ring(self, cell: Cell) -> None:
        """Look at a cell at once, or after the batch at hand."""
        with self._news:
            self._rung.add(cell)
            self._news.notify()

    def stop(self) -> None:
        """End after the job at hand; those leased and not begun are handed back."""
        with self._news:
            self._stopping = True
            self._news.notify()

    def join(self, seconds: float) -> bool:
        """Wait for the end; False when it has not come in time."""
        self._thread.join(seconds)
        return not self._thread.is_alive()

    def _is_stopping(self) -> bool:
        return self._stopping

    def _run(self) -> None:
        cells, next_look = _all_cells(), 0.0
        while not self._stopping:
            busy, pause = set(), float(settings.JOB_SWEEP_SECONDS)
            for cell in cells:
                wait = self._look_at(cell)
                pause = min(pause, wait)
                if wait == 0.0:
                    busy.add(cell)
            with self._news:
                if not busy and not self._rung and not self._stopping:
                    self._news.wait(pause)
                cells, self._rung = busy | self._rung, set()
            if not cells or time.monotonic() >= next_look:
                cells = _all_cells()
                next_look = time.monotonic() + settings.JOB_SWEEP_SECONDS

    def _look_at(self, cell: Cell) -> float:
        """Run a batch of a cell's jobs; how many seconds it may be until the next is due.

        Whatever goes wrong, the thread survives: its lane may have no other.
        """
        try:
            return self._take_batch(cell)
        except RedisError as error:
            log.warning("%s: the store does not answer: %s", self._name, type(error).__name__)
        except Exception:
            log.exception("%s: looking for jobs failed", self._name)
        self.batch = None  # whatever was in it is left to the lease
        return PAUSE_AFTER_FAILURE_SECONDS

    def _take_batch(self, cell: Cell) -> float:
        share = self._lookout.share(cell, most=self._size)
        self._calls += 1
        jobs = ledger.lease(cell, share.ids, holder=f"{self._name}.{self._calls}")
        if jobs:
            begun = time.monotonic()
            self.batch = Batch(jobs)
            run_batch(self.batch, self._is_stopping)
            self.batch = None
            self._fit_size(len(jobs), time.monotonic() - begun)
        return 0.0 if share.ids else share.next_look_seconds

    def _fit_size(self, jobs: int, seconds: float) -> None:
        """Take more at once while that is quick, fewer when others could have begun meanwhile."""
        if seconds > LONG_BATCH_SECONDS:
            self._size = max(1, self._size // 2)
        elif seconds < SHORT_BATCH_SECONDS and jobs == self._size:
            self._size = min(2 * self._size, LARGEST_BATCH)


class Runner:
    """A worker: the threads of its lanes, and the keeper of their leases."""

    def __init__(
        self, threads: Mapping[Lane, int], *, on_standstill: Callable[[], None] | None = None
    ) -> None:
        """Prepare; ``on_standstill`` is called when a thread is beyond help."""
        self.name = f"{socket.gethostname()}.{os.getpid()}.{secrets.token_hex(4)}"
        lookouts = {lane: Lookout(lane, count) for lane, count in threads.items()}
        self._drainers = [
            Drainer(lookouts[lane], f"{self.name}.{lane}.{number}")
            for lane, count in threads.items()
            for number in range(count)
        ]
        self._on_standstill = on_standstill or end_this_process
        self._clockwork = Clockwork()
        self._closing = threading.Event()
        self._next_sweep = 0.0
        self._stands_still = False
        self._keeper = threading.Thread(target=self._keep, name="keeper", daemon=True)

    def start(self) -> None:
        """Begin to work."""
        bell.listen(self.ring)
        self._keeper.start()
        for drainer in self._drainers:
            drainer.start()

    def ring(self, cell: Cell) -> None:
        """Jobs are due in a cell."""
        for drainer in self._drainers:
            drainer.ring(cell)

    def stop(self) -> bool:
        """Finish the jobs that are being run, hand back the others; False when one hangs."""
        for drainer in self._drainers:
            drainer.stop()
        deadline = time.monotonic() + settings.JOB_LEASE_MS / 1000
        ended = [each.join(max(deadline - time.monotonic(), 0.0)) for each in self._drainers]
        self._closing.set()
        self._keeper.join()
        bell.stop_listening(self.ring)
        return all(ended)

    def _keep(self) -> None:
        beat = min(settings.JOB_LEASE_MS / 3000, 1.0)
        away = False
        while not self._closing.wait(beat):
            try:
                self._renew()
                if time.monotonic() >= self._next_sweep:
                    self._sweep()
                away = False
            except RedisError as error:
                if not away:
                    log.warning("keeper: the store does not answer: %s", type(error).__name__)
                away = True
            except Exception:
                log.exception("keeper: regular work failed")

    def _renew(self) -> None:
        """Renew the leases of batches that move; leave those that stand still to run out."""
        lease_seconds = settings.JOB_LEASE_MS / 1000
        for drainer in self._drainers:
            batch = drainer.batch
            if batch is None or not (held := batch.held):
                continue
            if batch.idle_seconds > NOTICED_WITHIN_SECONDS and not self._stands_still:
                log.critical("%s stands still; this worker ends, others go on", batch.at_hand)
                self._stands_still = True
                self._on_standstill()
            elif batch.idle_seconds + lease_seconds <= NOTICED_WITHIN_SECONDS:
                batch.let_go(*ledger.renew(held))

    def _sweep(self) -> None:
        """Find by time what nobody announced, and give a sign of life."""
        self._next_sweep = time.monotonic() + settings.JOB_SWEEP_SECONDS
        client = text_client()
        seconds, _ = client.time()
        for cell in range(settings.CELLS):
            while ledger.lapse(Cell(cell)) == ledger.LAPSES_AT_ONCE:
                self._renew()  # many have fallen at once, and our own leases run meanwhile
        signs = WORKERS(cell=Cell(0))
        client.zadd(signs, {self.name: seconds * 1000})
        client.zremrangebyscore(signs, "-inf", seconds * 1000 - WORKER_FORGOTTEN_MS)
        stage_periodic_jobs()
        self._clockwork.stage_due()


def end_this_process() -> None:
    """Ask this process to end, as an operator would; what started it starts another."""
    os.kill(os.getpid(), signal.SIGTERM)
