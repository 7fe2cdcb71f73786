"""How the facts reach us: in order, shuffled and repeated, amid crashes, or by reconciliation."""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from random import Random  # noqa: TID251 - harmless: the same again by a seed
from typing import Any, Final

from django.conf import settings

from billing.keys import PROMOTION_USES
from billing.managers.promotions import CATALOGUE_CELL
from billing.reconcile_jobs import Reconcile
from billing.services.webhooks import receive_stripe_event
from billing.subscription_jobs import look_for_due_subscriptions
from devstack.drill_billing.acts import Stage
from devstack.drill_billing.clients import App
from devstack.drill_billing.crashes import Crash, crashing
from devstack.drill_billing.facts import DAY, PROMOTION
from devstack.drill_billing.snapshot import Snapshot
from devstack.drill_billing.truth import all_is_as_it_must_be, nothing_overtaken_is_open
from devstack.stripe_standin import StripeStandin
from devstack.stripe_standin.signing import packed
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import NewJob
from lantern_pro.jobs.keys import DUE, LEASED
from lantern_pro.jobs.registry import known_kinds
from lantern_pro.jobs.worker import drain
from lantern_pro.store.client import raw_client, text_client, using
from lantern_pro.store.laws import Law
from lantern_pro.support.laws import all_laws
from lantern_pro.types import Cell

HERE: Final = Cell(0)
MINUTE_MS: Final = 60_000
HOUR_MS: Final = 60 * MINUTE_MS
WALKED_AFTER_MS: Final = (2 * MINUTE_MS, 8 * MINUTE_MS)
"""What is of the last minute a later walk finds, and one still later sees it repaired."""
MOST_ROUNDS: Final = 40
OFTEN: Final = 6
"""As often as this is tried again what a worker left, and far more often than it must be."""
AS_IT_HAPPENS: Final = "as it happens, then all again"
SHUFFLED: Final = "late, shuffled and repeated"
CRASHING: Final = "amid crashes"
RECONCILED: Final = "lost, then reconciled"
WAYS: Final = (AS_IT_HAPPENS, SHUFFLED, CRASHING, RECONCILED)
BY_THE_CLOCK: Final = frozenset({SHUFFLED, RECONCILED})
"""The ways in which what the clock brings is looked for; in the others events alone tell."""

Events = list[dict[str, Any]]


@cache
def laws_at_each_step() -> Sequence[Law]:
    """Laws 2 and 3: of time, and of what was paid for."""
    return [law for law in all_laws() if law.number in {2, 3}]


