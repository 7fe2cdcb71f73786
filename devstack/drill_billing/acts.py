"""What happens at Stripe alone after that: told anew, and the same, in each way."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from random import Random  # noqa: TID251 - harmless: the same again by a seed
from typing import Final
from unittest.mock import patch

import requests
import stripe

from billing.gateways.stripe_client import client as stripe_client
from billing.services.loans import AHEAD_MS
from devstack.drill_billing.books import charges_of, disputes_of, is_past, waiting_for
from devstack.drill_billing.facts import ALL_SETTLES, BANK, DAY, TIME_PASSES, Act, Facts
from devstack.drill_billing.moments import STEP_SECONDS
from devstack.standin import Object
from devstack.stripe_standin import StripeStandin
from devstack.stripe_standin.call import Call
from lantern_pro.types import PurchaseId

FAILS: Final = "4000000000000341"
WORKS: Final = "4242424242424242"
DECLINED: Final = "4000000000000002"
CONTEST: Final = "contest"
FOR_US: Final = "bank for us"
AGAINST_US: Final = "bank against us"
_OF_PAYMENTS: Final = frozenset({CONTEST, FOR_US, AGAINST_US})
PAYS: Final = "pay invoice"
_WISHES: Final = frozenset({"cancel", "resume", "end", PAYS})


@dataclass(frozen=True, slots=True)
class Wish:
    """A subscription is to end, with its period or at once, or to go on; or is paid by hand."""

    subscription: str
    at: int
    what: str


@dataclass(slots=True)
class Causes:
    """Gives the objects at Stripe ids by what makes them, so that they are the same in each way."""

    act: str = "the beginning"
    _made: dict[str, int] = field(default_factory=dict)

    @contextmanager
    def naming(self, seed: str) -> Iterator[None]:
        """Name what is made meanwhile."""
        make = Call.make

        def named(call: Call, kind: str, prefix: str, **fields: object) -> Object:
            cause = f"{call.idempotency_key or self.act}|{prefix}"  # what else is made moves none
            count = self._made[cause] = self._made.get(cause, 0) + 1
            luck = Random(f"{seed}|{cause}|{count}")
            return {
                **make(call, kind, prefix, **fields),
                "id": f"{prefix}_{luck.getrandbits(120):030x}",
            }

        with patch.object(Call, "make", named):
            yield

    def begin_again(self) -> None:
        """Forget what was made so far: what follows the beginning is made again."""
        self._made.clear()
        self.act = "before the acts"


@dataclass(slots=True)
class Stage:
    """Where acts happen: at Stripe alone; and who wanted that a subscription ends, and when.

    ``waiting`` are the purchases that wait for their buyers, as the facts number them.
    """

    facts: Facts
    standin: StripeStandin
    causes: Causes
    waiting: Sequence[PurchaseId]
    wishes: list[Wish] = field(default_factory=list)

    def begin_again(self) -> None:
        """Forget what has happened, to begin where the clients' calls have ended."""
        self.causes.begin_again()
        self.wishes = [
            Wish(each["id"], self.standin.clock.now(), "cancel")
            for each in self.standin.journal.all("subscription")
            if each["cancel_at_period_end"]
        ]

    def happen(self) -> Iterator[Act]:
        """Let one act happen after the other; each is answered before it happens.

        Days pass in legs: some minutes before something is charged time stands still, because by
        then the clock has a subscription looked at, and what is found may keep it from that.
        """
        for number, act in enumerate(self.facts.acts):
            yield act
            self.causes.act = f"act {number}"
            until = self.standin.clock.now() + (act.days * DAY or STEP_SECONDS)
            while (leg := _next_look(self.standin, until)) < until:
                self.standin.put_clock_forward(leg)
                yield Act(TIME_PASSES, days=1)
            self.standin.put_clock_forward(until)
            if act.what not in {TIME_PASSES, ALL_SETTLES}:
                with suppress(stripe.InvalidRequestError):  # no more to give back, or to end
                    self._happens(act)

    def _happens(self, act: Act) -> None:
        if act.what in {"pay", "refuse"}:
            for number in act.those:
                self._comes_back(number, pays=act.what == "pay")
            return
        kind, happens = _ACTS[act.what]
        there = sorted(self.standin.journal.all(kind), key=lambda each: str(each["id"]))
        there = [each for each in there if _is_possible(self.standin, kind, act, each)]
        if there:
            about = there[act.about % len(there)]
            happens(self.standin, about, act, self.causes.act)
            if kind == "subscription" and act.what in _WISHES:
                self.wishes.append(Wish(about["id"], self.standin.clock.now(), act.what))

    def _comes_back(self, number: int, *, pays: bool) -> None:
        """A buyer pays what waits for them, or is refused: on Stripe's page, or at their bank."""
        at = self.facts.waiting[number].at
        found = waiting_for(self.standin, self.waiting[number], at)
        if found and at == BANK:
            self.standin.authenticate(found["id"], succeed=pays)
        elif found and found["status"] == "open":
            press_pay(found["url"], WORKS if pays else DECLINED)


