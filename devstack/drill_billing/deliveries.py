"""How the facts reach us: in order, shuffled and repeated, amid crashes, or by reconciliation."""

import json
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import cache
from itertools import chain
from random import Random  # noqa: TID251 - harmless: the same again by a seed
from typing import Any, Final

import redis
from django.conf import settings

from billing.reconcile_jobs import Reconcile
from billing.services.webhooks import receive_stripe_event
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
from lantern_pro.types import Cell, UserId

HERE: Final = Cell(0)
MINUTE_MS: Final = 60_000
LATEST_MS: Final = 15 * MINUTE_MS
MOST_ROUNDS: Final = 40
AS_IT_HAPPENS: Final = "as it happens, then all again"
SHUFFLED: Final = "shuffled and repeated"
CRASHING: Final = "amid crashes"
RECONCILED: Final = "lost, then reconciled"
WAYS: Final = (AS_IT_HAPPENS, SHUFFLED, CRASHING, RECONCILED)


class Crash(BaseException):
    """The process is gone; nothing of it goes on."""


class CrashingRedis(redis.Redis):
    """A client whose process ends at one of its next scripts, before it is run or after."""

    left: int = 0
    after: bool = False

    def evalsha(self, *arguments: Any, **named: Any) -> Any:
        """Run a script, or end."""
        self.left -= 1
        if self.left == 0 and not self.after:
            raise Crash
        answer = super().evalsha(*arguments, **named)
        if self.left == 0:
            raise Crash
        return answer


@cache
def laws_of_money() -> Sequence[Law]:
    """The laws of time and of what was paid for."""
    return [law for law in all_laws() if law.number in {2, 3}]


@dataclass(slots=True)
class Delivery:
    """One way in which the facts reach us, and what came of it."""

    way: str
    luck: Random
    standin: StripeStandin
    broken: list[str] = field(default_factory=list)
    crashes: int = 0
    steps: int = 0

    def run(self, happens: Iterator[None]) -> None:
        """Deliver all that Stripe has to tell; ``happens`` goes on with what happens there.

        At each step laws 2 and 3 must hold, and every law at the end.
        """
        self._tell(happens)
        self._hold_to(all_laws())

    def _tell(self, happens: Iterator[None]) -> None:
        if self.way == AS_IT_HAPPENS:
            told = 0
            for _ in chain([None], happens):
                events = self.standin.journal.all("event")
                self._deliver(events[told:])
                told = len(events)
        for _ in happens:
            pass
        events = list(self.standin.journal.all("event"))
        if self.way == SHUFFLED:
            events += self.luck.sample(events, len(events) // 2)
            self.luck.shuffle(events)
        if self.way == RECONCILED:
            self._finish()
            for minutes in (2, 8):
                with clock.shifted(minutes * MINUTE_MS):
                    ledger.stage(NewJob(HERE, Reconcile(HERE), f"drill.{minutes}"))
                    self._finish()
        else:
            self._deliver(events)
            self._finish()

    def _deliver(self, events: Sequence[dict[str, Any]]) -> None:
        now = clock.as_seconds(clock.now())
        for event in events:
            body, headers = packed(event, settings.STRIPE_WEBHOOK_SECRET, now)
            receive_stripe_event(body, headers["Stripe-Signature"])
            if self.luck.random() < 0.4:  # noqa: PLR2004 - now and then a worker is at hand
                self._work()

    def _finish(self) -> None:
        """Work until nothing is left that waits for its next try."""
        for _ in range(MOST_ROUNDS):
            if not self._work() and not _let_time_pass():
                return
        self.broken.append(f"{self.way}: jobs are still at work after {MOST_ROUNDS} rounds")

    def _work(self) -> int:
        """Let a worker do what is due, or end amid it; the laws must hold after either."""
        taken = 1  # as far as anybody knows who sees a worker end
        try:
            with self._perhaps_crashing():
                taken = drain(HERE)
        except Crash:
            self.crashes += 1
        self.steps += 1
        self._hold_to(laws_of_money())
        return taken

    def _hold_to(self, laws: Sequence[Law]) -> None:
        self.broken += [
            f"{self.way}: law {law.number}: {fault}" for law in laws for fault in law.check(HERE)
        ]

    @contextmanager
    def _perhaps_crashing(self) -> Iterator[None]:
        if self.way != CRASHING or self.luck.random() < 0.4:  # noqa: PLR2004 - some do not end
            yield
            return
        text: Any = CrashingRedis.from_url(settings.REDIS_URL, decode_responses=True, protocol=2)
        text.left, text.after = self.luck.randint(1, 12), self.luck.random() < 0.5  # noqa: PLR2004
        try:
            with using(text=text, raw=raw_client()):
                yield
        finally:
            text.close()


def _let_time_pass() -> int:
    """Let an hour go by for the ledger: leases run out, and what waits is due; how much did."""
    client, moved = text_client(), 0
    soon = int(client.time()[0]) * 1000 + 60 * MINUTE_MS
    for key in [LEASED(cell=HERE), *(DUE(cell=HERE, kind=kind) for kind in known_kinds())]:
        ids = client.zrangebyscore(key, "-inf", soon)
        if ids:
            moved += client.zadd(key, dict.fromkeys(ids, 1), xx=True, ch=True)
    return moved


@dataclass(frozen=True, slots=True)
class State:
    """How all users and purchases stand, and when each user's time ends, ms."""

    text: str
    ends: dict[int, int]

    def agrees(self, other: "State") -> bool:
        """Whether they are the same, but for the minutes by which one way is slower by design."""
        return self.text == other.text and all(
            abs(end - other.ends[user]) < LATEST_MS for user, end in self.ends.items()
        )


def state() -> State:
    """How everything stands now."""
    from accounts.models import User
    from billing.managers.returns import returns_of
    from billing.models import Purchase

    users, ends = [], dict[int, int]()
    for user in User.objects.all():
        account = User.objects.get_account(UserId(user.pk))
        assert account is not None
        entries = sorted(
            [each.kind, each.because, each.span_ms, each.plan] for each in account.time_ledger
        )
        ends[user.pk] = int(account.row["expiration"])
        users.append([user.pk, entries])
    purchases = [
        [
            *(each.pk, each.state, each.reason, each.payment_intent, each.returned_minor),
            sorted([back.fact, back.state, back.minor] for back in returns_of(each.purchase_id)),
        ]
        for each in Purchase.objects.all()
    ]
    text = json.dumps({"users": sorted(users), "purchases": sorted(purchases)}, indent=1)
    return State(text, ends)
