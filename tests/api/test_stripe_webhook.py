"""``POST /webhooks/stripe``."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import redis
import stripe
from django.test import Client

from billing.models import Purchase
from devstack.mandrill_standin import MandrillStandin
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.models import Job
from lantern_pro.types import Cell, Millis
from tests.client_app import ClientApp

RunJobs = Callable[[], int]
SECRET = "whsec_development"


def signed(body: bytes, *, secret: str = SECRET, at: int | None = None) -> dict[str, str]:
    """The header that Stripe sends with a body."""
    moment = at or int(time.time())
    signature = stripe.WebhookSignature._compute_signature(f"{moment}.{body.decode()}", secret)
    return {"Stripe-Signature": f"t={moment},v1={signature}"}


def deliver(body: bytes, headers: dict[str, str]) -> Any:
    """Deliver an event."""
    return Client().generic(
        "POST", "/webhooks/stripe", body, content_type="application/json", headers=headers
    )


def event(kind: str, **metadata: str) -> bytes:
    """An event as Stripe writes it."""
    told: dict[str, Any] = {
        "id": "evt_1",
        "object": "event",
        "type": kind,
        "data": {"object": {"id": "pi_1", "object": "payment_intent", "metadata": metadata}},
    }
    return json.dumps(told).encode()


def kept_for_good(client: redis.Redis) -> list[str]:
    """The keys that do not go by themselves, as those of limits do."""
    return sorted(key for key in client.scan_iter() if client.ttl(key) == -1)


def test_an_event_ends_a_purchase_whose_answer_never_came(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    stripe_standin.faults.add(Fault("close_after", "/v1/payment_intents"))
    client.buy(timeout=0)
    body = event("payment_intent.succeeded", purchase=Purchase.objects.get().pk)

    response = deliver(body, signed(body))
    run_jobs()

    assert response.status_code == 200
    client.get("/user-data")
    assert client.answer["userStatus"] == "active"


def test_a_job_notes_that_it_may_have_asked_stripe(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    stripe_standin.faults.add(Fault("close_after", "/v1/payment_intents", times=2))
    client.buy(timeout=0)

    run_jobs()

    asking = Job.objects.get(kind="settle_purchase")
    assert (asking.state, asking.phase) == ("pending", "paying")


def test_an_event_that_comes_when_all_records_are_forgotten_mails_no_second_receipt(
    client: ClientApp, run_jobs: RunJobs, mandrill_standin: MandrillStandin
) -> None:
    client.buy()
    body = event("payment_intent.succeeded", purchase=Purchase.objects.get().pk)
    deliver(body, signed(body))
    run_jobs()
    ledger.forget(Cell(0), before=Millis(clock.now() + 60_000))

    deliver(body, signed(body))
    run_jobs()

    assert not Job.objects.filter(kind="send_receipt").exists()
    assert len(mandrill_standin.mails) == 1


def test_an_event_delivered_many_times_has_one_effect(client: ClientApp, run_jobs: RunJobs) -> None:
    client.buy()
    body = event("payment_intent.succeeded", purchase=Purchase.objects.get().pk)

    for _ in range(5):
        deliver(body, signed(body))
        run_jobs()

    client.get("/user-data")
    assert client.answer["purchases"] == [{"plan": "1y-usd-10"}]
    assert Job.objects.filter(kind="settle_purchase").count() == 1


@pytest.mark.parametrize(
    "forge",
    [
        lambda body: {},
        lambda body: {"Stripe-Signature": "t=1,v1=00"},
        lambda body: {"Stripe-Signature": "nonsense"},
        lambda body: signed(body, secret="whsec_another"),
        lambda body: signed(body + b" "),
        lambda body: signed(body, at=int(time.time()) - 3600),
    ],
    ids=["none", "wrong", "malformed", "another secret", "another body", "too old"],
)
def test_what_stripe_did_not_sign_is_refused_and_changes_nothing(
    client: ClientApp, service: redis.Redis, forge: Callable[[bytes], dict[str, str]]
) -> None:
    client.buy(stripeToken="tok_chargeDeclined")
    before = kept_for_good(service)
    body = event("payment_intent.succeeded", purchase=Purchase.objects.get().pk)

    response = deliver(body, forge(body))

    assert response.status_code == 400
    assert json.loads(response.content)["errorId"] == "invalid-signature"
    assert kept_for_good(service) == before


@pytest.mark.parametrize(
    "body",
    [
        event("customer.created"),
        event("payment_intent.succeeded"),
        event("payment_intent.succeeded", purchase="somebody else's"),
    ],
)
def test_an_event_that_says_nothing_to_us_is_acknowledged_and_left(
    service: redis.Redis, body: bytes
) -> None:
    response = deliver(body, signed(body))

    assert json.loads(response.content) == {"status": "ok", "used": False}
    assert Job.objects.count() == 0


def test_an_event_that_names_an_unknown_purchase_leaves_a_job_that_says_so(
    service: redis.Redis, run_jobs: RunJobs
) -> None:
    body = event("payment_intent.succeeded", purchase="c0.4398046511104.00000000000000000000")

    deliver(body, signed(body))
    run_jobs()

    assert "no-such-purchase" in Job.objects.get().last_error
