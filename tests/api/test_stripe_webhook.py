"""``POST /webhooks/stripe``."""

import json
import time
from collections.abc import Callable
from typing import Any

import pytest
import redis
import stripe
from django.test import Client

from billing.gateways import stripe as gateway
from billing.gateways.base import Order, Paid
from billing.keys import STRIPE_EVENT
from billing.managers.stripe_events import EventCounts, event_counts
from devstack.mandrill_standin import MandrillStandin
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.models import Job
from lantern_pro.types import Cell, Millis, Minor
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


def event(kind: str, about: str = "pi_1", *, event_id: str = "evt_1") -> bytes:
    """An event as Stripe writes it; what it says of the object is a lie, but for the id."""
    lie = {"id": about, "object": "payment_intent", "status": "canceled", "metadata": {}}
    told: dict[str, Any] = {
        "id": event_id,
        "object": "event",
        "created": 1_764_000_000,
        "type": kind,
        "data": {"object": lie},
    }
    return json.dumps(told).encode()


def paid_intent(standin: StripeStandin) -> str:
    """The payment that the stand-in has taken, by its id."""
    [intent] = standin.journal.all("payment_intent")
    return str(intent["id"])


def kept_for_good(client: redis.Redis) -> list[str]:
    """The keys that do not go by themselves, as those of limits do."""
    return sorted(key for key in client.scan_iter() if client.ttl(key) == -1)


def test_an_events_age_is_told_by_the_one_clock(client: ClientApp) -> None:
    del client
    body = event("payment_intent.succeeded")
    headers = signed(body)

    with clock.shifted(3_600_000):
        late = deliver(body, headers)
    now = deliver(body, headers)

    assert (late.status_code, now.status_code) == (400, 200)


def test_an_event_ends_a_purchase_whose_answer_never_came(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    stripe_standin.faults.add(Fault("close_after", "/v1/payment_intents"))
    client.buy(timeout=0)
    body = event("payment_intent.succeeded", paid_intent(stripe_standin))

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
    client: ClientApp,
    run_jobs: RunJobs,
    stripe_standin: StripeStandin,
    mandrill_standin: MandrillStandin,
) -> None:
    client.buy()
    body = event("payment_intent.succeeded", paid_intent(stripe_standin))
    deliver(body, signed(body))
    run_jobs()
    ledger.forget(Cell(0), before=Millis(clock.now() + 60_000))

    again = event("payment_intent.succeeded", paid_intent(stripe_standin), event_id="evt_2")
    deliver(again, signed(again))
    run_jobs()

    assert not Job.objects.filter(kind="send_receipt").exists()
    assert len(mandrill_standin.mails) == 1


def test_an_event_delivered_many_times_is_looked_at_once(
    client: ClientApp, run_jobs: RunJobs, stripe_standin: StripeStandin
) -> None:
    client.buy()
    body = event("payment_intent.succeeded", paid_intent(stripe_standin))

    for _ in range(5):
        deliver(body, signed(body))
        run_jobs()

    client.get("/user-data")
    assert client.answer["purchases"] == [{"plan": "1y-usd-10"}]
    assert Job.objects.filter(kind="handle_stripe_event").count() == 1
    assert event_counts() == [EventCounts("payment_intent.succeeded", 1, 4, 0)]


def test_many_events_of_one_fact_have_one_effect(
    client: ClientApp, run_jobs: RunJobs, stripe_standin: StripeStandin
) -> None:
    client.buy()

    for number in range(5):
        body = event(
            "payment_intent.succeeded", paid_intent(stripe_standin), event_id=f"evt_{number}"
        )
        deliver(body, signed(body))
    run_jobs()

    client.get("/user-data")
    assert client.answer["purchases"] == [{"plan": "1y-usd-10"}]
    assert Job.objects.filter(kind="settle_purchase").count() == 1


