"""Subscriptions: begun, renewed by the clock, declined, ended; the portal and the open invoice."""

from typing import Any

import pytest
import requests
import stripe

from devstack.stripe_standin import StripeStandin
from tests.standins.paying import Untyped

DAY = 86_400


@pytest.fixture
def subscribe(stripe_client: Untyped) -> Any:
    """Makes subscriptions for a month at a time, paid by a kept card."""
    product = stripe_client.v1.products.create({"id": "pro", "name": "Pro"})

    def make(method: str = "pm_card_visa", **changes: Any) -> Any:
        customer = stripe_client.v1.customers.create({"payment_method": method})
        kept = stripe_client.v1.customers.payment_methods.list(customer.id).data[0]
        return stripe_client.v1.subscriptions.create(
            {
                "customer": customer.id,
                "default_payment_method": kept.id,
                "items": [monthly(product.id)],
                "metadata": {"subscription": "c0.7"},
                "expand": ["latest_invoice.payments"],
                **changes,
            }
        )

    return make


def monthly(product: str, unit_amount: int = 500, **changes: Any) -> dict[str, Any]:
    """An item for a month at a time."""
    price = {
        "currency": "usd",
        "product": product,
        "unit_amount": unit_amount,
        "recurring": {"interval": "month", "interval_count": 1, **changes},
    }
    return {"price_data": price}


def end_of(subscription: Any) -> int:
    """When its present period ends."""
    return int(subscription["items"].data[0].current_period_end)


def test_the_first_invoice_is_paid_at_once(subscribe: Any) -> None:
    begun = subscribe()

    assert (begun.status, begun.latest_invoice.status) == ("active", "paid")
    assert begun.latest_invoice.parent.subscription_details.metadata["subscription"] == "c0.7"
    [payment] = begun.latest_invoice.payments.data
    assert payment.payment.payment_intent.startswith("pi_")


def test_a_client_can_pay_the_first_invoice_by_its_secret(
    subscribe: Any, stripe_client: Untyped
) -> None:
    begun = subscribe(
        payment_behavior="default_incomplete",
        payment_settings={"save_default_payment_method": "on_subscription"},
        expand=["latest_invoice.confirmation_secret", "latest_invoice.payments"],
    )
    secret = begun.latest_invoice.confirmation_secret.client_secret
    intent_id = begun.latest_invoice.payments.data[0].payment.payment_intent

    stripe_client.v1.payment_intents.confirm(intent_id, {"payment_method": "pm_card_visa"})

    assert begun.status == "incomplete"
    assert secret.startswith(intent_id)
    assert stripe_client.v1.subscriptions.retrieve(begun.id).status == "active"


def test_an_unpaid_beginning_is_given_up_after_23_hours(
    subscribe: Any, stripe_client: Untyped, stripe_standin: StripeStandin
) -> None:
    begun = subscribe(payment_behavior="default_incomplete")

    stripe_standin.put_clock_forward(begun.created + DAY)

    now = stripe_client.v1.subscriptions.retrieve(begun.id, {"expand": ["latest_invoice"]})
    assert (now.status, now.latest_invoice.status) == ("incomplete_expired", "void")


def test_an_invoice_that_is_voided_cannot_be_paid_and_one_that_is_paid_not_voided(
    subscribe: Any, stripe_client: Untyped
) -> None:
    asked = ["latest_invoice.payments"]
    unpaid = subscribe(payment_behavior="default_incomplete", expand=asked).latest_invoice
    paid = subscribe(expand=asked).latest_invoice
    intent_id = unpaid.payments.data[0].payment.payment_intent

    voided = stripe_client.v1.invoices.void_invoice(unpaid.id)

    assert voided.status == "void"
    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.payment_intents.confirm(intent_id, {"payment_method": "pm_card_visa"})
    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.invoices.void_invoice(paid.id)


def test_a_year_passes_and_twelve_invoices_are_paid(
    subscribe: Any, stripe_client: Untyped, stripe_standin: StripeStandin
) -> None:
    begun = subscribe()

    stripe_standin.put_clock_forward(end_of(begun) + 334 * DAY + 7200)

    invoices = stripe_client.v1.invoices.list({"subscription": begun.id, "limit": 100}).data
    assert {invoice.status for invoice in invoices} == {"paid"}
    assert len(invoices) == 12
    assert invoices[0].billing_reason == "subscription_cycle"
    assert all(each.period_start == end for each, end in
               zip(invoices, [each.period_end for each in invoices[1:]], strict=False))  # fmt: skip


def test_a_renewal_that_fails_is_tried_four_times_and_then_ends_it(
    subscribe: Any, stripe_client: Untyped, stripe_standin: StripeStandin
) -> None:
    begun = subscribe()
    failing = stripe_client.v1.payment_methods.attach(
        "pm_card_chargeCustomerFail", {"customer": begun.customer}
    )
    stripe_client.v1.subscriptions.update(begun.id, {"default_payment_method": failing.id})

    stripe_standin.put_clock_forward(end_of(begun) + 4000)
    failed = stripe_client.v1.subscriptions.retrieve(begun.id, {"expand": ["latest_invoice"]})
    stripe_standin.put_clock_forward(end_of(begun) + 20 * DAY)

    assert (failed.status, failed.latest_invoice.status) == ("past_due", "open")
    ended = stripe_client.v1.subscriptions.retrieve(begun.id, {"expand": ["latest_invoice"]})
    assert (ended.status, ended.latest_invoice.attempt_count) == ("canceled", 4)


