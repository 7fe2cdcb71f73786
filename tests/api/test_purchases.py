"""``/plans`` and ``/purchase``: what is sold, at which price, paid or declined."""

from collections.abc import Callable
from datetime import datetime

import pytest
import redis
import requests

from billing.models import Plan, Purchase
from devstack.mandrill_standin import MandrillStandin
from devstack.stripe_standin import StripeStandin
from lantern_pro import clock
from lantern_pro.jobs.models import Job
from lantern_pro.support.laws import check_laws
from tests.client_app import ClientApp

NewClient = Callable[..., ClientApp]
RunJobs = Callable[[], int]


def requests_to(standin: StripeStandin | MandrillStandin, path: str) -> list[dict[str, object]]:
    """What a stand-in was sent at a path."""
    with requests.Session() as session:
        told = session.get(f"{standin.url}/_control/requests", timeout=20).json()
    return [each for each in told["requests"] if each["path"] == path]


def faults() -> list[str]:
    """Every breach of every law."""
    return [fault for finding in check_laws() for fault in finding.faults]


def test_plans_come_in_the_currency_of_the_country(client: ClientApp) -> None:
    client.get("/plans", locale="en_US", countrycode="JP")
    in_japan = client.answer["plans"]
    client.get("/plans", countrycode="IR")
    elsewhere = client.answer["plans"]

    assert [plan["price"] for plan in in_japan] == [{"jpy": 5200}]
    assert in_japan[0]["totalCost"] == "5,200 JPY"
    assert [plan["id"] for plan in elsewhere] == ["1y-usd-10", "2y-usd-10"]
    assert elsewhere[0]["expectedMonthlyPrice"] == {"usd": 400}
    assert client.answer["providers"]["stripe"]["pubKey"] == client.answer["pubKey"]


def test_a_plan_taken_off_sale_is_neither_shown_nor_sold(client: ClientApp) -> None:
    plan = Plan.objects.get(pk="1y-usd-10")
    plan.on_sale = False
    plan.save()

    client.get("/plans")
    shown = [each["id"] for each in client.answer["plans"]]
    client.buy()

    assert shown == ["2y-usd-10"]
    assert client.answer["errorId"] == "unknown-plan"


@pytest.mark.parametrize("how", ["form", "query", "json"])
def test_a_purchase_with_the_old_token_form_makes_the_user_pro(
    new_client: NewClient, run_jobs: RunJobs, how: str
) -> None:
    client = new_client(how=how)

    response = client.buy()

    assert response.status_code == 200
    assert client.answer == {
        "status": "ok", "paymentStatus": "completed", "plan": "1y-usd-10"
    }  # fmt: skip
    client.get("/user-data")
    assert client.answer["userStatus"] == "active"
    assert client.answer["userLevel"] == "pro"
    assert client.answer["email"] == "reader@example.org"
    assert client.answer["purchases"] == [{"plan": "1y-usd-10"}]
    assert client.answer["devices"][0]["name"] == "Pixel"
    assert faults() == []


def test_a_purchase_with_a_payment_method_makes_the_user_pro(client: ClientApp) -> None:
    client.buy(stripeToken=None, stripePaymentMethod="pm_card_visa")

    assert client.answer["paymentStatus"] == "completed"


def test_a_token_that_would_need_the_bank_is_declined_and_nothing_stays_open(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    client.buy(stripeToken="tok_threeDSecure2Required")

    assert client.answer["details"]["reason"] == "authentication_required"
    [intent] = stripe_standin.journal.all("payment_intent")
    assert intent["status"] == "requires_payment_method"


@pytest.mark.parametrize(
    ("bought", "ends"), [("2027-06-15", "2028-06-15"), ("2028-02-29", "2029-02-28")]
)
def test_pro_time_is_a_calendar_year(client: ClientApp, bought: str, ends: str) -> None:
    noon = datetime.fromisoformat(f"{bought}T12:00:00+00:00")

    with clock.shifted(clock.as_millis(noon) - clock.now()):
        client.buy()
        client.get("/user-data")

    begun = Purchase.objects.get().created
    until = datetime.fromisoformat(f"{ends}T{begun:%H:%M:%S}+00:00")
    assert f"{begun:%Y-%m-%d}" == bought
    assert client.answer["expiration"] == int(until.timestamp())


@pytest.mark.parametrize(
    ("card", "reason"),
    [
        ({"stripeToken": "tok_chargeDeclined"}, "generic_decline"),
        ({"stripeToken": "tok_chargeDeclinedInsufficientFunds"}, "insufficient_funds"),
        ({"stripeToken": None, "stripePaymentMethod": "pm_card_chargeDeclined"}, "generic_decline"),
    ],
)
def test_a_declined_card_is_told_with_the_reason_and_changes_nothing(
    client: ClientApp, card: dict[str, str | None], reason: str
) -> None:
    response = client.buy(**card)

    assert response.status_code == 200
    assert client.answer["errorId"] == "card-declined"
    assert client.answer["details"] == {"reason": reason}
    client.get("/user-data")
    assert client.answer["userStatus"] == "free"
    assert client.answer["email"] == ""
    assert Purchase.objects.get().state == Purchase.State.DECLINED
    assert faults() == []


def test_after_a_decline_another_card_pays(client: ClientApp) -> None:
    client.buy(stripeToken="tok_chargeDeclined", idempotencyKey="first tap")

    client.buy(idempotencyKey="second tap")

    assert client.answer["paymentStatus"] == "completed"


@pytest.mark.parametrize(
    ("changes", "error_id", "field"),
    [
        ({"plan": "9y-usd-99"}, "unknown-plan", "plan"),
        ({"plan": None}, "missing-parameter", "plan"),
        ({"provider": "cowries"}, "unsupported-provider", "provider"),
        ({"currency": "eur"}, "wrong-currency", "currency"),
        ({"email": "not an address"}, "invalid-email", "email"),
        ({"stripeToken": None}, "missing-payment-source", "stripeToken"),
        (
            {"stripeToken": None, "stripePaymentMethod": "pm_card_visa", "idempotencyKey": None},
            "missing-payment-source",
            "idempotencyKey",
        ),
        ({"timeout": "soon"}, "invalid-parameter", "timeout"),
        ({"deviceName": "x" * 200}, "invalid-parameter", "deviceName"),
    ],
)
def test_a_purchase_that_makes_no_sense_is_refused_and_leaves_nothing(
    client: ClientApp,
    service: redis.Redis,
    changes: dict[str, str | None],
    error_id: str,
    field: str,
) -> None:
    response = client.buy(**changes)

    assert response.status_code == 200
    assert client.answer["errorId"] == error_id
    assert client.answer["details"]["field"] == field
    assert Purchase.objects.count() == 0
    assert Job.objects.count() == 0
