"""Paying, and being refused, through Stripe's own package."""

import pytest
import requests
import stripe

from tests.standins.paying import Untyped, card


def test_a_token_pays_and_leaves_a_charge_with_a_receipt(
    stripe_client: Untyped,
) -> None:
    token = stripe_client.v1.tokens.create({"card": card("4242 4242 4242 4242")})
    method = stripe_client.v1.payment_methods.create({"type": "card", "card": {"token": token.id}})

    intent = stripe_client.v1.payment_intents.create(
        {
            "amount": 4800,
            "currency": "usd",
            "confirm": True,
            "payment_method": method.id,
            "metadata": {"user_id": "7"},
            "receipt_email": "a@example.org",
            "expand": ["latest_charge.balance_transaction"],
        }
    )

    charge = intent.latest_charge
    assert (intent.status, intent.amount_received) == ("succeeded", 4800)
    assert intent.metadata["user_id"] == "7"
    assert (charge.paid, charge.receipt_email) == (True, "a@example.org")
    assert charge.receipt_number
    assert charge.payment_method_details.card.last4 == "4242"
    assert charge.payment_method_details.card.brand == "visa"
    assert charge.balance_transaction.net == 4800 - 169


def test_a_token_is_good_for_one_payment(stripe_client: Untyped) -> None:
    token = stripe_client.v1.tokens.create({"card": card("4242424242424242")})
    method = {"type": "card", "card": {"token": token.id}}
    stripe_client.v1.payment_methods.create(method)

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        stripe_client.v1.payment_methods.create(method)

    assert refusal.value.code == "token_already_used"


def test_a_saved_card_pays_for_its_customer(stripe_client: Untyped) -> None:
    customer = stripe_client.v1.customers.create({"email": "a@example.org"})
    method = stripe_client.v1.payment_methods.create(
        {"type": "card", "card": card("5555555555554444")}
    )
    stripe_client.v1.payment_methods.attach(method.id, {"customer": customer.id})

    intent = stripe_client.v1.payment_intents.create(
        {
            "amount": 4800,
            "currency": "eur",
            "customer": customer.id,
            "payment_method": method.id,
            "automatic_payment_methods": {"enabled": True, "allow_redirects": "never"},
        }
    )
    paid = stripe_client.v1.payment_intents.confirm(intent.id)

    assert (intent.status, paid.status) == ("requires_confirmation", "succeeded")
    listed = stripe_client.v1.charges.list({"customer": customer.id})
    assert [charge.id for charge in listed.data] == [paid.latest_charge]


@pytest.mark.parametrize(
    ("number", "code", "decline_code"),
    [
        ("4000000000000002", "card_declined", "generic_decline"),
        ("4000000000009995", "card_declined", "insufficient_funds"),
        ("4000000000009987", "card_declined", "lost_card"),
        ("4000000000000069", "expired_card", "expired_card"),
        ("4000000000000127", "incorrect_cvc", "incorrect_cvc"),
        ("4000000000000119", "processing_error", "processing_error"),
    ],
)
def test_a_bad_card_is_declined_with_its_reason(
    stripe_client: Untyped, number: str, code: str, decline_code: str
) -> None:
    method = stripe_client.v1.payment_methods.create({"type": "card", "card": card(number)})

    with pytest.raises(stripe.CardError) as refusal:
        stripe_client.v1.payment_intents.create(
            {"amount": 4800, "currency": "usd", "confirm": True, "payment_method": method.id}
        )

    error: Untyped = refusal.value.error
    assert (refusal.value.http_status, error.type) == (402, "card_error")
    assert (error.code, error.decline_code) == (code, decline_code)
    intent = stripe_client.v1.payment_intents.retrieve(error.payment_intent.id)
    assert intent.status == "requires_payment_method"
    assert intent.last_payment_error.code == code
    charge = stripe_client.v1.charges.retrieve(error.charge)
    assert (charge.status, charge.paid, charge.failure_code) == ("failed", False, code)


@pytest.mark.parametrize(
    "name",
    ["pm_card_visa_chargeDeclined", "pm_card_chargeDeclined", "pm_card_chargeDeclinedExpiredCard"],
)
def test_published_payment_methods_are_declined_by_name(stripe_client: Untyped, name: str) -> None:
    with pytest.raises(stripe.CardError):
        stripe_client.v1.payment_intents.create(
            {"amount": 4800, "currency": "usd", "confirm": True, "payment_method": name}
        )


