"""Events reach the webhook, signed, until they have arrived."""

import json
from pathlib import Path

import pytest
import requests
import stripe

from devstack.stripe_standin import StripeStandin
from devstack.stripe_standin.server import WEBHOOK_SECRET
from tests.standins.fixtures import WebhookReceiver
from tests.standins.paying import Untyped, post, purchase

PAID = ["payment_intent.created", "charge.succeeded", "payment_intent.succeeded"]


def types_of(receiver: WebhookReceiver, count: int) -> list[str]:
    """Take this many deliveries, and tell their types."""
    return [json.loads(receiver.next().body)["type"] for _ in range(count)]


def test_stripes_package_accepts_the_signature(
    http: requests.Session, stripe_standin: StripeStandin, webhook_receiver: WebhookReceiver
) -> None:
    stripe_standin.webhooks.url = webhook_receiver.url
    intent = post(http, stripe_standin, "/v1/payment_intents", purchase(), key="k1").json()

    deliveries = [webhook_receiver.next() for _ in PAID]

    events = [
        stripe.Webhook.construct_event(
            item.body, item.headers["stripe-signature"], WEBHOOK_SECRET, api_key="sk_test_x"
        )
        for item in deliveries
    ]
    assert [event.type for event in events] == PAID
    assert events[-1].data.object["id"] == intent["id"]
    assert events[-1].data.object["metadata"]["user_id"] == "7"
    assert events[-1].request.idempotency_key == "k1"


def test_a_wrong_secret_does_not_verify(
    http: requests.Session, stripe_standin: StripeStandin, webhook_receiver: WebhookReceiver
) -> None:
    stripe_standin.webhooks.url = webhook_receiver.url
    post(http, stripe_standin, "/v1/customers", {"email": "a@example.org"})

    item = webhook_receiver.next()

    with pytest.raises(stripe.SignatureVerificationError):
        stripe.Webhook.construct_event(item.body, item.headers["stripe-signature"], "whsec_other")


def test_a_decline_tells_of_its_failed_charge(
    http: requests.Session, stripe_standin: StripeStandin, webhook_receiver: WebhookReceiver
) -> None:
    stripe_standin.webhooks.url = webhook_receiver.url

    post(http, stripe_standin, "/v1/payment_intents", purchase(paid_with="pm_card_chargeDeclined"))

    assert types_of(webhook_receiver, 3) == [
        "payment_intent.created",
        "charge.failed",
        "payment_intent.payment_failed",
    ]


def test_what_is_not_taken_is_sent_again(
    http: requests.Session, stripe_standin: StripeStandin, webhook_receiver: WebhookReceiver
) -> None:
    stripe_standin.webhooks.url = webhook_receiver.url
    webhook_receiver.statuses = [500, 302]

    post(http, stripe_standin, "/v1/customers", {"email": "a@example.org"})

    ids = {json.loads(webhook_receiver.next().body)["id"] for _ in range(3)}
    assert len(ids) == 1


def test_what_was_held_back_is_delivered_after_a_restart(
    http: requests.Session, tmp_path: Path, webhook_receiver: WebhookReceiver
) -> None:
    before = StripeStandin(tmp_path, webhook_receiver.url)
    before.webhooks.set_mode("off")
    before.start()
    post(http, before, "/v1/payment_intents", purchase())
    before.stop()
    assert webhook_receiver.is_quiet()

    after = StripeStandin(tmp_path, webhook_receiver.url)
    after.start()
    types = types_of(webhook_receiver, 3)
    after.stop()

    assert types == PAID


def test_reversed_sends_the_newest_first(
    http: requests.Session, stripe_standin: StripeStandin, webhook_receiver: WebhookReceiver
) -> None:
    stripe_standin.webhooks.url = webhook_receiver.url
    stripe_standin.webhooks.set_mode("off")
    post(http, stripe_standin, "/v1/payment_intents", purchase())
    control = f"{stripe_standin.url}/_control/webhooks"

    http.post(control, json={"mode": "reversed"}, timeout=20)

    assert types_of(webhook_receiver, 3) == PAID[::-1]


def test_double_sends_each_twice_and_resend_once_more(
    http: requests.Session, stripe_standin: StripeStandin, webhook_receiver: WebhookReceiver
) -> None:
    stripe_standin.webhooks.url = webhook_receiver.url
    stripe_standin.webhooks.set_mode("double")
    post(http, stripe_standin, "/v1/customers", {"email": "a@example.org"})
    first, second = (json.loads(webhook_receiver.next().body) for _ in range(2))
    stripe_standin.webhooks.set_mode("normal")

    http.post(
        f"{stripe_standin.url}/_control/webhooks/resend", json={"event": first["id"]}, timeout=20
    )

    third = json.loads(webhook_receiver.next().body)
    assert first["id"] == second["id"] == third["id"]


def test_events_can_be_listed_by_type(stripe_client: Untyped) -> None:
    stripe_client.v1.customers.create({"email": "a@example.org"})
    stripe_client.v1.payment_intents.create({"amount": 4800, "currency": "usd"})

    listed = stripe_client.v1.events.list({"type": "customer.created"})

    assert [event.type for event in listed.data] == ["customer.created"]
    assert stripe_client.v1.events.retrieve(listed.data[0].id).data.object["email"]
