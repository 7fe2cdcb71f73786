"""The API's description is sound, whole, and true of what the service really answers."""

import io
import json
from collections.abc import Callable, Iterator
from functools import cache
from typing import Any, Final

import jsonschema
import pytest
import redis
import yaml
from django.core.management import call_command
from django.test import Client
from django.urls import URLPattern

from accounts.models import User
from billing.models import Purchase
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from lantern_pro.urls_client import urlpatterns
from tests.api.test_stripe_webhook import deliver, event, signed
from tests.client_app import ClientApp
from tests.house.tree import ROOT

NOT_FOR_CLIENTS: Final = {
    "payment-returned": "a page for browsers on a developer's machine",
    "healthz": "asked by load balancers; its status is the answer",
    "api/schema": "the description itself",
    "api/docs": "the page that shows it",
}
"""Routes that the description leaves out, and why."""

# Words of OpenAPI 3.0 that JSON Schema has under another name.
NULLABLE: Final = "nullable"


@cache
def description() -> dict[str, Any]:
    """The API's description, made without a warning and valid as OpenAPI."""
    written = io.StringIO()
    call_command("spectacular", validate=True, fail_on_warn=True, stdout=written)
    described: dict[str, Any] = yaml.safe_load(written.getvalue())
    return described


def operations() -> Iterator[tuple[str, dict[str, Any]]]:
    """Each described call: ``<method> <path>`` and what is said of it."""
    for path, methods in description()["paths"].items():
        for method, operation in methods.items():
            yield f"{method} {path}", operation


def hold_to_description(response: Any) -> dict[str, Any]:
    """Hold an answer against what is described for its path, method and status; returns it."""
    request = response.request
    operation = description()["paths"][request["PATH_INFO"]][request["REQUEST_METHOD"].lower()]
    described = operation["responses"][str(response.status_code)]["content"]["application/json"]
    answer: dict[str, Any] = json.loads(response.content)
    validate(answer, described["schema"])
    return answer


def validate(value: object, schema: dict[str, Any]) -> None:
    """Hold a value against a schema of the description; unknown fields are refused."""
    whole = as_json_schema({**schema, "components": description()["components"]})
    jsonschema.Draft202012Validator(whole).validate(value)


def as_json_schema(schema: Any) -> Any:
    """Say in JSON Schema what OpenAPI 3.0 says in words of its own."""
    if isinstance(schema, list):
        return [as_json_schema(each) for each in schema]
    if not isinstance(schema, dict):
        return schema
    said = {name: as_json_schema(each) for name, each in schema.items() if name != NULLABLE}
    if schema.get(NULLABLE) is True:
        return {"anyOf": [said, {"type": "null"}]}
    if schema.get("type") == "object" and "properties" in schema:
        said.setdefault("additionalProperties", False)
    return said


def test_every_route_for_clients_is_described_with_an_example_of_success() -> None:
    routes = {str(each.pattern) for each in urlpatterns if isinstance(each, URLPattern)}

    described = {
        name.partition(" /")[2]
        for name, operation in operations()
        if "Success" in operation["responses"]["200"]["content"]["application/json"]["examples"]
    }

    assert described == routes - set(NOT_FOR_CLIENTS)


def test_every_example_fits_its_own_schema() -> None:
    seen = 0

    for _, operation in operations():
        for body in [*operation["responses"].values(), operation.get("requestBody", {})]:
            for content in body.get("content", {}).values():
                for example in content.get("examples", {}).values():
                    validate(example["value"], content["schema"])
                    seen += 1

    assert seen > 20


def test_a_call_says_that_its_parameters_may_travel_in_the_query() -> None:
    posts = {name: said["description"] for name, said in operations() if name.startswith("post /u")}

    assert posts
    assert all("in the query" in words for words in posts.values())


def test_the_description_that_is_kept_with_the_docs_is_up_to_date() -> None:
    kept = yaml.safe_load((ROOT / "docs" / "openapi.yaml").read_text())

    assert kept == description()


def test_the_description_and_its_page_are_served(service: redis.Redis) -> None:
    http = Client()

    schema, page = http.get("/api/schema"), http.get("/api/docs")

    assert yaml.safe_load(schema.content)["paths"].keys() == description()["paths"].keys()
    assert b"swagger-ui" in page.content


