"""Apps of every era read the catalogue, each by the path that it knows."""

from typing import Any

import pytest

from billing.models import Plan, Promotion
from billing.services.plans import plan_on_sale
from billing.services.reseller import make_batch
from tests.contract.eras import ANDROID, A, App, B, C, D, E
from tests.contract.test_eras import app, era, new_app, server, store

__all__ = ["app", "era", "new_app", "server", "store"]

pytestmark = pytest.mark.stack

PATHS = {
    "/plans": (A, B, C, ANDROID),
    "/plans-v3": (ANDROID, D),
    "/plans-v4": (D,),
    "/plans-v5": (D, E),
}
BY_ERA = [(path, era) for path, eras in PATHS.items() for era in eras]
PLAN: dict[str, type] = {
    "id": str, "description": str, "duration": dict, "price": dict, "expectedMonthlyPrice": dict,
    "usdPrice": int, "subscription": bool, "bestValue": bool, "renewalBonusExpected": dict,
    "totalCost": str, "oneMonthCost": str, "totalCostBilledOneTime": str, "formattedBonus": str,
    "renewalText": str,
}  # fmt: skip


@pytest.mark.parametrize(
    ("path", "era"), BY_ERA, indirect=["era"], ids=[f"{p[1:]} {e.name}" for p, e in BY_ERA]
)
def test_every_field_of_a_plan_is_there_in_the_type_that_apps_read(app: App, path: str) -> None:
    Plan.objects.create(
        id="1y-cny-3", description="One year", translations="fa: یک سال", months=12, days=10,
        currency="cny", price_minor=33_600,
    )  # fmt: skip

    answer = app.get(path, countrycode="CN", distributionChannel="non-store")

    [plan] = answer["plans"]
    assert {name: type(value) for name, value in plan.items()} == PLAN
    assert plan["id"] == "1y-cny-3"
    assert plan["description"] == "یک سال"  # every app here sends fa_IR
    assert plan["duration"] == {"years": 1, "months": 0, "days": 10}
    assert plan["price"] == {"cny": 33_600}
    assert plan["expectedMonthlyPrice"] == {"cny": 2_800}
    assert plan["usdPrice"] == 0
    assert plan["renewalBonusExpected"] == {"months": 0, "days": 0}
    assert _key(path, answer) == "pk_test_development"


def _key(path: str, answer: dict[str, Any]) -> object:
    """Stripe's key, where apps of that path look for it."""
    if path == "/plans":
        assert answer["pubKey"] == answer["providers"]["stripe"]["pubKey"]
        return answer["pubKey"]
    assert ("icons" in answer) == (path != "/plans-v3")
    for platform in ("android", "desktop"):
        [method] = answer["providers"][platform]
        [provider] = method["providers"]
        assert (method["method"], provider["name"]) == ("credit-card", "stripe")
    return provider["data"]["pubKey"]


def test_a_plan_is_shown_before_there_is_an_account(new_app: Any) -> None:
    told = new_app("device-fresh").get("/plans")

    assert [plan["id"] for plan in told["plans"]] == ["1y-usd-10"]


def test_a_resellers_code_is_redeemed_once_as_every_era_sends_it(app: App, new_app: Any) -> None:
    """D sends it as JSON, and has no plan; C in the query; A to C repeat what is no answer."""
    [code] = make_batch(reseller="Bazaar", plan=plan_on_sale("1y-usd-10"), count=1).codes
    sent = {"provider": "reseller-code", "resellerCode": code, "email": "reader@example.org",
        "deviceName": "Pixel", "currency": "usd"}  # fmt: skip
    other = new_app("device-other", "198.51.100.9").sign_up()

    redeemed = [app.post("/purchase", **sent) for _ in range(2)]
    refused = other.post("/purchase", **sent)

    assert [each["paymentStatus"] for each in redeemed] == ["completed"] * 2
    assert redeemed[0]["plan"] == "1y-usd-10"
    assert refused["errorId"] == "wrong-reseller-code"
    told = app.get("/user-data")
    assert (told["userStatus"], told["userLevel"]) == ("active", "pro")
    assert told["purchases"] == [{"plan": "1y-usd-10"}]
    assert other.get("/user-data")["userStatus"] == "free"


@pytest.mark.parametrize("era", [E], indirect=True, ids=["E"])
def test_a_coupon_lowers_what_is_shown_and_paid(app: App) -> None:
    Promotion.objects.create(id="spring", percent=25, code="SPRING-27")

    shown = app.get("/plans-v5", couponCode="SPRING-27")["plans"][0]
    plain = app.get("/plans-v5")["plans"][0]
    wrong = app.post("/purchase", plan="1y-usd-10", couponCode="NONE", stripeToken="tok_visa")
    bought = app.post("/purchase", plan="1y-usd-10", couponCode="SPRING-27", stripeToken="tok_visa")

    assert (shown["price"], plain["price"]) == ({"usd": 3600}, {"usd": 4800})
    assert wrong["errorId"] == "wrong-coupon"
    assert bought["paymentStatus"] == "completed"
    assert app.get("/user-charges")["charges"][0]["amount"] == 3600


@pytest.mark.parametrize("era", [ANDROID, D], indirect=True, ids=["Android", "D"])
def test_the_payment_gateway_is_named(app: App) -> None:
    told = app.get("/user-payment-gateway", appVersion="7.9.0", country="IR", deviceOS="android")

    assert told["provider"] == "stripe"
