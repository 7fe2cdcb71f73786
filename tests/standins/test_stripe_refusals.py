"""What Stripe refuses before it does anything: keys, parameters, unknown things."""

import pytest
import requests
import stripe

from devstack.stripe_standin import StripeStandin
from tests.standins.paying import Untyped, card, post, purchase

CARD_TOKEN = "payment_method_data[card][token]"


@pytest.mark.parametrize("key", ["", "sk_live_real", "nonsense", "pk_test_browser"])
def test_only_secret_test_keys_are_let_in(
    http: requests.Session, stripe_standin: StripeStandin, key: str
) -> None:
    answer = http.get(f"{stripe_standin.url}/v1/charges", auth=(key, ""), timeout=20)

    assert answer.status_code == 401
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert answer.headers["Request-Id"].startswith("req_")


def test_a_key_may_come_as_bearer(http: requests.Session, stripe_standin: StripeStandin) -> None:
    headers = {"Authorization": "Bearer sk_test_x"}

    answer = http.get(f"{stripe_standin.url}/v1/charges", headers=headers, timeout=20)

    assert answer.json() == {"object": "list", "url": "/v1/charges", "has_more": False, "data": []}


def test_a_browser_makes_tokens_with_the_publishable_key(
    http: requests.Session, stripe_standin: StripeStandin
) -> None:
    form = {f"card[{name}]": value for name, value in card("4242424242424242").items()}

    answer = http.post(
        f"{stripe_standin.url}/v1/tokens", data=form, auth=("pk_test_x", ""), timeout=20
    )

    token = answer.json()
    assert token["id"].startswith("tok_")
    assert (token["card"]["last4"], token["used"]) == ("4242", False)
    assert "4242424242424242" not in answer.text


@pytest.mark.parametrize(
    ("change", "code", "param"),
    [
        ({"amount": None}, "parameter_missing", "amount"),
        ({"currency": None}, "parameter_missing", "currency"),
        ({"currency": "xxx"}, None, "currency"),
        ({"amount": "many"}, "parameter_invalid_integer", "amount"),
        ({"amount": "0"}, "parameter_invalid_integer", "amount"),
        ({"amount": "49"}, "amount_too_small", "amount"),
        ({"colour": "red"}, "parameter_unknown", "colour"),
        ({"shipping[colour]": "red"}, "parameter_unknown", "shipping[colour]"),
        ({"payment_method_data[card][token]": "tok_visa"}, "parameter_unknown", CARD_TOKEN),
        ({"setup_future_usage": "sometimes"}, None, "setup_future_usage"),
        ({"confirm": "yes"}, None, "confirm"),
        ({"customer": "cus_none"}, "resource_missing", "customer"),
        ({"payment_method": "pm_none"}, "resource_missing", "payment_method"),
        ({"automatic_payment_methods[enabled]": "true"}, None, "return_url"),
        ({"capture_method": "manual"}, None, "capture_method"),
    ],
)
def test_a_bad_parameter_is_named_and_nothing_is_done(
    http: requests.Session,
    stripe_standin: StripeStandin,
    change: dict[str, str | None],
    code: str | None,
    param: str,
) -> None:
    form = {name: value for name, value in {**purchase(), **change}.items() if value is not None}

    answer = post(http, stripe_standin, "/v1/payment_intents", form)

    error = answer.json()["error"]
    assert (answer.status_code, error["type"]) == (400, "invalid_request_error")
    assert (error.get("code"), error["param"]) == (code, param)
    assert stripe_standin.journal.all("payment_intent") == []


@pytest.mark.parametrize(
    "path", ["/v1/nothing", "/v1/charges/ch_none", "/v1/payment_intents/pi_none", "/nothing"]
)
def test_what_is_not_there_is_404(
    http: requests.Session, stripe_standin: StripeStandin, path: str
) -> None:
    answer = http.get(stripe_standin.url + path, auth=("sk_test_x", ""), timeout=20)

    assert answer.status_code == 404
    assert answer.json()["error"]["type"] == "invalid_request_error"


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        (card("4242424242424241"), "incorrect_number"),
        (card("4111111111111111"), "card_declined"),
        (card("4242424242424242", exp_month="13"), "invalid_expiry_month"),
        (card("4242424242424242", exp_year="2001"), "invalid_expiry_year"),
    ],
)
def test_a_card_that_cannot_be_one_of_the_test_cards_is_refused(
    stripe_client: Untyped, typed: dict[str, str], code: str
) -> None:
    with pytest.raises(stripe.CardError) as refusal:
        stripe_client.v1.tokens.create({"card": typed})

    assert refusal.value.code == code


def test_a_thing_that_cannot_be_expanded_undoes_the_call(
    stripe_client: Untyped, stripe_standin: StripeStandin
) -> None:
    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.customers.create({"email": "a@example.org", "expand": ["email.colour"]})

    assert stripe_standin.journal.all("customer") == []


def test_a_body_without_a_length_is_refused(stripe_standin: StripeStandin) -> None:
    answer = requests.post(
        f"{stripe_standin.url}/v1/customers", data=iter([b"email=a"]), timeout=20
    )

    assert answer.status_code == 411


def test_another_version_of_the_api_is_refused(
    http: requests.Session, stripe_standin: StripeStandin
) -> None:
    headers = {"Authorization": "Bearer sk_test_x", "Stripe-Version": "2020-08-27"}

    answer = http.get(f"{stripe_standin.url}/v1/charges", headers=headers, timeout=20)

    assert answer.status_code == 400
    assert "2026-10-28.endive" in answer.json()["error"]["message"]


def test_a_search_by_anything_but_one_thing_in_the_metadata_is_refused(
    http: requests.Session, stripe_standin: StripeStandin
) -> None:
    post(http, stripe_standin, "/v1/payment_intents", purchase())
    where = f"{stripe_standin.url}/v1/payment_intents/search"

    def ask(query: str) -> Untyped:
        return http.get(where, params={"query": query}, auth=("sk_test_x", ""), timeout=20).json()

    assert [each["amount"] for each in ask("metadata['user_id']:'7'")["data"]] == [4800]
    assert ask("metadata['user_id']:'8'")["data"] == []
    assert ask("amount>100")["error"]["param"] == "query"