def test_what_a_client_is_told_on_its_way_to_pro_is_as_described(
    client: ClientApp, new_client: Callable[..., ClientApp], run_jobs: Callable[[], int]
) -> None:
    inviter = new_client("device-2", address="198.51.100.9")
    inviter.get("/user-data")

    for response in [
        ClientApp("device-3").post("/user-create", locale="fa_IR"),
        client.post("/user-confirm"),
        client.get("/plans", locale="en_US", countrycode="JP"),
        client.post("/referral-attach", code=inviter.answer["referral"]),
        client.buy(),
    ]:
        answer = hold_to_description(response)
        assert answer["status"] == "ok"

    run_jobs()
    for app in (client, inviter):
        assert hold_to_description(app.get("/user-data"))["userStatus"] == "active"
    assert hold_to_description(client.get("/user-charges"))["charges"]


def test_charges_that_stripe_does_not_tell_of_are_as_described(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    client.buy()
    stripe_standin.faults.add(Fault("status_500", "/v1/", method="GET", times=99))

    answer = hold_to_description(client.get("/user-charges"))

    assert answer["complete"] is False
    assert answer["charges"][0]["card"] is None


@pytest.mark.parametrize(
    ("call", "error_id"),
    [
        (lambda app: app.get("/user-charges", limit="many"), "invalid-parameter"),
        (lambda app: app.post("/purchase"), "missing-parameter"),
        (lambda app: app.buy(plan="9y-usd-10"), "unknown-plan"),
        (lambda app: app.buy(stripeToken="tok_chargeDeclined"), "card-declined"),
        (lambda app: app.buy(stripeToken="tok_nobody_has_made"), "card-declined"),
        (lambda app: app.post("/referral-attach", code="AAAAAAAA"), "wrong-referral-code"),
        (lambda app: app.post("/referral-attach-v2", code="AAAAAAAA"), "wrong-referral-code"),
        (lambda app: app.post("/user-create", locale=99 * "x"), "invalid-parameter"),
        (lambda app: app.get("/plans", timeout=-1), "invalid-parameter"),
    ],
)
def test_refusals_are_as_described(
    client: ClientApp, call: Callable[[ClientApp], Any], error_id: str
) -> None:
    response = call(client)

    assert hold_to_description(response)["errorId"] == error_id
    assert response.status_code == 200


@pytest.mark.parametrize("path", ["/user-data", "/user-confirm", "/user-charges"])
def test_strangers_are_refused_as_described(client: ClientApp, path: str) -> None:
    client.token = "another"
    send = client.post if path == "/user-confirm" else client.get

    assert hold_to_description(send(path))["errorId"] == "wrong-credentials"


def test_a_payment_that_is_not_known_yet_is_answered_as_described(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    stripe_standin.faults.add(Fault("close_after", "/v1/payment_intents"))

    response = client.buy(timeout=0)

    assert (response.status_code, hold_to_description(response)["errorId"]) == (
        202,
        "payment-pending",
    )
    assert Purchase.objects.get().state == "begun"


def test_a_store_that_does_not_answer_is_told_as_described(
    client: ClientApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def silent(*_: object, **__: object) -> None:
        raise redis.exceptions.ConnectionError

    monkeypatch.setattr(User.objects, "count_and_read", silent)

    response = client.get("/user-data")

    assert (response.status_code, hold_to_description(response)["errorId"]) == (503, "unavailable")


def test_a_bug_is_told_with_a_reference_as_described(
    client: ClientApp, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr(User.objects, "count_and_read", broken)

    response = client.get("/user-data")

    answer = hold_to_description(response)
    assert (response.status_code, answer["errorId"]) == (500, "internal-error")
    assert answer["details"]["reference"] in answer["error"]


@pytest.mark.parametrize(("secret", "status"), [("whsec_development", 200), ("whsec_other", 400)])
def test_stripe_is_answered_as_described(service: redis.Redis, secret: str, status: int) -> None:
    body = event("customer.created")

    response = deliver(body, signed(body, secret=secret))

    hold_to_description(response)
    assert response.status_code == status
