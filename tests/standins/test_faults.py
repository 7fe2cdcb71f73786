"""Faults on demand, and the way to see what was sent: the same for every stand-in."""

import threading

import pytest
import requests

from devstack.standin import Fault
from devstack.stripe_standin import StripeStandin
from tests.processes import eventually
from tests.standins.paying import card, post, purchase

INTENTS = "/v1/payment_intents"


@pytest.fixture
def faults_url(stripe_standin: StripeStandin) -> str:
    """Where to ask for faults."""
    return f"{stripe_standin.url}/_control/faults"


@pytest.mark.parametrize(("kind", "charged"), [("timeout_before", 0), ("timeout_after", 1)])
def test_a_timeout_is_before_or_after_the_effect(
    http: requests.Session, stripe_standin: StripeStandin, kind: str, charged: int
) -> None:
    stripe_standin.faults.add(Fault(kind, path_prefix=INTENTS))

    with pytest.raises(requests.ReadTimeout):
        http.post(
            stripe_standin.url + INTENTS, data=purchase(), auth=("sk_test_x", ""), timeout=0.3
        )

    eventually(lambda: len(stripe_standin.journal.all("charge")) == charged)


def test_a_retry_after_a_lost_answer_charges_once(
    http: requests.Session, stripe_standin: StripeStandin, faults_url: str
) -> None:
    http.post(faults_url, json={"kind": "close_after", "path_prefix": INTENTS}, timeout=20)

    with pytest.raises(requests.ConnectionError):
        post(http, stripe_standin, INTENTS, purchase(), key="k1")
    again = post(http, stripe_standin, INTENTS, purchase(), key="k1")

    assert again.json()["status"] == "succeeded"
    assert again.headers["Idempotent-Replayed"] == "true"
    assert len(stripe_standin.journal.all("charge")) == 1


@pytest.mark.parametrize(("status", "kind"), [(500, "api_error"), (429, "invalid_request_error")])
def test_a_status_is_answered_as_often_as_asked(
    http: requests.Session, stripe_standin: StripeStandin, status: int, kind: str
) -> None:
    stripe_standin.faults.add(Fault(f"status_{status}", times=2))

    answers = [post(http, stripe_standin, INTENTS, purchase()) for _ in range(3)]

    assert [answer.status_code for answer in answers] == [status, status, 200]
    assert answers[0].json()["error"]["type"] == kind


def test_a_fault_concerns_its_own_calls_only(
    http: requests.Session, stripe_standin: StripeStandin
) -> None:
    stripe_standin.faults.add(Fault("status_500", path_prefix="/v1/refunds"))
    stripe_standin.faults.add(Fault("status_500", path_prefix=INTENTS, method="GET"))

    answer = post(http, stripe_standin, INTENTS, purchase())

    assert answer.status_code == 200


def test_faults_can_be_seen_and_taken_back(
    http: requests.Session, stripe_standin: StripeStandin, faults_url: str
) -> None:
    added = http.post(faults_url, json={"kind": "status_500", "times": 3}, timeout=20)

    cleared = http.delete(faults_url, timeout=20)

    assert added.json()["faults"][0]["times"] == 3
    assert cleared.json() == {"faults": []}
    assert post(http, stripe_standin, INTENTS, purchase()).status_code == 200


@pytest.mark.parametrize(
    "wanted", [{"kind": "fire"}, {"kind": "slow", "colour": 1}, {"kind": "slow", "times": "x"}, []]
)
def test_a_fault_that_there_is_not_is_refused(
    http: requests.Session, faults_url: str, wanted: object
) -> None:
    answer = http.post(faults_url, json=wanted, timeout=20)

    assert answer.status_code == 400
    assert answer.json()["error"]


def test_stopping_does_not_wait_for_those_who_are_held() -> None:
    standin = StripeStandin()
    standin.start()
    standin.faults.add(Fault("timeout_before", method="GET"))
    ended: list[str] = []

    def call() -> None:
        try:
            requests.get(f"{standin.url}/", timeout=30)
        except requests.ConnectionError as error:
            ended.append(type(error).__name__)

    held = threading.Thread(target=call)
    held.start()
    while standin.faults.listed():
        standin.stopping.wait(0.01)
    standin.stop()
    held.join(timeout=40)

    assert ended == ["ConnectionError"]


def test_what_was_sent_is_shown_without_its_secrets(
    http: requests.Session, stripe_standin: StripeStandin
) -> None:
    form = {f"card[{name}]": value for name, value in card("4242424242424242").items()}
    post(
        http,
        stripe_standin,
        "/v1/payment_methods",
        {"type": "card", "metadata[user_id]": "7", **form},
        key="k1",
    )

    answer = http.get(f"{stripe_standin.url}/_control/requests", timeout=20)

    (sent,) = answer.json()["requests"]
    assert (sent["method"], sent["path"], sent["idempotency_key"]) == (
        "POST",
        "/v1/payment_methods",
        "k1",
    )
    assert sent["parameters"]["metadata[user_id]"] == "7"
    assert "4242424242424242" not in answer.text
    assert "sk_test_x" not in answer.text


def test_health_is_told_and_breaks_never(
    http: requests.Session, stripe_standin: StripeStandin
) -> None:
    stripe_standin.faults.add(Fault("status_500", method="*", times=9))

    answer = http.get(f"{stripe_standin.url}/healthz", timeout=20)

    assert answer.json() == {"status": "ok", "name": "stripe"}