def press_pay(url: str, card: str) -> None:
    """What a buyer does on a page of Stripe's."""
    form = {"number": card, "do": "pay"}
    requests.post(url, form, allow_redirects=False, timeout=20)


def _is_possible(standin: StripeStandin, kind: str, act: Act, about: Object) -> bool:
    """Whether an act can be about this."""
    if kind == "charge":
        return bool(about["paid"]) and is_past(standin, about)
    return act.what not in _OF_PAYMENTS or bool(charges_of(standin, about["id"]))


def _next_look(standin: StripeStandin, until: int) -> int:
    """When some subscription is looked at before it is charged, if that is before ``until``."""
    ahead, journal = AHEAD_MS // 1000, standin.journal
    going_on = [
        each for each in journal.all("subscription") if each["status"] in {"active", "past_due"}
    ]
    looks = [
        int(item["current_period_end"]) - ahead
        for each in going_on
        for item in each["items"]["data"]
    ]
    for each in going_on:
        latest = journal.get(each["latest_invoice"] or "") or {}
        charged = {"draft": "_finalize_at", "open": "next_payment_attempt"}.get(latest["status"])
        if charged and latest[charged]:
            looks.append(int(latest[charged]) - ahead)
    return min([each for each in looks if each > standin.clock.now()] + [until])


def _refund(_: StripeStandin, charge: Object, act: Act, key: str) -> None:
    amount = max(1, charge["amount"] * act.percent // 100)
    stripe_client().v1.refunds.create(
        {"charge": charge["id"], "amount": amount}, {"idempotency_key": key}
    )


def _dispute(standin: StripeStandin, charge: Object, _act: Act, _key: str) -> None:
    standin.dispute("open", charge=charge["id"])


def _end_dispute(standin: StripeStandin, dispute: Object, act: Act, _key: str) -> None:
    standin.dispute(act.what, dispute=dispute["id"])


def _contest(standin: StripeStandin, subscription: Object, _act: Act, _key: str) -> None:
    known = [each for each, _ in charges_of(standin, subscription["id"]) if is_past(standin, each)]
    charge = known[-1]
    standin.dispute("open", charge=charge["id"])


def _decide(standin: StripeStandin, subscription: Object, act: Act, _key: str) -> None:
    disputes = disputes_of(standin, subscription["id"])
    if disputes:
        how = "win" if act.what == FOR_US else "lose"
        standin.dispute(how, dispute=disputes[-1]["id"])


def _card_turns(standin: StripeStandin, subscription: Object, act: Act, _key: str) -> None:
    number = FAILS if act.what == "card fails" else WORKS
    with standin.journal.change() as draft:
        method = draft.get(subscription["default_payment_method"] or "")
        if method:
            draft.put({**method, "card": {**method["card"], "_number": number}})


def _pay_invoice(standin: StripeStandin, subscription: Object, _act: Act, _key: str) -> None:
    """What the owner does on the page that a mail led to."""
    invoice = standin.journal.get(subscription["latest_invoice"] or "")
    if invoice and invoice["status"] == "open":
        press_pay(invoice["hosted_invoice_url"], WORKS)


def _end_with_period(_: StripeStandin, subscription: Object, act: Act, key: str) -> None:
    stripe_client().v1.subscriptions.update(
        subscription["id"],
        {"cancel_at_period_end": act.what == "cancel"},
        {"idempotency_key": key},
    )


def _end(_: StripeStandin, subscription: Object, _act: Act, key: str) -> None:
    stripe_client().v1.subscriptions.cancel(subscription["id"], {}, {"idempotency_key": key})


Happens = Callable[[StripeStandin, Object, Act, str], None]
_ACTS: Final[Mapping[str, tuple[str, Happens]]] = {
    "refund whole": ("charge", _refund),
    "refund part": ("charge", _refund),
    "dispute": ("charge", _dispute),
    "win": ("dispute", _end_dispute),
    "lose": ("dispute", _end_dispute),
    "card fails": ("subscription", _card_turns),
    "card works": ("subscription", _card_turns),
    PAYS: ("subscription", _pay_invoice),
    "cancel": ("subscription", _end_with_period),
    "resume": ("subscription", _end_with_period),
    "end": ("subscription", _end),
    CONTEST: ("subscription", _contest),
    FOR_US: ("subscription", _decide),
    AGAINST_US: ("subscription", _decide),
}
"""What an act happens to, and how."""
