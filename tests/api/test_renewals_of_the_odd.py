"""Renewals among invoices of a form that is not known here, or that were paid in other ways."""

from collections.abc import Callable

import pytest

from billing.models import Plan, Purchase
from devstack.standin import Object
from tests.api.subscribing import monthly, pay_first, put, subscribed, user_data, world
from tests.api.test_purchases import faults
from tests.api.world import DAY, World
from tests.client_app import ClientApp

__all__ = ["monthly", "subscribed", "world"]

NOTHING: Object = {"object": "list", "data": [], "has_more": False, "url": ""}


@pytest.mark.parametrize("kind", ["charge", "payment_record"])
def test_an_invoice_that_was_paid_in_another_way_gives_its_time(
    client: ClientApp, monthly: Plan, world: World, kind: str
) -> None:
    client.post("/stripe-subscription", planId=monthly.pk, email="reader@example.org")
    pay_first(world, "pm_card_visa")
    [invoice] = world.stripe.journal.all("invoice")
    [payment] = invoice["payments"]["data"]
    paid = {**payment, "payment": {"type": kind, kind: "x_1", "payment_intent": None}}
    put(world.stripe, invoice, payments={**NOTHING, "data": [paid]})

    world.settle()

    given = Purchase.objects.get()
    assert (given.state, given.payment_intent) == ("paid", invoice["id"])
    assert user_data(client, world)["userStatus"] == "active"
    assert faults() == []


def without_lines(invoice: Object) -> Object:
    """An invoice that does not say for what time it is."""
    return {**invoice, "lines": NOTHING}


def without_our_plan(invoice: Object) -> Object:
    """An invoice for a plan that is not here."""
    details = invoice["parent"]["subscription_details"] | {"metadata": {"plan": "gone"}}
    return {**invoice, "parent": {**invoice["parent"], "subscription_details": details}}


@pytest.mark.parametrize("made_odd", [without_lines, without_our_plan])
@pytest.mark.parametrize("odd", [1, 2])
def test_an_invoice_of_an_unknown_form_holds_up_no_other(
    subscribed: ClientApp, world: World, made_odd: Callable[[Object], Object], odd: int
) -> None:
    world.webhooks = False
    world.pass_stripes_time(65 * DAY)
    invoices = world.stripe.journal.all("invoice")
    assert [each["status"] for each in invoices] == ["paid"] * 3
    put(world.stripe, made_odd(invoices[odd]))

    world.settle()

    sources = {each.source for each in Purchase.objects.all()}
    assert sources == {each["id"] for each in invoices} - {invoices[odd]["id"]}
    assert faults() == []


def test_of_several_lines_that_for_the_longest_time_says_the_period(
    client: ClientApp, monthly: Plan, world: World
) -> None:
    client.post("/stripe-subscription", planId=monthly.pk, email="reader@example.org")
    pay_first(world, "pm_card_visa")
    [invoice] = world.stripe.journal.all("invoice")
    [line] = invoice["lines"]["data"]
    start = line["period"]["start"]
    extra = {**line, "id": "il_extra", "period": {"start": start, "end": start}}
    put(world.stripe, invoice, lines={**invoice["lines"], "data": [extra, line]})

    world.settle()

    assert Purchase.objects.get().months == 1
    assert user_data(client, world)["expiration"] == line["period"]["end"]
