"""Histories of one subscription, drawn at random, with Stripe away and events lost on the way.

Whatever happened, in the end each paid invoice has given its period once, at most one loan is open,
and the laws hold at every step. ``HISTORIES`` in the environment says how many are drawn.
"""

import os
import random  # noqa: TID251 - drawn again by its seed
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

import pytest
import requests

from billing.models import Plan, Purchase
from devstack.standin.faults import Fault
from lantern_pro.jobs.models import Job
from tests.api.subscribing import (
    confirm,
    let_it_be_paid,
    let_it_fail,
    pay_first,
    user_data,
    world,
)
from tests.api.test_purchases import faults
from tests.api.world import DAY, HOUR, World
from tests.client_app import ClientApp

__all__ = ["world"]

DRAWN: Final = int(os.environ.get("HISTORIES", "1"))
ACTS: Final = 30
LENGTHS: Final = {"2d-usd-10": 2, "5d-usd-10": 5, "5d-usd-20": 5, "9d-usd-10": 9}
FAULTS: Final = ("status_500", "close_before", "close_after")


@dataclass
class History:
    """One history as it goes on."""

    client: ClientApp
    world: World
    luck: random.Random

    def go_on(self) -> None:
        """Let the next thing happen, and all that follows at once."""
        acts: list[Callable[[], object]] = [
            *[self.pass_time] * 8,
            *[lambda: let_it_fail(self.world)] * 3,
            lambda: let_it_be_paid(self.world),
            lambda: self.change("cancel"),
            lambda: self.change("resume"),
            lambda: self.change(self.luck.choice(list(LENGTHS))),
            self.subscribe_again,
            self.pay_an_open_invoice,
            self.let_stripe_fail,
            self.world.stripe.faults.clear,
            self.tell_or_not,
        ]
        self.luck.choice(acts)()
        self.world.settle()

    def pass_time(self) -> None:
        seconds = self.luck.choice([HOUR, 6 * HOUR, DAY, 2 * DAY, 5 * DAY])
        self.world.pass_time(seconds, step=DAY)
        self.world.pass_jobs_time(seconds)

    def change(self, wanted: str) -> None:
        with self.world.present():
            self.client.post("/subscription-update", plan=wanted)

    def subscribe_again(self) -> None:
        with self.world.present():
            plan = self.luck.choice(list(LENGTHS))
            self.client.post("/stripe-subscription", planId=plan, timeout=0)

    def pay_an_open_invoice(self) -> None:
        for invoice in invoices(self.world, "open")[:1]:
            try:
                confirm(self.world, invoice["_intent"], "pm_card_visa")
            except (requests.RequestException, ValueError):
                return  # Stripe is away for its owner, too

    def let_stripe_fail(self) -> None:
        times = self.luck.choice([1, 2, 3, 1_000])
        fault = Fault(self.luck.choice(FAULTS), "/v1", method="*", times=times)
        self.world.stripe.faults.add(fault)

    def tell_or_not(self) -> None:
        self.world.webhooks = not self.world.webhooks


def invoices(world: World, status: str) -> list[dict[str, Any]]:
    """The invoices of a status, the oldest first."""
    return [each for each in world.stripe.journal.all("invoice") if each["status"] == status]


def wanted_expiration(world: World) -> int:
    """Until when the payer is to be Pro, told by Stripe's books alone; Unix seconds."""
    spans = [period_of(each) for each in invoices(world, "paid")]
    for subscription in world.stripe.journal.all("subscription"):
        own = [
            each
            for each in world.stripe.journal.all("invoice")
            if each["parent"]["subscription_details"]["subscription"] == subscription["id"]
        ]
        paid = [each for each in own if each["status"] == "paid"]
        is_due = own[-1]["status"] in {"draft", "open"} and paid
        if is_due and subscription["status"] in {"active", "past_due"}:
            end = period_of(paid[-1])[1]
            spans.append((end, end + 7 * DAY))
    expiration = 0
    for start, end in sorted(spans):
        expiration = max(expiration, start) + end - start
    return expiration


def period_of(invoice: dict[str, Any]) -> tuple[int, int]:
    """The span of time that an invoice is for."""
    period = invoice["lines"]["data"][0]["period"]
    return period["start"], period["end"]


def laws_broken(world: World) -> list[str]:
    """Every breach of a law, at the time that it is now."""
    with world.present():
        return faults()


@pytest.mark.parametrize("seed", range(DRAWN))
def test_any_history_of_a_subscription_ends_as_stripes_books_say(
    client: ClientApp, world: World, settings: Any, seed: int
) -> None:
    settings.PAYMENTS_PER_HOUR = 10_000
    for name, days in LENGTHS.items():
        price = 100 * days + int(name[-2:])
        Plan.objects.create(id=name, description=name, days=days, currency="usd", price_minor=price)
    client.post("/stripe-subscription", planId="2d-usd-10", email="reader@example.org")
    pay_first(world, "pm_card_visa")
    world.settle()
    history = History(client, world, random.Random(seed))

    for _ in range(ACTS):
        history.go_on()
        assert laws_broken(world) == []
    world.stripe.faults.clear()
    world.webhooks = True
    for _ in range(8):
        world.pass_time(HOUR, step=HOUR)
        world.pass_jobs_time(HOUR)
        world.settle()

    assert Purchase.objects.filter(state="paid").count() == len(invoices(world, "paid"))
    assert user_data(client, world)["expiration"] == wanted_expiration(world)
    assert Job.objects.filter(state="dead").count() == 0
    assert laws_broken(world) == []
