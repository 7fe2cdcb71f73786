"""A thousand who buy, redeem, cancel or refund at once on a running server: one effect each."""

import threading
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
import redis
import requests
from django.contrib.auth.models import User as Member
from django.test import Client
from pytest_django import Settings

from accounts.models import User
from accounts.services.tokens import current_kid, token_of
from billing.gateways.stripe_client import client as stripe_client
from billing.managers.returns import refunds_of
from billing.models import Plan, Purchase, ResellerBatch, ResellerCode, Subscription
from billing.services.plans import plan_on_sale
from billing.services.renewals import look_at
from billing.services.reseller import make_batch
from devstack.stripe_standin import StripeStandin
from lantern_pro.backoffice.staff import Role, create_staff
from lantern_pro.jobs.worker import drain
from lantern_pro.support.laws import check_laws
from lantern_pro.types import Cell, UserId
from tests.live import LiveApp, pro_server
from tests.people import a_user

pytestmark = pytest.mark.stack

CALLS = 1_000


@pytest.fixture(scope="module")
def stripe_here() -> Iterator[StripeStandin]:
    """Stripe's stand-in, for this process and for the server."""
    standin = StripeStandin()
    standin.start()
    yield standin
    standin.stop()


@pytest.fixture(scope="module")
def server(stripe_here: StripeStandin) -> Iterator[str]:
    """A running pro-server."""
    with pro_server(threads=16, STRIPE_API_BASE=stripe_here.url) as url:
        yield url


@pytest.fixture
def buyer(
    server: str, stripe_here: StripeStandin, real_redis: redis.Redis, settings: Settings, db: None
) -> Iterator[LiveApp]:
    """Who has an account and may buy two plans; whatever happens to it, every law holds."""
    del real_redis, db
    settings.STRIPE_API_BASE = stripe_here.url
    stripe_client.cache_clear()
    for plan, months, price in (("1y-usd-10", 12, 4800), ("1m-usd-10", 1, 500)):
        Plan.objects.create(
            id=plan, description=plan, months=months, currency="usd", price_minor=price
        )
    yield LiveApp(server).sign_up()
    drain(Cell(0))
    assert [finding.faults for finding in check_laws() if finding.faults] == []
    stripe_client.cache_clear()


def all_at_once(call: Callable[[int], str]) -> Counter[str]:
    """Make a thousand calls, none before all callers are ready; how often each outcome came."""
    ready = threading.Barrier(CALLS)

    def one(number: int) -> str:
        ready.wait()
        return call(number)

    with ThreadPoolExecutor(CALLS) as threads:
        return Counter(threads.map(one, range(CALLS)))


def buys(app: LiveApp) -> str:
    """Buy, always by the same key, without waiting; what came of it."""
    caller = replace(app)
    told = {"provider": "stripe", "plan": "1y-usd-10", "stripeToken": "tok_visa"}
    caller.call("/purchase", {**told, "idempotencyKey": "tap", "timeout": 0})
    return caller.outcome


def paid_by(app: LiveApp, standin: StripeStandin) -> list[int]:
    """What was charged at Stripe for this buyer."""
    return [
        each["amount"]
        for each in standin.journal.all("charge")
        if each["paid"] and f".{app.user_id}." in each["metadata"].get("purchase", "")
    ]


def test_a_thousand_purchases_by_one_key_are_one(
    buyer: LiveApp, stripe_here: StripeStandin
) -> None:
    outcomes = all_at_once(lambda _: buys(buyer))

    assert set(outcomes) <= {"ok", "payment-pending"}
    assert buys(buyer) == "ok"
    assert paid_by(buyer, stripe_here) == [4800]
    buyer.call("/user-data", {}, how="get")
    assert buyer.answer["purchases"] == [{"plan": "1y-usd-10"}]


def redeems(app: LiveApp, code: str) -> str:
    """Redeem a reseller's code; what came of it."""
    caller = replace(app)
    caller.call("/purchase", {"provider": "reseller-code", "resellerCode": code})
    return caller.outcome


def a_reseller_code() -> str:
    """A code of a new batch of one, for a year."""
    [code] = make_batch(reseller="Bazaar", plan=plan_on_sale("1y-usd-10"), count=1).codes
    return code


def with_an_account(server: str, number: int) -> LiveApp:
    """Somebody else, who has an account, and their own device and address."""
    device = f"device-of-{number}"
    user_id = a_user(device_id=device)
    token = token_of(user_id, current_kid(), 1)
    address = f"198.51.{number // 250}.{number % 250 + 1}"
    return LiveApp(server, device_id=device, user_id=user_id, token=token, address=address)