def test_of_an_event_only_a_pointer_is_kept(
    client: ClientApp, service: redis.Redis, stripe_standin: StripeStandin
) -> None:
    client.buy()
    intent = paid_intent(stripe_standin)
    body = event("payment_intent.succeeded", intent)

    deliver(body, signed(body))

    kept = service.hgetall(STRIPE_EVENT(event_id="evt_1", cell=Cell(0)))
    assert kept.keys() == {"type", "object_id", "created", "taken"}
    assert (kept["type"], kept["object_id"]) == ("payment_intent.succeeded", intent)


def test_an_event_is_acknowledged_while_stripe_itself_is_away(
    client: ClientApp, run_jobs: RunJobs, stripe_standin: StripeStandin
) -> None:
    client.buy()
    body = event("payment_intent.succeeded", paid_intent(stripe_standin))
    stripe_standin.faults.add(Fault("status_500", "/v1/", method="*"))

    response = deliver(body, signed(body))
    run_jobs()

    assert json.loads(response.content) == {"status": "ok", "used": True}
    looking = Job.objects.get(kind="handle_stripe_event")
    assert (looking.state, looking.phase) == ("pending", "looking")
    assert "stripe-unreachable" in looking.last_error


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
    service: redis.Redis, forge: Callable[[bytes], dict[str, str]]
) -> None:
    before = kept_for_good(service)
    body = event("payment_intent.succeeded")

    response = deliver(body, forge(body))

    assert response.status_code == 400
    assert json.loads(response.content)["errorId"] == "invalid-signature"
    assert kept_for_good(service) == before


@pytest.mark.parametrize(
    "body",
    [b"[]", b"{", b'"evt_1"', b'{"id": "evt_1"}', b'{"id": "evt_1", "type": "x", "created": 1}'],
)
def test_what_is_signed_and_is_no_event_is_refused_with_the_reason(
    service: redis.Redis, body: bytes
) -> None:
    response = deliver(body, signed(body))

    assert response.status_code == 400
    assert json.loads(response.content)["errorId"] == "not-an-event"


def test_an_event_of_another_type_is_acknowledged_and_counted(service: redis.Redis) -> None:
    body = event("customer.created")

    response = deliver(body, signed(body))

    assert json.loads(response.content) == {"status": "ok", "used": False}
    assert Job.objects.count() == 0
    assert event_counts() == [EventCounts("customer.created", 0, 0, 1)]


@pytest.mark.parametrize("purchase", ["", "somebody else's"])
def test_a_payment_of_somebody_elses_is_looked_at_and_left(
    service: redis.Redis, run_jobs: RunJobs, stripe_standin: StripeStandin, purchase: str
) -> None:
    intent = gateway.pay(
        Order("key", Minor(4800), "usd", "tok_visa", "theirs", {"purchase": purchase})
    )
    assert isinstance(intent, Paid)
    body = event("payment_intent.succeeded", intent.payment_intent)

    deliver(body, signed(body))
    run_jobs()

    assert [(each.kind, each.state) for each in Job.objects.all()] == [
        ("handle_stripe_event", "done")
    ]


def test_an_event_of_what_stripe_does_not_know_is_left(
    service: redis.Redis, run_jobs: RunJobs
) -> None:
    body = event("payment_intent.succeeded", "pi_unknown")

    deliver(body, signed(body))
    run_jobs()

    assert Job.objects.get().state == "done"


def test_a_payment_that_names_an_unknown_purchase_leaves_a_job_that_says_so(
    service: redis.Redis, run_jobs: RunJobs
) -> None:
    unknown = "c0.4398046511104.00000000000000000000"
    intent = gateway.pay(
        Order("key", Minor(4800), "usd", "tok_visa", "lost", {"purchase": unknown})
    )
    assert isinstance(intent, Paid)
    body = event("payment_intent.succeeded", intent.payment_intent)

    deliver(body, signed(body))
    run_jobs()

    assert "no-such-purchase" in Job.objects.get(kind="settle_purchase").last_error
