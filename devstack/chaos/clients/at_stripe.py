"""What customers, banks and time do at Stripe, past us: we hear of it, or we do not."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Final

import requests

_PATIENCE_SECONDS: Final = 20
_KEY: Final = ("sk_test_x", "")


@dataclass(frozen=True, slots=True)
class AtStripe:
    """The stand-in, reached without a wire between."""

    url: str

    def forget(self) -> None:
        """Let it know nothing of earlier rounds, and show the true time."""
        self._control("forget")

    def pay(self, payment_intent: str, method: str) -> None:
        """Confirm a payment, as clients do with Stripe's own code."""
        self._call(f"payment_intents/{payment_intent}/confirm", payment_method=method)

    def refund(self, charge: str, amount: int) -> None:
        """Give money back, as staff do on Stripe's own pages."""
        self._call("refunds", charge=charge, amount=str(amount))

    def dispute(self, charge: str, amount: int) -> str:
        """Ask the bank for money of a charge; the dispute's id."""
        opened = self._control("disputes/open", charge=charge, amount=str(amount))
        return str(opened["id"])

    def win(self, dispute: str) -> None:
        """Let the bank decide for us: the money comes again."""
        self._control("disputes/win", dispute=dispute)

    def lose(self, dispute: str) -> None:
        """Let the bank decide against us."""
        self._control("disputes/lose", dispute=dispute)

    def use_card(self, subscription: dict[str, Any], card: str) -> None:
        """Let the next payments of a subscription be made with another card."""
        method = self._call(f"payment_methods/{card}/attach", customer=subscription["customer"])
        name = f"subscriptions/{subscription['id']}"
        self._call(name, default_payment_method=method["id"])

    def let_it_be(self, seconds: int) -> None:
        """Put Stripe's clock forward to this moment (Unix seconds), with all that happens then."""
        self._control("clock", to=seconds)

    @contextmanager
    def telling_nobody(self) -> Iterator[None]:
        """What happens inside is told to nobody, ever."""
        told = self._asked("GET", "_control/webhooks")["url"]
        self._control("webhooks", url="")
        try:
            yield
        finally:
            self._control("webhooks", url=told)

    def _call(self, path: str, **form: str) -> dict[str, Any]:
        return self._asked("POST", f"v1/{path}", data=form)

    def _control(self, path: str, **told: object) -> dict[str, Any]:
        return self._asked("POST", f"_control/{path}", json=told)

    def _asked(self, method: str, path: str, **sent: Any) -> dict[str, Any]:
        answer = requests.request(
            method, f"{self.url}/{path}", auth=_KEY, timeout=_PATIENCE_SECONDS, **sent
        )
        answer.raise_for_status()
        told: dict[str, Any] = answer.json()
        return told
