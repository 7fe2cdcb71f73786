"""What clients and staff do through our own API, before anything is told: once in a history."""

import json
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from random import Random  # noqa: TID251 - harmless: the same again by a seed
from typing import Any, Final

from django.test import Client

from billing.gateways.stripe_client import client as stripe_client
from billing.models import Plan, Promotion
from billing.services.purchases import purchase_id_of
from billing.services.refunds import refund
from billing.services.reseller import make_batch
from devstack.drill_billing.acts import WORKS, press_pay
from devstack.drill_billing.crashes import LATEST_OF_CALL, Crash, crashing
from devstack.drill_billing.facts import (
    BANK,
    COUPON,
    MONTHLY,
    MONTHLY_MINOR,
    PRICE_MINOR,
    PROMOTION,
    YEAR,
    Call,
    Facts,
    Promoted,
    Purchase,
    Redeeming,
    Subscribing,
    Waiting,
)
from devstack.drill_billing.moments import Moments
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from lantern_pro.errors import LanternError
from lantern_pro.types import Minor, PurchaseId, UserId

ASKS: Final = "pm_card_threeDSecure2Required"
READ: Final = frozenset({"/user-data", "/payment-redirect", "/subscription-payment-redirect"})
"""What is not posted."""


@dataclass(slots=True)
class App:
    """A client app with an account."""

    name: str
    user_id: int = 0
    token: str = ""
    http: Client = field(default_factory=Client)

    def call(self, path: str, **told: str | int) -> dict[str, Any]:
        """Call our API."""
        headers = {
            "X-Lantern-Device-Id": self.name,
            "X-Lantern-User-Id": str(self.user_id),
            "X-Lantern-Pro-Token": self.token,
        }
        if path in READ:
            response = self.http.get(path, told, headers=headers)
        else:
            response = self.http.post(
                path, json.dumps(told), content_type="application/json", headers=headers
            )
        answer: dict[str, Any] = json.loads(response.content)
        return answer


