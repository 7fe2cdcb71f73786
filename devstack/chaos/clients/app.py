"""A client app: it signs up, is invited, and pays; each call is repeated until it is final."""

import asyncio
import contextlib
import random  # noqa: TID251 - drawn again by its seed
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from devstack.chaos.clients.facts import Asked, Facts
from devstack.chaos.clients.http import call

GOOD_CARD: Final = "tok_visa"
BAD_CARD: Final = "tok_chargeDeclined"
MONTH: Final = "1m-usd-10"
YEARS: Final = ("1y-usd-10", "2y-eur-10")
PLANS: Final = (*YEARS, MONTH)
_DECLINED: Final = 1 / 8
_IMPATIENT: Final = 1 / 4
_CALLS: Final = 40
_FIRST_PAUSE_SECONDS: Final = 0.1
_LONGEST_PAUSE_SECONDS: Final = 1.0
_FINAL: Final = 200
_STILL_WORKING: Final = 202
"""Repeated at once, as clients do."""


@dataclass(frozen=True, slots=True)
class Gateways:
    """Where a client finds the service, and Stripe's own form for cards."""

    pro_port: int
    stripe_port: int
    stripe_key: str
    # By it a proxy vouches for the address of a client that came through it.
    proxy_secret: str


class App:
    """One client on one device. What it does is drawn from its chance alone."""

    def __init__(self, facts: Facts, gateways: Gateways, chance: random.Random) -> None:
        """Do nothing yet."""
        self.facts = facts
        self._gateways = gateways
        self._chance = chance
        # From anywhere: calls are counted by networks, and cells are chosen by them.
        self._address = f"{chance.randint(11, 99)}.{chance.randint(0, 255)}.7.7"

    async def live(self, inviter: Facts | None, *, plan: str = "", good: bool = True) -> None:
        """Sign up, attach a code if there is one, and buy: what is said, or what is drawn."""
        await self.sign_up()
        await self.confirm()
        if inviter and inviter.code:
            await self.attach(inviter)
        if plan:
            await self.buy(plan, good=good)
        else:
            await self.buy(self._chance.choice(PLANS), good=self._chance.random() > _DECLINED)

    async def sign_up(self) -> None:
        """Make an account, repeating until it is told of it."""
        told = await self._repeat("/user-create", {"locale": "en_US"})
        if told.get("status") == "ok":
            facts = self.facts
            facts.user_id, facts.token = told["userId"], told["token"]
            facts.code = told["referral"]
            facts.accounts.add(facts.user_id)
        else:
            self._surprised("/user-create", told)

    async def confirm(self) -> None:
        """Say that the credentials are stored."""
        told = await self._repeat("/user-confirm", {})
        self.facts.confirmed = told.get("status") == "ok"
        if not self.facts.confirmed:
            self._surprised("/user-confirm", told)

    async def attach(self, inviter: Facts) -> None:
        """Attach a code. That it is attached already can only be its own earlier call's doing."""
        self.facts.wanted_inviter = inviter
        told = await self._repeat("/referral-attach", {"code": inviter.code})
        if told.get("status") == "ok" or told.get("errorId") == "referral-already-attached":
            self.facts.inviter = inviter
        else:
            self._surprised("/referral-attach", told)

    async def buy(self, plan: str, *, good: bool) -> None:
        """Buy a plan, with a card that is good or not; some ask twice at once."""
        chance = self._chance
        asked = Asked(
            key=f"{chance.getrandbits(48)}",
            email=f"{self.facts.device_id}@example.org",
            plan=plan,
            good_card=good,
        )
        self.facts.purchases.append(asked)
        card = await self._card(good=good)
        at_once = 2 if chance.random() < _IMPATIENT else 1
        await asyncio.gather(*(self._pay(asked, card) for _ in range(at_once)))

    async def _pay(self, asked: Asked, card: str) -> None:
        form = {
            "provider": "stripe",
            "plan": asked.plan,
            "email": asked.email,
            "deviceName": "phone",
            "stripeToken": card,
            "idempotencyKey": asked.key,
            "timeout": "10",
        }
        told = await self._repeat("/purchase", form)
        asked.calls += 1
        if told.get("status") == "ok":
            self._note(asked, "paid")
        elif told.get("errorId") == "card-declined":
            self._note(asked, "declined")
        else:
            self._surprised("/purchase", told)

    def _note(self, asked: Asked, told: Any) -> None:
        if asked.told not in ("nothing", told):
            self.facts.surprises.append(f"{asked.key} was {asked.told} and then {told}")
        asked.told = told

    async def _card(self, *, good: bool) -> str:
        """Type a card into Stripe's form, which no fault concerns."""
        gateways = self._gateways
        number = "4242424242424242" if good else "4000000000000002"
        fields = {
            "card[number]": number,
            "card[exp_month]": "12",
            "card[exp_year]": "34",
            "card[cvc]": "123",
        }
        headers = {"Authorization": f"Bearer {gateways.stripe_key}"}
        _, told = await call(gateways.stripe_port, "/v1/tokens", fields, headers)
        return str(told["id"])

    async def _repeat(
        self, path: str, form: Mapping[str, str], *, method: str = "POST"
    ) -> dict[str, Any]:
        """Ask until the answer is final (200), as clients do; {} when it gives up."""
        pause = _FIRST_PAUSE_SECONDS
        for _ in range(_CALLS):
            status = 0
            with contextlib.suppress(OSError):
                port, headers = self._gateways.pro_port, self._headers()
                status, told = await call(port, path, form, headers, method=method)
                if status == _FINAL:
                    return told
                if told.get("errorId") == "internal-error":
                    self._surprised(path, told)
            if status != _STILL_WORKING:
                await asyncio.sleep(pause)
                pause = min(pause * 2, _LONGEST_PAUSE_SECONDS)
        return {}

    def _headers(self) -> dict[str, str]:
        facts = self.facts
        known = {
            "X-Lantern-Device-Id": facts.device_id,
            "X-Lantern-Config-Auth-Token": self._gateways.proxy_secret,
            "X-Lantern-Config-Client-IP": self._address,
        }
        if facts.user_id:
            known |= {"X-Lantern-User-Id": str(facts.user_id), "X-Lantern-Pro-Token": facts.token}
        return known

    def _surprised(self, path: str, told: Mapping[str, Any]) -> None:
        said = told.get("errorId") or told.get("error") or "no answer at all"
        self.facts.surprises.append(f"{path} of {self.facts.device_id}: {said}")
