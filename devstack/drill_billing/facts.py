"""What happens: drawn by a seed, done once, by our API and at the Stripe stand-in."""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from random import Random  # noqa: TID251 - harmless: the same again by a seed
from typing import Any, Final

from django.test import Client

from billing.gateways.stripe_client import client as stripe_client
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin

PRICE_MINOR: Final = 4800
INVITED: Final = 0.7
CARDS: Final = ("tok_visa", "tok_visa", "tok_visa", "tok_chargeDeclined")
LINES: Final = ("", "", "close_after", "close_before", "status_500")
RETURNS: Final = ("none", "none", "whole", "part", "twice", "open", "won", "lost", "part+lost")


@dataclass(slots=True)
class App:
    """A client app with an account."""

    name: str
    user_id: int = 0
    token: str = ""
    http: Client = field(default_factory=Client)

    def call(self, path: str, **told: object) -> dict[str, Any]:
        """Call our API; ``/user-data`` is read, the others are posted."""
        headers = {
            "X-Lantern-Device-Id": self.name,
            "X-Lantern-User-Id": str(self.user_id),
            "X-Lantern-Pro-Token": self.token,
        }
        if path == "/user-data":
            response = self.http.get(path, headers=headers)
        else:
            response = self.http.post(
                path, json.dumps(told), content_type="application/json", headers=headers
            )
        answer: dict[str, Any] = json.loads(response.content)
        return answer


@dataclass(frozen=True, slots=True)
class Purchase:
    """One purchase that shall happen: by which user, how it goes, and what of it goes back."""

    user: int
    card: str
    line: str
    goes_back: str


@dataclass(frozen=True, slots=True)
class Facts:
    """All that happens in a history."""

    users: int
    invited: Mapping[int, int]
    purchases: tuple[Purchase, ...]


def draw(luck: Random) -> Facts:
    """Draw what happens."""
    users = luck.randint(1, 3)
    invited = {user: luck.randrange(user) for user in range(1, users) if luck.random() < INVITED}
    purchases = tuple(
        Purchase(
            luck.randrange(users), luck.choice(CARDS), luck.choice(LINES), luck.choice(RETURNS)
        )
        for _ in range(luck.randint(1, 3))
    )
    return Facts(users, invited, purchases)


def sign_up_and_buy(facts: Facts, standin: StripeStandin) -> list[App]:
    """Let everybody sign up, be invited and buy; no job runs meanwhile."""
    apps = [App(f"app-{number}") for number in range(facts.users)]
    for app in apps:
        made = app.call("/user-create", locale="en_US")
        app.user_id, app.token = made["userId"], made["token"]
    for invitee, inviter in facts.invited.items():
        code = apps[inviter].call("/user-data")["referral"]
        apps[invitee].call("/referral-attach", code=code)
    for number, each in enumerate(facts.purchases):
        if each.line:
            standin.faults.add(Fault(each.line, "/v1/payment_intents"))
        apps[each.user].call(
            "/purchase",
            provider="stripe",
            plan="1y-usd-10",
            currency="usd",
            email=f"reader{each.user}@example.org",
            deviceName="Pixel",
            stripeToken=each.card,
            idempotencyKey=f"tap-{number}",
            timeout=0,
            insist="true",
        )
    return apps


def returns_at_stripe(facts: Facts, luck: Random, standin: StripeStandin) -> Iterator[None]:
    """Let what goes back of each payment go back, at Stripe alone, one act at a time."""
    charges = [each for each in standin.journal.all("charge") if each["paid"]]
    for charge, each in zip(charges, facts.purchases, strict=False):
        what = each.goes_back
        if what in {"part", "twice", "part+lost"}:
            for _ in range(2 if what == "twice" else 1):
                _refund(charge, luck.randint(1, PRICE_MINOR // 3))
                yield
        elif what == "whole":
            _refund(charge, PRICE_MINOR)
            yield
        if what in {"open", "won", "lost", "part+lost"}:
            _, dispute = standin.dispute("open", charge=charge["id"])
            yield
            act = {"won": "win", "lost": "lose", "part+lost": "lose"}.get(what)
            if act:
                standin.dispute(act, dispute=str(dispute["id"]))
                yield


def _refund(charge: Mapping[str, Any], amount: int) -> None:
    stripe_client().v1.refunds.create({"charge": charge["id"], "amount": amount})
