"""``/user-charges``, ``/charge-by-id`` and ``/receipt-send``."""

from collections.abc import Callable, Iterator

import pytest
import redis
from django.contrib.auth.models import User as Member
from django.test import Client

from billing.keys import USER_PURCHASES
from billing.models import Purchase
from billing.services.charges import remembered
from devstack.mandrill_standin import MandrillStandin
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from lantern_pro import clock
from lantern_pro.backoffice.staff import Role, create_staff
from lantern_pro.types import Millis
from tests.api.returning import bought, intent_of, refund_at_stripe, tell
from tests.client_app import ClientApp

NewClient = Callable[..., ClientApp]
RunJobs = Callable[[], int]
TEN_MINUTES_MS = 600_000


@pytest.fixture(autouse=True)
def nothing_is_remembered() -> Iterator[None]:
    """What Stripe told in another test is no answer here."""
    remembered.forget()
    yield
    remembered.forget()


def asked_of(standin: StripeStandin) -> int:
    """How often Stripe was asked for a charge."""
    return sum(each["path"].startswith("/v1/charges/") for each in standin.requests)


def test_previous_payments_come_in_pages_with_what_stripe_knows(client: ClientApp) -> None:
    client.buy(idempotencyKey="one")
    client.buy(idempotencyKey="two", stripeToken="tok_chargeDeclined", insist="true")
    client.buy(
        idempotencyKey="three", plan="2y-usd-10", insist="true", stripeToken="tok_mastercard"
    )

    client.get("/user-charges", limit=2)
    first = client.answer
    client.get("/user-charges", limit=2, cursor=first["nextCursor"])
    second = client.answer

    assert [each["plan"] for each in first["charges"]] == ["2y-usd-10", "1y-usd-10"]
    assert first["charges"][0]["card"] == "mastercard 4444"
    assert first["charges"][1]["state"] == "declined"
    assert [each["chargeStatus"] for each in second["charges"]] == ["succeeded"]
    assert second["nextCursor"] is None


def test_of_purchases_of_one_millisecond_no_page_leaves_one_out(
    client: ClientApp, service: redis.Redis
) -> None:
    for key in ("one", "two", "three", "four"):
        client.buy(idempotencyKey=key, insist="true")
    ids = {purchase.pk for purchase in Purchase.objects.all()}
    moment = Millis(clock.now())
    service.zadd(USER_PURCHASES(user_id=client.user_id), dict.fromkeys(ids, moment))

    seen, cursor = [], ""
    for _ in range(4):
        client.get("/user-charges", limit=1, cursor=cursor)
        seen += [each["id"] for each in client.answer["charges"]]
        cursor = client.answer["nextCursor"]

    assert sorted(seen) == sorted(ids)


@pytest.mark.parametrize("cursor", ["nonsense", "17", "c0.4398046511104.00000000000000000000"])
def test_a_cursor_that_is_none_is_refused(client: ClientApp, cursor: str) -> None:
    client.buy()

    client.get("/user-charges", cursor=cursor)

    assert client.answer["errorId"] == "wrong-cursor"
    assert client.answer["details"] == {"field": "cursor"}


def test_the_cursor_of_another_is_refused(new_client: NewClient) -> None:
    theirs = bought(new_client("theirs"))
    own = new_client("own")

    own.get("/user-charges", cursor=theirs.pk)

    assert own.answer["errorId"] == "wrong-cursor"


