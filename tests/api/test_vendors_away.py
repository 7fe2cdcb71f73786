"""What is told when a vendor does not answer, or refuses."""

from collections.abc import Callable

import pytest
import redis

from accounts.managers.mails import mails_of
from billing.errors import StripeUnreachable
from billing.gateways import stripe as gateway
from billing.keys import PURCHASES
from billing.models import Purchase
from devstack.mandrill_standin import MandrillStandin
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from lantern_pro.jobs.models import Job
from lantern_pro.types import UserId
from tests.client_app import ClientApp


def test_a_receipt_whose_reader_is_refused_leaves_the_purchase_paid_and_says_why(
    client: ClientApp, run_jobs: Callable[[], int], mandrill_standin: MandrillStandin
) -> None:
    mandrill_standin.faults.add(Fault("reject", "/api/1.0/messages/send.json"))
    client.buy()

    run_jobs()

    assert Job.objects.get(kind="send_receipt").state == "done"
    assert (Purchase.objects.get().state, Purchase.objects.get().mail_id) == ("paid", "")
    [kept] = mails_of(UserId(client.user_id), most=9)
    assert (kept.name, kept.state, kept.why) == ("receipt", "refused", "hard-bounce")


def test_a_charge_that_stripe_does_not_tell_of_is_no_answer_of_its_own(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    client.buy()
    charge_id = Purchase.objects.get().charge_id
    stripe_standin.faults.add(Fault("status_500", "/v1/charges", method="GET", times=99))

    with pytest.raises(StripeUnreachable):
        gateway.charge(str(charge_id))


def test_a_charge_that_stripe_does_not_know_hides_no_other_payment(
    client: ClientApp, service: redis.Redis
) -> None:
    client.buy(idempotencyKey="one")
    client.buy(idempotencyKey="two", plan="2y-usd-10", insist="true")
    client.get("/user-charges", limit=1)
    newest = client.answer["charges"][0]["id"]
    service.hset(PURCHASES.row(newest), "charge_id", "ch_of_another_account")

    client.get("/user-charges")

    assert [each["chargeStatus"] for each in client.answer["charges"]] == [None, "succeeded"]
    assert client.answer["charges"][0]["amount"] == 8700
    assert client.answer["complete"] is False
