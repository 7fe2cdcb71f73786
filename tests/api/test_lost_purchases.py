"""Purchases whose outcome nobody told for so long that Stripe has forgotten the key."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry

from billing.errors import CardDeclined, PaymentPending
from billing.gateways import stripe_lists
from billing.managers.promotions import uses_of
from billing.managers.sought import keep_sought
from billing.models import Promotion, Purchase
from billing.services import asking
from billing.services.purchases import settle
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from lantern_pro import clock
from lantern_pro.backoffice.staff import Role
from lantern_pro.jobs.keys import DUE
from lantern_pro.jobs.models import Job
from lantern_pro.store.client import text_client
from lantern_pro.types import Cell
from tests.api.reconciling import lost_purchase, pay_for
from tests.api.test_payment_ways import press_pay
from tests.api.test_staff_refunds import browser_of
from tests.client_app import ClientApp

pytestmark = pytest.mark.usefixtures("laws_hold")

RunJobs = Callable[[], int]
HOUR_MS = 3_600_000
SEARCH = "/v1/payment_intents/search"


def unasked(client: ClientApp, standin: StripeStandin, **told: Any) -> Purchase:
    """A purchase that Stripe has never heard of."""
    standin.faults.add(Fault("status_500", "/v1/"))
    client.buy(timeout=0, **told)
    standin.faults.clear()
    return Purchase.objects.get()


def hours_later(hours: float, run_jobs: RunJobs) -> None:
    """Let the jobs run that wait, so many hours from now."""
    client = text_client()
    with clock.shifted(round(hours * HOUR_MS)):
        for job in Job.objects.filter(state="pending"):
            client.zadd(DUE(cell=Cell(0), kind=job.kind), {job.pk: 0}, xx=True)
        run_jobs()


def press(name: str, role: Role = Role.OPERATOR, **told: str) -> str:
    """Press a button on the purchase's page; what the page says then."""
    page = f"/admin/billing/purchase/{Purchase.objects.get().pk}"
    answer = browser_of(role).post(f"{page}/{name}/", told, follow=True)
    return str(answer.content.decode())


