"""Two clocks that go forward together: ours, and that of the Stripe stand-in.

Time passes in steps; at each one the stand-in's events come in by the webhook, the clock's own work
is staged, and jobs are done, all at the time that it is then.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Final

from django.test import Client

from billing.gateways.stripe_events import WEBHOOK_TOLERANCE_SECONDS
from devstack.stripe_standin import StripeStandin
from devstack.stripe_standin.signing import packed
from lantern_pro import clock
from lantern_pro.jobs.keys import DUE, JOBS
from lantern_pro.jobs.registry import known_kinds
from lantern_pro.jobs.schedule import stage_periodic_jobs
from lantern_pro.jobs.worker import drain
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell
from tests.api.test_stripe_webhook import SECRET

HOUR: Final = 3_600
DAY: Final = 24 * HOUR
assert WEBHOOK_TOLERANCE_SECONDS < HOUR  # so that a wrong clock would be seen


@dataclass
class World:
    """A service and its Stripe, in one time; ``webhooks`` says whether events arrive."""

    stripe: StripeStandin
    webhooks: bool = True
    passed: int = 0
    _told: set[str] = field(default_factory=set)

    @contextmanager
    def present(self) -> Iterator[None]:
        """The time that it is now, for whatever is done inside."""
        with clock.shifted(self.passed * 1000):
            yield

    def settle(self) -> None:
        """Deliver what is to be told, stage what the clock says, and do what is due."""
        with self.present():
            stage_periodic_jobs()
            drain(Cell(0))
            self._deliver()
            drain(Cell(0))

    def _deliver(self) -> None:
        for event in self.stripe.journal.all("event"):
            if event["id"] in self._told:
                continue
            self._told.add(event["id"])
            if self.webhooks:
                body, headers = packed(event, SECRET, self.stripe.clock.now())
                answer = Client().generic(
                    "POST",
                    "/webhooks/stripe",
                    body,
                    content_type="application/json",
                    headers=headers,
                )
                assert answer.status_code == 200, answer.content

    def pass_time(self, seconds: int, *, step: int = DAY) -> None:
        """Let time pass, with all that happens meanwhile."""
        end = self.passed + seconds
        while self.passed < end:
            self.passed = min(self.passed + step, end)
            self._tell_stripe()
            self.settle()

    def pass_stripes_time(self, seconds: int) -> None:
        """Let time pass in which Stripe does what it does, and nobody here notices yet."""
        self.passed += seconds
        self._tell_stripe()

    def pass_jobs_time(self, seconds: int) -> None:
        """Let the ledger's time pass, which is Redis's own: what waits is due so much earlier."""
        client = text_client()
        for kind in known_kinds():
            due = DUE(cell=Cell(0), kind=kind)
            for job_id, at in client.zrange(due, 0, -1, withscores=True):
                earlier = int(at) - seconds * 1000
                client.zadd(due, {job_id: earlier})
                client.hset(JOBS.row(job_id), "due", earlier)

    def _tell_stripe(self) -> None:
        with self.present():
            self.stripe.put_clock_forward(clock.now() // 1000)
