"""Disputes at the Stripe stand-in, by Stripe's own package, the controls and the page."""

from typing import Any

import pytest
import requests
import stripe

from devstack.stripe_standin import StripeStandin
from tests.standins.paying import post, purchase


@pytest.fixture
def charge_id(http: requests.Session, stripe_standin: StripeStandin) -> str:
    """A charge that was paid."""
    paid = post(http, stripe_standin, "/v1/payment_intents", purchase()).json()
    return str(paid["latest_charge"])


def act(http: requests.Session, standin: StripeStandin, name: str, **told: str) -> Any:
    """Do what a customer or a bank does."""
    return http.post(f"{standin.url}/_control/disputes/{name}", json=told, timeout=20).json()


def events(standin: StripeStandin) -> list[str]:
    """The events about disputes, the oldest first."""
    types = [event["type"] for event in standin.journal.all("event")]
    return [each.removeprefix("charge.dispute.") for each in types if "dispute" in each]


def test_a_dispute_that_is_opened_withdraws_the_money(
    http: requests.Session,
    stripe_standin: StripeStandin,
    stripe_client: stripe.StripeClient,
    charge_id: str,
) -> None:
    opened = act(http, stripe_standin, "open", charge=charge_id, reason="fraudulent")

    dispute: Any = stripe_client.v1.disputes.retrieve(opened["id"])
    assert (dispute.status, dispute.amount, dispute.charge) == ("needs_response", 4800, charge_id)
    assert [each.net for each in dispute.balance_transactions] == [-6_300]
    assert stripe_client.v1.charges.retrieve(charge_id).disputed
    assert events(stripe_standin) == ["created", "funds_withdrawn"]


def test_a_dispute_that_is_won_brings_the_money_again(
    http: requests.Session,
    stripe_standin: StripeStandin,
    stripe_client: stripe.StripeClient,
    charge_id: str,
) -> None:
    opened = act(http, stripe_standin, "open", charge=charge_id)

    won = act(http, stripe_standin, "win", dispute=opened["id"])

    assert won["status"] == "won"
    assert sum(each["net"] for each in won["balance_transactions"]) == 0
    assert events(stripe_standin)[2:] == ["closed", "funds_reinstated"]
    listed = stripe_client.v1.disputes.list({"charge": charge_id})
    assert [each.id for each in listed.data] == [opened["id"]]


def test_a_dispute_is_lost_by_the_bank_or_by_giving_in(
    http: requests.Session,
    stripe_standin: StripeStandin,
    stripe_client: stripe.StripeClient,
    charge_id: str,
) -> None:
    opened = act(http, stripe_standin, "open", charge=charge_id)

    closed = stripe_client.v1.disputes.close(opened["id"])

    assert closed.status == "lost"
    assert events(stripe_standin)[2:] == ["closed"]


def test_an_inquiry_withdraws_nothing_until_it_is_escalated(
    http: requests.Session, stripe_standin: StripeStandin, charge_id: str
) -> None:
    asked = act(http, stripe_standin, "inquire", charge=charge_id)

    escalated = act(http, stripe_standin, "escalate", dispute=asked["id"])

    assert (asked["status"], asked["balance_transactions"]) == ("warning_needs_response", [])
    assert escalated["status"] == "needs_response"
    assert len(escalated["balance_transactions"]) == 1


@pytest.mark.parametrize(
    ("name", "told", "why"),
    [
        ("open", {}, "Missing required param: charge."),
        ("open", {"charge": "ch_none"}, "No such charge"),
        ("win", {"dispute": "dp_none"}, "No such dispute"),
    ],
)
def test_what_cannot_be_done_is_told(
    http: requests.Session,
    stripe_standin: StripeStandin,
    name: str,
    told: dict[str, str],
    why: str,
) -> None:
    answer = act(http, stripe_standin, name, **told)

    assert why in answer["error"]["message"]


def test_a_charge_is_disputed_once_and_a_dispute_ended_once(
    http: requests.Session, stripe_standin: StripeStandin, charge_id: str
) -> None:
    opened = act(http, stripe_standin, "open", charge=charge_id)
    act(http, stripe_standin, "lose", dispute=opened["id"])

    again = act(http, stripe_standin, "open", charge=charge_id)
    won = act(http, stripe_standin, "win", dispute=opened["id"])

    assert "is disputed already" in again["error"]["message"]
    assert "is lost" in won["error"]["message"]


def test_the_page_opens_and_ends_disputes(
    http: requests.Session, stripe_standin: StripeStandin, charge_id: str
) -> None:
    url = f"{stripe_standin.url}/disputes"

    before = http.get(url, timeout=20).text
    opened = http.post(url, data={"do": f"open {charge_id}"}, timeout=20).text
    [dispute] = stripe_standin.journal.all("dispute")
    won = http.post(url, data={"do": f"win {dispute['id']}"}, timeout=20).text

    assert f'value="open {charge_id}"' in before
    assert f'value="lose {dispute["id"]}"' in opened
    assert "won" in won
