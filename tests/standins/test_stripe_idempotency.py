"""The same key is the same call, whatever happens in between."""

import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
import requests
import stripe

from devstack.standin import Fault
from devstack.stripe_standin import StripeStandin
from tests.standins.paying import Untyped, post, purchase

INTENTS = "/v1/payment_intents"


def test_the_same_key_charges_once_and_answers_the_same(
    http: requests.Session, stripe_standin: StripeStandin
) -> None:
    first = post(http, stripe_standin, INTENTS, purchase(), key="k1")

    again = post(http, stripe_standin, INTENTS, purchase(), key="k1")

    assert again.content == first.content
    assert again.headers["Idempotent-Replayed"] == "true"
    assert again.headers["Original-Request"] == first.headers["Request-Id"]
    assert "Idempotent-Replayed" not in first.headers
    assert len(stripe_standin.journal.all("charge")) == 1


def test_without_a_key_each_call_charges(
    http: requests.Session, stripe_standin: StripeStandin
) -> None:
    post(http, stripe_standin, INTENTS, purchase())

    post(http, stripe_standin, INTENTS, purchase())

    assert len(stripe_standin.journal.all("charge")) == 2


def test_a_decline_is_answered_again_and_not_tried_again(
    http: requests.Session, stripe_standin: StripeStandin
) -> None:
    form = purchase(paid_with="pm_card_chargeDeclined")
    first = post(http, stripe_standin, INTENTS, form, key="k1")

    again = post(http, stripe_standin, INTENTS, form, key="k1")

    assert (first.status_code, again.status_code) == (402, 402)
    assert again.json() == first.json()
    assert len(stripe_standin.journal.all("charge")) == 1


@pytest.mark.parametrize(("path", "amount"), [(INTENTS, 9600), ("/v1/customers", 4800)])
def test_the_same_key_with_another_call_is_an_error(
    http: requests.Session, stripe_standin: StripeStandin, path: str, amount: int
) -> None:
    post(http, stripe_standin, INTENTS, purchase(), key="k1")

    other = post(http, stripe_standin, path, purchase(amount=amount), key="k1")

    assert (other.status_code, other.json()["error"]["type"]) == (400, "idempotency_error")
    assert len(stripe_standin.journal.all("charge")) == 1


def test_stripes_package_calls_that_an_idempotency_error(
    stripe_client: Untyped,
) -> None:
    options = {"idempotency_key": "k1"}
    stripe_client.v1.customers.create({"email": "a@example.org"}, options)

    with pytest.raises(stripe.IdempotencyError):
        stripe_client.v1.customers.create({"email": "b@example.org"}, options)


def test_a_refused_parameter_does_not_use_up_the_key(
    http: requests.Session, stripe_standin: StripeStandin
) -> None:
    refused = post(http, stripe_standin, INTENTS, purchase(amount=1), key="k1")

    mended = post(http, stripe_standin, INTENTS, purchase(), key="k1")

    assert (refused.status_code, mended.status_code) == (400, 200)


def test_a_key_that_is_at_work_is_a_conflict(
    http: requests.Session, stripe_standin: StripeStandin
) -> None:
    stripe_standin.faults.add(Fault("slow", seconds=30))
    answers: list[requests.Response] = []
    slow = threading.Thread(
        target=lambda: answers.append(post(http, stripe_standin, INTENTS, purchase(), key="k1"))
    )
    waiting = threading.Event()
    released = threading.Event()

    def pause(_seconds: float) -> None:
        waiting.set()
        released.wait(10)

    stripe_standin.api.pause = pause

    slow.start()
    assert waiting.wait(10)
    meanwhile = post(http, stripe_standin, INTENTS, purchase(), key="k1")
    released.set()
    slow.join()

    assert meanwhile.status_code == 409
    assert meanwhile.json()["error"]["code"] == "idempotency_key_in_use"
    assert answers[0].status_code == 200


def test_twenty_at_once_with_one_key_charge_once(stripe_standin: StripeStandin) -> None:
    def pay(_: int) -> int:
        with requests.Session() as session:
            return post(session, stripe_standin, INTENTS, purchase(), key="k1").status_code

    with ThreadPoolExecutor(20) as pool:
        statuses = set(pool.map(pay, range(20)))

    assert 200 in statuses
    assert statuses <= {200, 409}
    assert len(stripe_standin.journal.all("charge")) == 1


def test_a_key_survives_a_restart(http: requests.Session, tmp_path: Path) -> None:
    before = StripeStandin(tmp_path)
    before.start()
    first = post(http, before, INTENTS, purchase(), key="k1")
    before.stop()

    after = StripeStandin(tmp_path)
    after.start()
    again = post(http, after, INTENTS, purchase(), key="k1")
    charges = after.journal.all("charge")
    after.stop()

    assert again.json() == first.json()
    assert len(charges) == 1


def test_after_a_day_a_key_is_forgotten(
    http: requests.Session, stripe_standin: StripeStandin
) -> None:
    first = post(http, stripe_standin, INTENTS, purchase(), key="k1")
    with stripe_standin.journal.change() as draft:
        record = draft.get("_key_k1")
        assert record
        draft.put({**record, "created": record["created"] - 25 * 60 * 60})

    again = post(http, stripe_standin, INTENTS, purchase(), key="k1")

    assert again.json()["id"] != first.json()["id"]