@dataclass(slots=True)
class Beginning:
    """How a history begins; no job runs meanwhile."""

    facts: Facts
    luck: Random
    standin: StripeStandin
    moments: Moments
    apps: list[App] = field(default_factory=list)

    def happen(self) -> None:
        """Let everybody sign up, be invited, buy, subscribe and redeem; let staff give back."""
        put_on_sale(self.facts.promotion)
        self.apps = [App(f"app-{number}") for number in range(self.facts.users)]
        for app in self.apps:
            made = app.call("/user-create", locale="en_US")
            app.user_id, app.token = made["userId"], made["token"]
        for invitee, inviter in self.facts.invited.items():
            code = self.apps[inviter].call("/user-data")["referral"]
            self.apps[invitee].call("/referral-attach", code=code)
        self._leave_waiting(late=False)
        for number, purchase in enumerate(self.facts.purchases):
            self._buy(number, purchase)
        self._leave_waiting(late=True)
        for subscription in self.facts.subscriptions:
            self._subscribe(subscription)
        for code_of in self.facts.codes:
            self._redeem(code_of)
        self.standin.faults.clear()

    def _buy(self, number: int, each: Purchase) -> None:
        app, key = self.apps[each.user], f"tap-{number}"
        answer = self._tapping(each.call, "/v1/payment_intents", lambda: app.call(
            "/purchase", provider="stripe", plan=YEAR, currency="usd", deviceName="Pixel",
            email=f"reader{each.user}@example.org", stripeToken=each.card, idempotencyKey=key,
            timeout=0, insist="true",
        ))  # fmt: skip
        if each.staff_refund and answer.get("status") == "ok":
            purchase_id = purchase_id_of(UserId(app.user_id), key)
            amount = Minor(PRICE_MINOR * each.staff_refund // 100)
            self._tapping(each.refund_call, "/v1/refunds", lambda: refund(
                purchase_id, amount=amount, why="asked for it", nonce=key))  # fmt: skip

    def _leave_waiting(self, *, late: bool) -> None:
        for number, each in enumerate(self.facts.waiting):
            if each.late == late:
                self._wait(f"wait-{number}", each)

    def _wait(self, key: str, each: Waiting) -> None:
        app = self.apps[each.user]
        told: dict[str, Any] = {
            "plan": YEAR,
            "email": f"reader{each.user}@example.org",
            "deviceName": "Pixel",
            "idempotencyKey": key,
            "timeout": 0,
            "insist": "true",
        }
        if each.at == BANK:
            told |= {"provider": "stripe", "stripePaymentMethod": ASKS}
            self._tapping(each.call, "/v1/payment_intents", lambda: app.call("/purchase", **told))
        else:
            ask = partial(app.call, "/payment-redirect", **told)
            self._tapping(each.call, "/v1/checkout/sessions", ask)

    @property
    def waiting(self) -> list[PurchaseId]:
        """The purchases that wait for their buyers, as the facts number them."""
        return [
            purchase_id_of(UserId(self.apps[each.user].user_id), f"wait-{number}")
            for number, each in enumerate(self.facts.waiting)
        ]

    def _subscribe(self, each: Subscribing) -> None:
        app = self.apps[each.user]
        told: dict[str, Any] = {
            "email": f"reader{each.user}@example.org",
            "timeout": 0,
            "insist": "true",
            "couponCode": COUPON if each.coupon else "",
        }

        def ask(plan: str = MONTHLY[0]) -> dict[str, Any]:
            if each.on_page:
                return app.call("/subscription-payment-redirect", plan=plan, **told)
            return app.call("/stripe-subscription", planId=plan, **told)

        if each.other_first:
            self.moments.step()  # begun after what was paid before, and not in the same second
            ask(MONTHLY[1])
        path = "/v1/checkout/sessions" if each.on_page else "/v1/subscriptions"
        answer = self._tapping(each.call, path, ask)
        if not (each.pays and self._pay_first(app, answer)):
            return
        if each.updates:
            ask()  # the app learns that it is paid, and so do we
        for update in each.updates:
            app.call("/subscription-update", plan=update, timeout=0)

    def _pay_first(self, app: App, answer: dict[str, Any]) -> bool:
        """Pay the first invoice, if the answer says by what."""
        if "redirect" in answer:
            press_pay(answer["redirect"], WORKS)
            return True
        intent = answer.get("clientSecret", "").partition("_secret")[0]
        if intent:
            key: Any = {"idempotency_key": f"pay {app.name}"}
            method: Any = {"payment_method": "pm_card_visa"}
            stripe_client().v1.payment_intents.confirm(intent, method, key)
        return bool(intent)

    def _redeem(self, each: Redeeming) -> None:
        plan = Plan.objects.get(pk=YEAR)
        [code] = make_batch(reseller="Shop", plan=plan, count=1).codes
        for user in (each.user, each.other):
            redeem = partial(
                self.apps[user].call,
                "/purchase",
                provider="reseller-code",
                resellerCode=code,
                deviceName="Pixel",
                email=f"reader{user}@example.org",
                timeout=0,
            )
            self._tapping(each.call, "/nothing-there", redeem)

    def _tapping(self, call: Call, path: str, act: Callable[[], Any]) -> Any:
        """Let it be done as often as the client taps; answers with the last answer, if any."""
        answer: Any = {}
        self.moments.step()
        if call.line:
            self.standin.faults.add(Fault(call.line, path))
        for tap in range(call.taps):
            with suppress(LanternError):
                if tap or not call.crashes:
                    answer = act()
                else:
                    with suppress(Crash), crashing(self.luck, latest=LATEST_OF_CALL):
                        answer = act()
        self.standin.faults.clear()
        return answer


def put_on_sale(promoted: Promoted) -> None:
    """Put on sale what is bought in histories, with the promotion that a coupon is for."""
    Plan.objects.create(
        id=YEAR, description="A year", months=12, currency="usd", price_minor=PRICE_MINOR
    )
    for plan, price in MONTHLY_MINOR.items():
        Plan.objects.create(
            id=plan, description="A month", months=1, currency="usd", price_minor=price
        )
    Promotion.objects.create(
        id=PROMOTION,
        percent=promoted.percent,
        months=promoted.months,
        first_purchase=promoted.first,
        uses_limit=promoted.uses,
        code=COUPON,
    )
