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
from devstack.drill_billing.facts import DAY, TIME_PASSES, Act
from devstack.drill_billing.moments import STEP_SECONDS
from devstack.standin import Object
from devstack.stripe_standin import StripeStandin
from devstack.stripe_standin.call import Call

FAILS: Final = "4000000000000341"
WORKS: Final = "4242424242424242"


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
            cause = call.idempotency_key or self.act
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


def happen(acts: Sequence[Act], standin: StripeStandin, causes: Causes) -> Iterator[Act]:
    """Let one act happen after the other; each is answered before it happens.

    Days pass in legs: some minutes before a period ends time stands still, because there the clock
    has a subscription looked at, and what is found may keep it from being renewed.
    """
    for number, act in enumerate(acts):
        yield act
        causes.act = f"act {number}"
        until = standin.clock.now() + (act.days * DAY or STEP_SECONDS)
        while (leg := _next_look(standin, until)) < until:
            standin.put_clock_forward(leg)
            yield Act(TIME_PASSES, days=1)
        standin.put_clock_forward(until)
        if act.what == TIME_PASSES:
            continue
        kind, happens = _ACTS[act.what]
        there = sorted(standin.journal.all(kind), key=lambda each: str(each["id"]))
        there = [each for each in there if kind != "charge" or each["paid"]]
        if there:
            with suppress(stripe.InvalidRequestError):  # there is no more to give back, or to end
                happens(standin, there[act.about % len(there)], act, causes.act)


def _next_look(standin: StripeStandin, until: int) -> int:
    """When some subscription is looked at before its period ends, if that is before ``until``."""
    ends = [
        int(item["current_period_end"]) - AHEAD_MS // 1000
        for each in standin.journal.all("subscription")
        if each["status"] in {"active", "past_due"}
        for item in each["items"]["data"]
    ]
    return min([each for each in ends if each > standin.clock.now()] + [until])


def _refund(_: StripeStandin, charge: Object, act: Act, key: str) -> None:
    amount = max(1, charge["amount"] * act.percent // 100)
    stripe_client().v1.refunds.create(
        {"charge": charge["id"], "amount": amount}, {"idempotency_key": key}
    )


def _dispute(standin: StripeStandin, charge: Object, _act: Act, _key: str) -> None:
    standin.dispute("open", charge=charge["id"])


def _end_dispute(standin: StripeStandin, dispute: Object, act: Act, _key: str) -> None:
    standin.dispute(act.what, dispute=dispute["id"])


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
        form = {"number": WORKS, "do": "pay"}
        requests.post(invoice["hosted_invoice_url"], form, allow_redirects=False, timeout=20)


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
    "pay invoice": ("subscription", _pay_invoice),
    "cancel": ("subscription", _end_with_period),
    "resume": ("subscription", _end_with_period),
    "end": ("subscription", _end),
}
"""What an act happens to, and how."""
