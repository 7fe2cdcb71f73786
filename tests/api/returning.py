"""Money that goes back, in tests: by Stripe's own calls, and by what customers do at banks."""

from typing import Any

from accounts.managers import TimeEntry
from accounts.models import User
from billing.gateways.stripe_client import client as stripe_client
from billing.models import Purchase
from devstack.stripe_standin import StripeStandin
from lantern_pro import clock
from lantern_pro.types import UserId
from tests.api.test_stripe_webhook import deliver, event, signed
from tests.client_app import ClientApp

DAY_MS = 86_400_000


def refund_at_stripe(payment_intent: str, amount: int | None = None) -> str:
    """Give money back at Stripe, as somebody does in its dashboard; the refund's id."""
    asked: dict[str, Any] = {"payment_intent": payment_intent}
    if amount is not None:
        asked["amount"] = amount
    return str(stripe_client().v1.refunds.create(asked).id)  # type: ignore[arg-type]


def dispute(standin: StripeStandin, act: str, **told: str) -> str:
    """Let a customer or a bank act; the dispute's id."""
    status, body = standin.dispute(act, **told)
    assert status == 200, body
    return str(body["id"])


def tell(standin: StripeStandin, *, kinds: str = "", newest_first: bool = False) -> int:
    """Deliver every event that the stand-in has made, of some kinds; how many there were."""
    told = [each for each in standin.journal.all("event") if kinds in each["type"]]
    for each in reversed(told) if newest_first else told:
        body = event(each["type"], each["data"]["object"]["id"], event_id=each["id"])
        assert deliver(body, signed(body, at=clock.now() // 1000)).status_code == 200
    return len(told)


def bought(app: ClientApp, **wish: object) -> Purchase:
    """Let an app buy; the purchase."""
    app.buy(**wish)
    assert app.answer["status"] == "ok", app.answer
    return Purchase.objects.filter(user_id=app.user_id).order_by("-created")[0]


def ledger_of(app: ClientApp) -> list[TimeEntry]:
    """An app's ledger of Pro time."""
    account = User.objects.get_account(UserId(app.user_id))
    assert account is not None
    return account.time_ledger


def days_of(app: ClientApp) -> dict[str, float]:
    """What each kind of entry comes to, in days."""
    days: dict[str, float] = {}
    for entry in ledger_of(app):
        days[entry.kind] = days.get(entry.kind, 0) + entry.span_ms / DAY_MS
    return days


def days_left(app: ClientApp) -> float:
    """How many days of Pro time an app has left; less than none when it ended."""
    account = User.objects.get_account(UserId(app.user_id))
    assert account is not None
    return (int(account.row["expiration"]) - clock.now()) / DAY_MS


def intent_of(purchase: Purchase) -> str:
    """The payment of a purchase."""
    assert purchase.payment_intent is not None
    return purchase.payment_intent