@dataclass(slots=True)
class Delivery:
    """One way in which the facts reach us, and what came of it."""

    way: str
    luck: Random
    stage: Stage
    apps: Sequence[App]
    broken: list[str] = field(default_factory=list)
    crashes: int = 0
    steps: int = 0
    lost: float = 0.0
    _late: Events = field(default_factory=list)
    _seen: int = 0
    _walks: int = 0

    @property
    def standin(self) -> StripeStandin:
        """What Stripe is here."""
        return self.stage.standin

    def run(self) -> None:
        """Let everything happen, and be told; laws 2 and 3 hold at each step, all at the end."""
        self.lost = self.luck.choice((0.5, 1.0, 1.0))
        with self._present():
            self._finish()
        for act in self.stage.happen():
            with self._present():
                self._hear()
                if act.settles:
                    self._finish()
            if act.days:
                _let_time_pass(act.days * DAY * 1000, Counter())
        with self._present():
            self._hear()
            self._hear_the_rest()
            self._finish()
        for later_ms in WALKED_AFTER_MS if self.way == RECONCILED else ():
            with self._present(later_ms):
                self._finish()
        with self._present():
            self._hold_to(all_laws())
            self._must(all_is_as_it_must_be(self.stage, self.apps))

    @contextmanager
    def _present(self, later_ms: int = 0) -> Iterator[None]:
        """The time that it is at Stripe now, or somewhat later."""
        with clock.shifted(self.standin.clock.now() * 1000 - clock.now() + later_ms):
            yield

    def _hear(self) -> None:
        """Take in what is told of what has just happened, as this way tells it."""
        events = self.standin.journal.all("event")
        fresh, self._seen = events[self._seen :], len(events)
        if self.way == RECONCILED:
            fresh = [each for each in fresh if self.luck.random() >= self.lost]
        if self.way == SHUFFLED:
            self._late += fresh
            self.luck.shuffle(self._late)
            some = self.luck.randint(0, len(self._late))
            fresh, self._late = self._late[:some], self._late[some:]
        self._deliver(fresh)

    def _hear_the_rest(self) -> None:
        events = self.standin.journal.all("event")
        if self.way == SHUFFLED:
            rest = self._late + self.luck.sample(events, len(events) // 2)
            self.luck.shuffle(rest)
            self._deliver(rest)
        elif self.way == AS_IT_HAPPENS:
            self._deliver(events)

    def _deliver(self, events: Sequence[dict[str, Any]]) -> None:
        now = clock.as_seconds(clock.now())
        for event in events:
            body, headers = packed(event, settings.STRIPE_WEBHOOK_SECRET, now)
            receive_stripe_event(body, headers["Stripe-Signature"])
            if self.luck.random() < 0.3:  # noqa: PLR2004 - now and then a worker is at hand
                self._work()

    def _finish(self) -> None:
        """Work until nothing is left that waits for its next try."""
        if self.way in BY_THE_CLOCK:
            look_for_due_subscriptions(HERE)
        if self.way == RECONCILED:
            ledger.stage(NewJob(HERE, Reconcile(HERE), f"drill.{self._walks}"))
            self._walks += 1
        brought = Counter[str]()
        for _ in range(MOST_ROUNDS):
            if not self._work() and not _let_time_pass(HOUR_MS, brought):
                self._must(nothing_overtaken_is_open(self.standin))
                return
        self.broken.append(f"{self.way}: jobs are still at work after {MOST_ROUNDS} rounds")

    def _work(self) -> int:
        """Let a worker do what is due, or end amid it; the laws must hold after either."""
        taken = 1  # as far as anybody knows who sees a worker end
        try:
            if self.way == CRASHING and self.luck.random() < 0.6:  # noqa: PLR2004 - others do not end
                with crashing(self.luck):
                    taken = drain(HERE)
            else:
                taken = drain(HERE)
        except Crash:
            self.crashes += 1
        if taken:
            self.steps += 1
            snapshot: Any = Snapshot()
            with using(text=snapshot, raw=raw_client()):
                self._hold_to(laws_at_each_step())
        return taken

    def _hold_to(self, laws: Sequence[Law]) -> None:
        self.broken += [
            f"{self.way}: law {law.number}: {fault}" for law in laws for fault in law.check(HERE)
        ]

    def _must(self, faults: Iterable[str]) -> None:
        self.broken += [f"{self.way}: {fault}" for fault in faults]


def _let_time_pass(span_ms: int, brought: Counter[str]) -> int:
    """Let time go by for the ledger: leases run out, and what waits is due; how much did.

    What was ``brought`` forward so often already waits for somebody, as it may.
    """
    client = text_client()
    soon = int(client.time()[0]) * 1000 + span_ms
    keys = [LEASED(cell=HERE), *(DUE(cell=HERE, kind=kind) for kind in known_kinds())]
    with client.pipeline(transaction=False) as pipe:
        for key in keys:
            pipe.zrangebyscore(key, "-inf", soon)
        found = dict(zip(keys, pipe.execute(), strict=True))
    _let_holds_end(span_ms)
    soon_due = {key: [each for each in ids if brought[each] < OFTEN] for key, ids in found.items()}
    brought.update(each for ids in soon_due.values() for each in ids)
    return sum(
        client.zadd(key, dict.fromkeys(ids, 1), xx=True, ch=True)
        for key, ids in soon_due.items()
        if ids
    )


def _let_holds_end(span_ms: int) -> None:
    """Let what is held for a while by Redis's clock be held so much shorter."""
    client, uses = text_client(), PROMOTION_USES(promotion=PROMOTION, cell=CATALOGUE_CELL)
    for name, until in client.hgetall(uses).items():
        if until.isdigit():
            client.hset(uses, name, str(max(1, int(until) - span_ms)))
