"""Erasing somebody of whom a payment waits: what they could still pay by is closed first."""

from accounts.models import User
from billing.models import Purchase
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from lantern_pro.types import UserId
from tests.api.reconciling import RunJobs
from tests.api.test_erasure import erase
from tests.api.test_purchases import faults
from tests.client_app import ClientApp

AT_THEIR_BANK = {"stripeToken": None, "stripePaymentMethod": "pm_card_threeDSecure2Required"}


def is_there(app: ClientApp) -> bool:
    """Whether the account is there."""
    return User.objects.get_account(UserId(app.user_id)) is not None


def waits_at_stripe(standin: StripeStandin) -> list[str]:
    """How what was begun stands at Stripe."""
    kinds = ("checkout.session", "payment_intent")
    return [each["status"] for kind in kinds for each in standin.journal.all(kind)]


def test_an_erasure_closes_the_page_on_which_a_purchase_waits(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    client.get("/payment-redirect", plan="1y-usd-10")

    erase(client)
    run_jobs()

    assert client.answer["erased"] is True
    assert not is_there(client)
    assert waits_at_stripe(stripe_standin) == ["expired"]
    [purchase] = Purchase.objects.all()
    assert (purchase.state, purchase.reason) == ("declined", "expired")
    assert faults() == []


def test_an_erasure_ends_what_waits_for_the_bank(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    client.buy(**AT_THEIR_BANK)

    erase(client)
    run_jobs()

    assert not is_there(client)
    assert waits_at_stripe(stripe_standin) == ["canceled"]
    assert faults() == []


def test_asking_to_erase_closes_nothing(client: ClientApp, stripe_standin: StripeStandin) -> None:
    client.get("/payment-redirect", plan="1y-usd-10")
    page = client.answer["redirect"]

    client.post("/user-delete")

    assert client.answer["confirmation"]
    assert waits_at_stripe(stripe_standin) == ["open"]
    client.get("/payment-redirect", plan="1y-usd-10")
    assert client.answer["redirect"] == page


def test_nobody_is_erased_whose_page_stripe_has_not_closed(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    client.get("/payment-redirect", plan="1y-usd-10")
    client.post("/user-delete")
    confirmation = client.answer["confirmation"]
    stripe_standin.faults.add(Fault("status_500", "/v1/checkout", method="*", times=1))

    response = client.post("/user-delete", confirmation=confirmation, timeout=0)
    refused = (response.status_code, client.answer["errorId"], is_there(client))
    client.post("/user-delete", confirmation=confirmation)

    assert refused == (202, "purchase-under-way", True)
    assert not is_there(client)
    assert waits_at_stripe(stripe_standin) == ["expired"]