def test_a_thousand_redemptions_of_one_reseller_code_are_one(buyer: LiveApp) -> None:
    code = a_reseller_code()

    outcomes = all_at_once(lambda _: redeems(buyer, code))

    assert outcomes == {"ok": CALLS}
    assert [each.redeemed for each in ResellerBatch.objects.all()] == [1]
    account = User.objects.get_account(UserId(buyer.user_id))
    assert account is not None
    assert [entry.kind for entry in account.time_ledger] == ["purchase"]
    buyer.call("/user-data", {}, how="get")
    assert buyer.answer["purchases"] == [{"plan": "1y-usd-10"}]


def test_a_reseller_code_that_a_thousand_people_redeem_is_one_of_theirs(buyer: LiveApp) -> None:
    code = a_reseller_code()
    people = [with_an_account(buyer.url, number) for number in range(CALLS)]

    outcomes = all_at_once(lambda number: redeems(people[number], code))

    assert outcomes == {"ok": 1, "wrong-reseller-code": CALLS - 1}
    assert [each.redeemed for each in ResellerBatch.objects.all()] == [1]
    [redeemer] = [each.user_id for each in ResellerCode.objects.all()]
    assert [(each.user_id, each.state) for each in Purchase.objects.all()] == [(redeemer, "paid")]
    accounts = [User.objects.get_account(UserId(each.user_id)) for each in people]
    given = {each.row["id"]: len(each.time_ledger) for each in accounts if each is not None}
    assert len(given) == CALLS
    assert {user_id: count for user_id, count in given.items() if count} == {str(redeemer): 1}


def test_a_thousand_refunds_by_one_form_are_one(buyer: LiveApp, stripe_here: StripeStandin) -> None:
    buys(buyer)
    purchase = Purchase.objects.get()
    page = f"{buyer.url}/admin/billing/purchase/{purchase.pk}/give-money-back/"
    browser = Client()
    create_staff(username="karl", email="", role=Role.OPERATOR, password=None)
    browser.force_login(Member.objects.get(username="karl"))
    browser.get("/admin/password_change/")
    cookies = {name: morsel.value for name, morsel in browser.cookies.items()}
    form = {
        "csrfmiddlewaretoken": cookies["csrftoken"],
        "reason": "at once",
        "nonce": "one form",
    }

    outcomes = all_at_once(
        lambda _: str(
            requests.post(
                page, form, cookies=cookies, timeout=120, allow_redirects=False
            ).status_code
        )
    )

    assert outcomes == {"302": CALLS}
    assert [each.state for each in refunds_of(purchase.purchase_id)] == ["done"]
    given_back = [
        each["amount"]
        for each in stripe_here.journal.all("refund")
        if each["payment_intent"] == purchase.payment_intent
    ]
    assert given_back == [4800]
    drain(Cell(0))
    buyer.call("/user-data", {}, how="get")
    assert buyer.answer["userStatus"] == "expired"


def cancels(app: LiveApp) -> str:
    """Let the subscription end with its period; what came of it."""
    caller = replace(app)
    caller.call("/subscription-update", {"plan": "cancel"})
    return caller.outcome


def test_a_thousand_cancellations_are_one(buyer: LiveApp, stripe_here: StripeStandin) -> None:
    buyer.call("/stripe-subscription", {"planId": "1m-usd-10"})
    intent = buyer.answer["clientSecret"].partition("_secret_")[0]
    requests.post(
        f"{stripe_here.url}/v1/payment_intents/{intent}/confirm",
        data={"payment_method": "pm_card_visa"},
        auth=("sk_test_x", ""),
        timeout=20,
    ).raise_for_status()
    look_at(Subscription.objects.get().subscription_id)
    drain(Cell(0))
    buyer.call("/user-data", {}, how="get")
    until = buyer.answer["expiration"]

    outcomes = all_at_once(lambda _: cancels(buyer))

    buyer.call("/user-data", {}, how="get")
    [subscription] = stripe_here.journal.all("subscription")
    assert set(outcomes) <= {"ok", "stripe-unreachable"}  # a thousand keep one machine busy
    assert outcomes["ok"] > 0
    assert subscription["cancel_at_period_end"] is True
    assert subscription["status"] == "active"
    assert (buyer.answer["userStatus"], buyer.answer["expiration"]) == ("active", until)
    assert Purchase.objects.count() == 1