def test_previous_payments_are_shown_in_part_while_stripe_is_down(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    client.buy()
    stripe_standin.stop()

    client.get("/user-charges")

    assert client.answer["complete"] is False
    assert client.answer["charges"][0]["amount"] == 4800
    assert client.answer["charges"][0]["card"] is None


def test_nobody_sees_the_payments_of_another(new_client: NewClient) -> None:
    new_client().buy()
    other = new_client("device-2")

    other.get("/user-charges")

    assert other.answer["charges"] == []


def test_stripe_is_asked_once_a_minute_for_a_charge(
    client: ClientApp, stripe_standin: StripeStandin, service: redis.Redis
) -> None:
    bought(client)
    stripe_standin.requests.clear()

    for _ in range(3):
        client.get("/user-charges")
    stripe_standin.stop()
    client.get("/user-charges")

    assert asked_of(stripe_standin) == 1
    assert client.answer["complete"] is True
    assert client.answer["charges"][0]["card"] == "visa 4242"
    assert not [key for key in service.scan_iter() if "4242" in str(service.dump(key))]


@pytest.mark.parametrize("name", ["changeId", "chargeId"])
def test_a_charge_is_found_by_either_name_and_by_either_id(client: ClientApp, name: str) -> None:
    purchase = bought(client)

    client.get("/charge-by-id", **{name: purchase.charge_id})
    by_charge = client.answer
    client.get("/charge-by-id", **{name: purchase.pk})

    assert by_charge == client.answer
    assert by_charge["complete"] is True
    assert by_charge["charge"]["card"] == "visa 4242"
    assert by_charge["charge"]["id"] == purchase.pk


def test_a_charge_of_another_is_answered_like_one_that_is_not_there(
    new_client: NewClient,
) -> None:
    theirs = bought(new_client("theirs"))
    own = new_client("own")
    bought(own)

    answers = []
    for charge_id in (theirs.charge_id, theirs.pk, "ch_none", "nonsense"):
        own.get("/charge-by-id", changeId=charge_id)
        answers.append(own.answer)

    assert answers == [answers[0]] * 4
    assert answers[0]["errorId"] == "no-such-charge"


def test_a_charge_without_its_id_is_told_what_is_missing(client: ClientApp) -> None:
    client.get("/charge-by-id")

    assert client.answer["errorId"] == "missing-parameter"
    assert client.answer["details"]["field"] == "changeId"


def test_a_charge_is_shown_in_part_while_stripe_is_down(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    purchase = bought(client)
    stripe_standin.faults.add(Fault("status_500", "/v1/charges", method="GET"))

    client.get("/charge-by-id", changeId=purchase.charge_id)

    assert client.answer["complete"] is False
    assert client.answer["charge"]["amount"] == 4800
    assert client.answer["charge"]["chargeStatus"] is None


def test_what_went_back_is_told_with_the_payment(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    purchase = bought(client)
    refund_at_stripe(intent_of(purchase), 1200)
    tell(stripe_standin)
    run_jobs()

    client.get("/charge-by-id", changeId=purchase.charge_id)

    assert client.answer["charge"]["refunded"] == 1200


def test_a_receipt_is_mailed_again_to_the_address_of_the_purchase_once_in_ten_minutes(
    client: ClientApp, mandrill_standin: MandrillStandin, run_jobs: RunJobs
) -> None:
    purchase = bought(client)
    run_jobs()
    begins = TEN_MINUTES_MS - clock.now() % TEN_MINUTES_MS  # so that both fall into one of them

    with clock.shifted(begins):
        for _ in range(2):
            client.post("/receipt-send", chargeId=purchase.charge_id)
            assert client.answer == {"status": "ok"}
            run_jobs()
    after_two = len(mandrill_standin.mails)
    with clock.shifted(begins + TEN_MINUTES_MS):
        client.post("/receipt-send", chargeId=purchase.pk)
    run_jobs()

    assert after_two == 2
    assert len(mandrill_standin.mails) == 3
    assert {mail["email"] for mail in mandrill_standin.mails} == {"reader@example.org"}


def test_no_receipt_without_a_payment_or_an_address(
    new_client: NewClient, mandrill_standin: MandrillStandin, run_jobs: RunJobs
) -> None:
    app, other = new_client(), new_client("other")
    app.buy(stripeToken="tok_chargeDeclined", idempotencyKey="declined")
    declined = Purchase.objects.get()
    silent = bought(app, email="", stripeEmail="", idempotencyKey="silent")

    answers = []
    for asking, charge_id in ((app, declined.pk), (app, silent.pk), (other, silent.pk)):
        asking.post("/receipt-send", chargeId=charge_id)
        answers.append(asking.answer["errorId"])
    run_jobs()

    assert answers == ["not-paid", "no-address-for-receipt", "no-such-charge"]
    assert mandrill_standin.mails == []


def staff(role: Role) -> Client:
    """A browser of a member of staff."""
    create_staff(username="karl", email="", role=role, password=None)
    browser = Client()
    browser.force_login(Member.objects.get(username="karl"))
    return browser


def test_staff_download_the_receipt_and_mail_it_again(
    client: ClientApp, mandrill_standin: MandrillStandin, run_jobs: RunJobs
) -> None:
    purchase = bought(client)
    run_jobs()
    browser, page = staff(Role.OPERATOR), f"/admin/billing/purchase/{purchase.pk}"

    shown = browser.get(f"{page}/change/").content.decode()
    pdf = browser.get(f"{page}/receipt.pdf")
    pressed = browser.post(f"{page}/mail-receipt-again/", follow=True).content.decode()
    run_jobs()

    assert f"{page}/receipt.pdf" in shown
    assert (pdf["Content-Type"], pdf.content[:5]) == ("application/pdf", b"%PDF-")
    assert purchase.charge_id
    assert purchase.charge_id in pdf["Content-Disposition"]
    assert "The receipt is on its way." in pressed
    assert len(mandrill_standin.mails) == 2


def test_a_receipt_is_shown_to_staff_alone_and_only_of_what_is_paid(client: ClientApp) -> None:
    client.buy(stripeToken="tok_chargeDeclined")
    page = f"/admin/billing/purchase/{Purchase.objects.get().pk}/receipt.pdf"

    stranger, member = Client().get(page), staff(Role.SUPPORT).get(page)

    assert stranger.status_code == 302
    assert member.status_code == 404