def test_the_page_of_an_open_invoice_saves_the_subscription(
    subscribe: Any, stripe_client: Untyped, stripe_standin: StripeStandin, http: requests.Session
) -> None:
    begun = subscribe()
    failing = stripe_client.v1.payment_methods.attach(
        "pm_card_chargeCustomerFail", {"customer": begun.customer}
    )
    stripe_client.v1.subscriptions.update(begun.id, {"default_payment_method": failing.id})
    stripe_standin.put_clock_forward(end_of(begun) + 4000)
    failed = stripe_client.v1.subscriptions.retrieve(begun.id, {"expand": ["latest_invoice"]})

    http.post(failed.latest_invoice.hosted_invoice_url, data={"number": "4242424242424242"})

    assert stripe_client.v1.subscriptions.retrieve(begun.id).status == "active"


def test_the_portal_cancels_resumes_and_ends(
    subscribe: Any, stripe_client: Untyped, stripe_standin: StripeStandin, http: requests.Session
) -> None:
    begun = subscribe()
    door = stripe_client.v1.billing_portal.sessions.create({"customer": begun.customer})

    page = http.get(door.url, timeout=20)
    http.post(door.url, data={"do": "cancel"}, timeout=20)
    canceled = stripe_client.v1.subscriptions.retrieve(begun.id)
    http.post(door.url, data={"do": "resume"}, timeout=20)
    resumed = stripe_client.v1.subscriptions.retrieve(begun.id)
    http.post(door.url, data={"do": "cancel"}, timeout=20)
    stripe_standin.put_clock_forward(end_of(begun))

    assert "Cancel at the end of the period" in page.text
    assert (canceled.cancel_at_period_end, canceled.status) == (True, "active")
    assert not resumed.cancel_at_period_end
    assert stripe_client.v1.subscriptions.retrieve(begun.id).status == "canceled"


def test_another_price_holds_from_the_next_period_on(
    subscribe: Any, stripe_client: Untyped, stripe_standin: StripeStandin
) -> None:
    begun = subscribe()
    item = begun["items"].data[0].id

    stripe_client.v1.subscriptions.update(
        begun.id, {"items": [{"id": item, **monthly("pro", 700)}], "proration_behavior": "none"}
    )
    stripe_standin.put_clock_forward(end_of(begun) + 4000)

    amounts = [each.amount_paid for each in stripe_client.v1.invoices.list().data]
    assert amounts == [700, 500]


def test_another_length_begins_a_period_at_once(subscribe: Any, stripe_client: Untyped) -> None:
    begun = subscribe()
    item = {"id": begun["items"].data[0].id, **monthly("pro", 4800, interval_count=12)}

    with pytest.raises(stripe.InvalidRequestError, match="prorate"):
        stripe_client.v1.subscriptions.update(begun.id, {"items": [item]})
    changed = stripe_client.v1.subscriptions.update(
        begun.id, {"items": [item], "proration_behavior": "none", "expand": ["latest_invoice"]}
    )

    assert changed.latest_invoice.amount_paid == 4800
    assert changed.status == "active"
    assert end_of(changed) > end_of(begun) + 300 * DAY


def test_a_customer_who_is_deleted_ends_what_they_pay_and_leaves_only_an_id(
    subscribe: Any, stripe_client: Untyped
) -> None:
    made = subscribe()

    stripe_client.v1.customers.delete(made.customer)

    left = stripe_client.v1.customers.retrieve(made.customer).to_dict()
    assert (left["deleted"], "email" in left) == (True, False)
    assert stripe_client.v1.subscriptions.retrieve(made.id).status == "canceled"
    with pytest.raises(stripe.InvalidRequestError, match="No such customer"):
        stripe_client.v1.customers.delete(made.customer)


def test_of_a_subscription_that_has_ended_only_the_metadata_can_change(
    subscribe: Any, stripe_client: Untyped
) -> None:
    made = subscribe()
    stripe_client.v1.subscriptions.cancel(made.id)

    told = stripe_client.v1.subscriptions.update(made.id, {"metadata": {"subscription": ""}})

    assert told.metadata.to_dict() == {}
    with pytest.raises(stripe.InvalidRequestError, match="only update its metadata"):
        stripe_client.v1.subscriptions.update(made.id, {"cancel_at_period_end": True})


def test_a_stand_in_that_forgets_knows_nothing_and_shows_the_true_time(
    subscribe: Any, stripe_client: Untyped, stripe_standin: StripeStandin
) -> None:
    begun = subscribe()
    stripe_standin.put_clock_forward(end_of(begun) + 40 * DAY)

    told = requests.post(f"{stripe_standin.url}/_control/forget", timeout=20).json()

    assert told["now"] < begun.created + DAY
    with pytest.raises(stripe.InvalidRequestError, match="No such subscription"):
        stripe_client.v1.subscriptions.retrieve(begun.id)
    assert stripe_client.v1.events.list().data == []


@pytest.mark.parametrize("advances", [False, True])
def test_a_renewal_is_charged_only_while_its_invoice_advances(
    stripe_client: Untyped, stripe_standin: StripeStandin, subscribe: Any, *, advances: bool
) -> None:
    begun = subscribe()
    stripe_standin.put_clock_forward(end_of(begun) + 60)
    draft = stripe_client.v1.subscriptions.retrieve(begun.id).latest_invoice

    told = stripe_client.v1.invoices.update(draft, {"auto_advance": False, "metadata": {"a": "b"}})
    stripe_client.v1.invoices.update(draft, {"auto_advance": advances})
    stripe_standin.put_clock_forward(end_of(begun) + 3 * DAY)

    assert (told.auto_advance, told.metadata["a"]) == (False, "b")
    later = stripe_client.v1.invoices.retrieve(draft)
    assert later.status == ("paid" if advances else "draft")


def test_a_paid_invoice_advances_no_more(stripe_client: Untyped, subscribe: Any) -> None:
    paid = subscribe().latest_invoice

    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.invoices.update(paid.id, {"auto_advance": True})