def test_after_a_decline_the_same_intent_takes_another_card(
    stripe_client: Untyped,
) -> None:
    with pytest.raises(stripe.CardError) as refusal:
        stripe_client.v1.payment_intents.create(
            {
                "amount": 4800,
                "currency": "usd",
                "confirm": True,
                "payment_method": "pm_card_chargeDeclined",
            }
        )
    error: Untyped = refusal.value.error
    intent_id = error.payment_intent.id

    paid = stripe_client.v1.payment_intents.confirm(intent_id, {"payment_method": "pm_card_visa"})

    assert (paid.status, paid.last_payment_error) == ("succeeded", None)
    charges = stripe_client.v1.charges.list({"payment_intent": intent_id}).data
    assert [charge.status for charge in charges] == ["succeeded", "failed"]


@pytest.mark.parametrize("succeed", ["true", "false"])
def test_a_card_that_asks_for_authentication_waits_for_the_customer(
    stripe_client: Untyped,
    http: requests.Session,
    succeed: str,
) -> None:
    intent = stripe_client.v1.payment_intents.create(
        {
            "amount": 4800,
            "currency": "usd",
            "confirm": True,
            "payment_method": "pm_card_authenticationRequired",
            "return_url": "https://example.org/back",
        }
    )

    page = http.post(
        intent.next_action.redirect_to_url.url,
        data={"succeed": succeed},
        allow_redirects=False,
        timeout=20,
    )

    after = stripe_client.v1.payment_intents.retrieve(intent.id)
    assert intent.status == "requires_action"
    assert page.headers["Location"] == "https://example.org/back"
    assert after.status == ("succeeded" if succeed == "true" else "requires_payment_method")


def test_without_a_customer_at_hand_authentication_is_a_decline(
    stripe_client: Untyped,
) -> None:
    with pytest.raises(stripe.CardError) as refusal:
        stripe_client.v1.payment_intents.create(
            {
                "amount": 4800,
                "currency": "usd",
                "confirm": True,
                "off_session": True,
                "payment_method": "pm_card_authenticationRequired",
            }
        )

    assert refusal.value.code == "authentication_required"


def test_currencies_without_decimals_are_charged_as_they_are(
    stripe_client: Untyped,
) -> None:
    intent = stripe_client.v1.payment_intents.create(
        {"amount": 5200, "currency": "jpy", "confirm": True, "payment_method": "pm_card_visa"}
    )

    assert (intent.amount_received, intent.currency) == (5200, "jpy")


def test_refunds_in_parts_never_exceed_the_charge(stripe_client: Untyped) -> None:
    intent = stripe_client.v1.payment_intents.create(
        {"amount": 4800, "currency": "usd", "confirm": True, "payment_method": "pm_card_visa"}
    )
    by_intent = {"payment_intent": intent.id}

    stripe_client.v1.refunds.create({**by_intent, "amount": 800})
    with pytest.raises(stripe.InvalidRequestError):
        stripe_client.v1.refunds.create({**by_intent, "amount": 4001})
    rest = stripe_client.v1.refunds.create(by_intent)
    with pytest.raises(stripe.InvalidRequestError) as refusal:
        stripe_client.v1.refunds.create(by_intent)

    charge = stripe_client.v1.charges.retrieve(intent.latest_charge)
    assert (rest.amount, charge.amount_refunded, charge.refunded) == (4000, 4800, True)
    assert refusal.value.code == "charge_already_refunded"
    assert len(stripe_client.v1.refunds.list(by_intent).data) == 2


def test_a_cancelled_intent_cannot_be_paid(stripe_client: Untyped) -> None:
    intent = stripe_client.v1.payment_intents.create({"amount": 4800, "currency": "usd"})

    stripe_client.v1.payment_intents.cancel(intent.id)

    with pytest.raises(stripe.InvalidRequestError) as refusal:
        stripe_client.v1.payment_intents.confirm(intent.id, {"payment_method": "pm_card_visa"})
    assert refusal.value.code == "payment_intent_unexpected_state"


def test_lists_are_walked_page_by_page_newest_first(stripe_client: Untyped) -> None:
    made = [stripe_client.v1.customers.create({"name": str(number)}).id for number in range(5)]

    first = stripe_client.v1.customers.list({"limit": 2})
    walked = [customer.id for customer in first.auto_paging_iter()]
    future = stripe_client.v1.customers.list({"created": {"gt": 4_000_000_000}})

    assert first.has_more
    assert walked == made[::-1]
    assert future.data == []
