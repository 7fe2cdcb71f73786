"""A purchase that is asked for again, or whose answer is lost on the way: it charges once."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor

import requests

from billing.models import Plan, Purchase
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from lantern_pro.jobs import ledger
from lantern_pro.jobs.models import Job
from lantern_pro.jobs.runner import Runner
from lantern_pro.types import JobId
from tests.api.test_purchases import faults, requests_to
from tests.client_app import ClientApp

RunJobs = Callable[[], int]


def test_a_retried_purchase_charges_once(client: ClientApp, stripe_standin: StripeStandin) -> None:
    client.buy()
    first = client.answer

    client.buy()

    assert client.answer == first
    assert Purchase.objects.count() == 1
    assert len(requests_to(stripe_standin, "/v1/payment_intents")) == 1


def test_a_retried_purchase_is_answered_alike_after_its_plan_left_the_shop(
    client: ClientApp,
) -> None:
    client.buy()
    first = client.answer
    Plan.objects.filter(pk="1y-usd-10").update(on_sale=False)

    client.buy()

    assert first["paymentStatus"] == "completed"
    assert client.answer == first


def test_the_same_purchase_from_many_threads_at_once_charges_once(
    client: ClientApp, stripe_standin: StripeStandin, worker: Runner
) -> None:
    apps = [
        ClientApp(device_id=client.device_id, user_id=client.user_id, token=client.token)
        for _ in range(8)
    ]

    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda app: app.buy(), apps))

    assert {app.answer.get("paymentStatus") for app in apps} == {"completed"}
    assert charges_made(stripe_standin) == 1
    assert faults() == []


def charges_made(standin: StripeStandin) -> int:
    """How many charges Stripe has."""
    with requests.Session() as session:
        answer = session.get(
            f"{standin.url}/v1/charges", params={"limit": 100}, auth=("sk_test_x", ""), timeout=20
        )
    return len(answer.json()["data"])


def test_the_key_of_one_purchase_does_not_serve_another(client: ClientApp) -> None:
    client.buy()

    client.buy(plan="2y-usd-10")

    assert client.answer["errorId"] == "idempotency-key-reused"
    assert Purchase.objects.count() == 1


def test_a_lost_answer_of_stripe_is_asked_for_again_and_pays_once(
    client: ClientApp, stripe_standin: StripeStandin, worker: Runner
) -> None:
    stripe_standin.faults.add(Fault("close_after", "/v1/payment_intents"))

    response = client.buy()

    assert response.status_code == 200
    assert client.answer["paymentStatus"] == "completed"
    assert charges_made(stripe_standin) == 1


def test_while_stripe_is_down_the_purchase_is_pending_and_the_job_ends_it(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    stripe_standin.faults.add(Fault("status_500", "/v1/payment_intents"))

    response = client.buy(timeout=0)
    pending = client.answer["errorId"]
    Job.objects.get(kind="settle_purchase")
    _due_now("settle_purchase")
    run_jobs()
    client.buy()

    assert (response.status_code, pending) == (202, "payment-pending")
    assert client.answer["paymentStatus"] == "completed"
    assert charges_made(stripe_standin) == 1
    assert faults() == []


def _due_now(kind: str) -> None:
    assert ledger.retry(JobId(Job.objects.get(kind=kind).pk))