def test_what_stripe_knows_nothing_of_is_closed_after_a_day_with_the_reason(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    Promotion.objects.create(id="spring", percent=25, uses_limit=1)
    unasked(client, stripe_standin, plan="1y-usd-10-spring")
    held = uses_of(["spring"])["spring"]

    hours_later(23.5, run_jobs)
    meanwhile = Purchase.objects.get().state
    hours_later(24.5, run_jobs)
    hours_later(24.6, run_jobs)

    found = Purchase.objects.get()
    assert (held, meanwhile) == (1, "begun")
    assert (found.state, found.reason) == ("declined", "unknown-to-stripe")
    assert uses_of(["spring"])["spring"] == 0
    assert stripe_standin.journal.all("payment_intent") == []


def test_what_was_paid_is_found_by_what_the_payment_says_of_itself(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    lost = lost_purchase(client, stripe_standin)

    with clock.shifted(25 * HOUR_MS):
        settled = settle(lost.purchase_id)

    assert settled.purchase.state == "paid"
    assert len(stripe_standin.journal.all("charge")) == 1


def test_one_call_finds_a_payment_among_however_many(
    client: ClientApp, stripe_standin: StripeStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stripe_lists, "PAGE", 1)
    lost = lost_purchase(client, stripe_standin)
    for number in range(3):
        pay_for("", 100, key=f"theirs-{number}")
    stripe_standin.requests.clear()

    with clock.shifted(25 * HOUR_MS):
        settle(lost.purchase_id)

    asked = [each["path"] for each in stripe_standin.requests]
    assert asked[0] == "/v1/payment_intents/search"
    assert len(asked) == 2
    assert Purchase.objects.get().state == "paid"


def test_where_stripe_does_not_search_its_list_is_read_on_from_try_to_try(
    client: ClientApp, stripe_standin: StripeStandin, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stripe_lists, "PAGE", 1)
    monkeypatch.setattr(asking, "PAGES_AT_ONCE", 2)
    lost = lost_purchase(client, stripe_standin)
    for number in range(3):
        pay_for("", 100, key=f"theirs-{number}")
    stripe_standin.faults.add(Fault("status_400", SEARCH, method="GET", times=9))
    stripe_standin.requests.clear()

    with clock.shifted(25 * HOUR_MS):
        with pytest.raises(PaymentPending):
            settle(lost.purchase_id)
        first = lists_read(stripe_standin)
        settle(lost.purchase_id)

    assert (first, lists_read(stripe_standin)) == (2, 4)
    assert Purchase.objects.get().state == "paid"


def test_where_stripe_does_not_search_what_is_not_in_its_list_is_declined(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    lost = unasked(client, stripe_standin)
    pay_for("", 100, key="theirs")
    stripe_standin.faults.add(Fault("status_400", SEARCH, method="GET", times=9))

    with clock.shifted(25 * HOUR_MS), pytest.raises(CardDeclined):
        settle(lost.purchase_id)

    assert Purchase.objects.get().reason == "unknown-to-stripe"


def test_a_list_whose_place_is_gone_is_read_from_its_beginning(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    lost = lost_purchase(client, stripe_standin)
    keep_sought(lost.purchase_id, "pi_gone")
    stripe_standin.faults.add(Fault("status_400", SEARCH, method="GET", times=9))

    with clock.shifted(25 * HOUR_MS):
        with pytest.raises(PaymentPending):
            settle(lost.purchase_id)
        settle(lost.purchase_id)

    assert Purchase.objects.get().state == "paid"


def lists_read(standin: StripeStandin) -> int:
    """How many pages of Stripe's list of payments were read."""
    return sum(each["path"] == "/v1/payment_intents" for each in standin.requests)


def test_a_decline_that_nobody_told_of_is_found_and_closed_at_stripe(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    stripe_standin.faults.add(Fault("close_after", "/v1/payment_intents"))
    client.buy(timeout=0, stripeToken="tok_chargeDeclinedInsufficientFunds")

    with clock.shifted(24 * HOUR_MS - HOUR_MS // 2), pytest.raises(CardDeclined):
        settle(Purchase.objects.get().purchase_id)

    [intent] = stripe_standin.journal.all("payment_intent")
    assert Purchase.objects.get().reason == "insufficient_funds"
    assert intent["status"] == "canceled"


def test_a_page_of_which_nobody_was_told_is_found_when_it_was_paid(
    client: ClientApp, stripe_standin: StripeStandin, http: Any
) -> None:
    stripe_standin.faults.add(Fault("close_after", "/v1/checkout/sessions"))
    client.get("/payment-redirect", plan="1y-usd-10", provider="stripe", timeout=0)
    [session] = stripe_standin.journal.all("checkout.session")
    press_pay(http, session["url"])

    with clock.shifted(25 * HOUR_MS):
        settle(Purchase.objects.get().purchase_id)

    assert Purchase.objects.get().state == "paid"


def test_stripe_is_not_asked_to_pay_once_it_may_have_forgotten_the_key(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    lost = unasked(client, stripe_standin)

    with clock.shifted(24 * HOUR_MS - HOUR_MS // 2), pytest.raises(PaymentPending):
        settle(lost.purchase_id)

    assert stripe_standin.journal.all("charge") == []


def test_while_stripe_is_away_nothing_is_closed(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    unasked(client, stripe_standin)
    stripe_standin.faults.add(Fault("status_500", "/v1/", method="*", times=99))

    hours_later(25, run_jobs)

    assert Purchase.objects.get().state == "begun"
    assert Job.objects.get(kind="settle_purchase").state == "pending"


def test_staff_look_again_and_the_history_tells(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    lost_purchase(client, stripe_standin)

    page = press("look-at-stripe-again")

    assert "It is paid." in page
    assert Purchase.objects.get().state == "paid"
    assert LogEntry.objects.get().get_change_message() == "Looked at Stripe again: paid."


def test_staff_close_what_waits_for_its_buyer(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    client.buy(stripeToken=None, stripePaymentMethod="pm_card_threeDSecure2Required")

    page = press("close", reason="the buyer asked for it")

    [intent] = stripe_standin.journal.all("payment_intent")
    assert "It is closed" in page
    assert (Purchase.objects.get().state, intent["status"]) == ("declined", "canceled")
    told = LogEntry.objects.get().get_change_message()
    assert told == "Closed at Stripe (abandoned): the buyer asked for it"


def test_staff_cannot_close_what_may_still_be_asked_for(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    stripe_standin.faults.add(Fault("status_500", "/v1/", method="*", times=99))
    client.buy(timeout=0)

    page = press("close", reason="too long")

    assert "is being confirmed" in page
    assert Purchase.objects.get().state == "begun"
    assert LogEntry.objects.count() == 0


def test_who_may_only_look_has_neither_button(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    lost_purchase(client, stripe_standin)
    browser = browser_of(Role.SUPPORT)
    page = f"/admin/billing/purchase/{Purchase.objects.get().pk}"

    answers = [
        browser.post(f"{page}/{name}/", {"reason": "x"}).status_code
        for name in ("look-at-stripe-again", "close")
    ]

    assert answers == [403, 403]
    assert Purchase.objects.get().state == "begun"
