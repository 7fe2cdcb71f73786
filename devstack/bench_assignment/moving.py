"""Moving the users of a proxy to others, as its job does it, and what Redis is blocked for."""

import secrets
import time
from dataclasses import dataclass
from typing import Final

from devstack.bench_assignment.fleets import Fleet
from devstack.bench_assignment.pinging import pinging
from devstack.reports.progress import Progress
from lantern_pro.jobs import ledger
from lantern_pro.jobs.worker import Batch, run_batch
from lantern_pro.store.client import text_client
from proxies.moving import progress_of
from proxies.services.states import drain_proxy

IDLE_SECONDS: Final = 1.0
MOST_KEPT: Final = 100_000


@dataclass(frozen=True, slots=True)
class Moved:
    """What a moving took: ``blocks_us`` are all commands by what Redis says that each took."""

    users: int
    stayed: int
    seconds: float
    blocks_us: list[int]
    waits_ms: list[float]
    idle_waits_ms: list[float]

    @property
    def longest_block_ms(self) -> float:
        """The longest that a single command kept Redis from everything else."""
        return max(self.blocks_us) / 1000


def move_off(fleet: Fleet, url: str) -> Moved:
    """Drain the fleet's crowded proxy and run the job, page by page, as a worker does."""
    client = text_client()
    with pinging(url) as idle:
        time.sleep(IDLE_SECONDS)  # noqa: TID251 - what is waited when nothing goes on
    client.config_set("slowlog-max-len", MOST_KEPT)
    client.config_set("slowlog-log-slower-than", 0)
    client.slowlog_reset()
    with Progress(f"moving, {fleet.name}", 1) as shown, pinging(url) as waits:
        begun = time.perf_counter()
        drain_proxy(fleet.crowded)
        while _run_page(fleet):
            pass
        seconds = time.perf_counter() - begun
        shown.step()
    client.config_set("slowlog-log-slower-than", -1)
    blocks = [each["duration"] for each in client.slowlog_get(MOST_KEPT)]
    client.slowlog_reset()
    told = progress_of(fleet.crowded)
    if told is None or told.ended is None:
        message = "the job did not come to its end"
        raise RuntimeError(message)
    return Moved(told.tally.moved, told.tally.stayed, seconds, blocks, waits, idle)


def _run_page(fleet: Fleet) -> bool:
    """Run a page of the moving, and nothing of what follows from it; False when none is due."""
    due = ledger.waiting(fleet.cell, kinds=["move_users_off"], most=1).due
    jobs = ledger.lease(fleet.cell, due, holder=f"bench.{secrets.token_hex(8)}")
    run_batch(Batch(jobs))
    return bool(jobs)
