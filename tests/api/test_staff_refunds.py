"""Staff give money back: once, with the intent recorded first, and to the end whatever happens."""

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User as Member
from django.test import Client

from billing.errors import RefundFailed, RefundUnderWay
from billing.managers.returns import refunds_of
from billing.models import Purchase
from billing.services.refunds import refund
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from lantern_pro import clock
from lantern_pro.backoffice.staff import Role, create_staff
from lantern_pro.jobs import ledger
from lantern_pro.jobs.models import Job
from lantern_pro.types import JobId, Minor
from tests.api.returning import bought, days_of, refund_at_stripe, tell
from tests.client_app import ClientApp

pytestmark = pytest.mark.usefixtures("laws_hold")

RunJobs = Callable[[], int]


@pytest.fixture
def purchase(client: ClientApp, run_jobs: RunJobs) -> Purchase:
    """A purchase that is paid, and all that followed."""
    made = bought(client)
    run_jobs()
    return made


def browser_of(role: Role) -> Client:
    """A browser in which a member of staff with this role is logged in."""
    create_staff(username="karl", email="", role=role, password=None)
    browser = Client()
    browser.force_login(Member.objects.get(username="karl"))
    return browser


def press(browser: Client, purchase: Purchase, **told: object) -> Any:
    """Fill the form in and send it."""
    form = {"reason": "asked for it", "nonce": "one", **told}
    return browser.post(
        f"/admin/billing/purchase/{purchase.pk}/give-money-back/", form, follow=True
    )


def refunds_at(standin: StripeStandin) -> list[int]:
    """What was given back at Stripe."""
    return [each["amount"] for each in standin.journal.all("refund")]


def test_staff_give_all_that_is_left_back(
    client: ClientApp, purchase: Purchase, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    page = press(browser_of(Role.OPERATOR), purchase).content.decode()
    run_jobs()

    assert "48.00 USD went back." in page
    assert refunds_at(stripe_standin) == [4800]
    assert sum(days_of(client).values()) == 0
    assert LogEntry.objects.get().get_change_message() == "Gave back 48.00 USD: asked for it"


def test_a_form_that_is_sent_many_times_gives_back_once(
    client: ClientApp, purchase: Purchase, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    browser = browser_of(Role.OPERATOR)
    for _ in range(3):
        press(browser, purchase, amount="1200")
        run_jobs()

    press(browser, purchase, amount="1200", nonce="another")
    run_jobs()

    assert refunds_at(stripe_standin) == [1200, 1200]
    assert days_of(client)["refund"] == -days_of(client)["purchase"] / 2


def test_the_page_of_the_purchase_tells_what_went_back_and_why(
    purchase: Purchase, run_jobs: RunJobs
) -> None:
    browser = browser_of(Role.OPERATOR)
    press(browser, purchase, amount="1200", reason="bought twice")
    run_jobs()

    page = browser.get(f"/admin/billing/purchase/{purchase.pk}/change/").content.decode()

    assert "partly refunded" in page
    assert "Why: bought twice" in page
    assert "took its part of the time" in page


@pytest.mark.parametrize(
    ("told", "words"),
    [
        ({"amount": "4801"}, "more than is left"),
        ({"amount": "0"}, "greater than or equal to 1"),
        ({"reason": ""}, "Say why"),
        ({"nonce": ""}, "required"),
    ],
)
def test_what_will_not_do_is_told_and_gives_nothing_back(
    purchase: Purchase, stripe_standin: StripeStandin, told: dict[str, str], words: str
) -> None:
    page = press(browser_of(Role.OPERATOR), purchase, **told).content.decode()

    assert words in page
    assert refunds_at(stripe_standin) == []
    assert not LogEntry.objects.exists()


def test_support_cannot_give_money_back(purchase: Purchase, stripe_standin: StripeStandin) -> None:
    refused = press(browser_of(Role.SUPPORT), purchase)

    assert refused.status_code == 403
    assert refunds_at(stripe_standin) == []


@pytest.mark.parametrize("kind", ["close_before", "close_after", "status_500"])
def test_a_refund_whose_answer_is_lost_is_brought_to_its_end_once(
    client: ClientApp,
    purchase: Purchase,
    stripe_standin: StripeStandin,
    run_jobs: RunJobs,
    kind: str,
) -> None:
    stripe_standin.faults.add(Fault(kind, "/v1/refunds"))
    made = refund(purchase.purchase_id, amount=None, why="asked", nonce="n")
    while_open = refunds_of(purchase.purchase_id)
    with pytest.raises(RefundUnderWay):
        refund(purchase.purchase_id, amount=None, why="asked", nonce="another")

    job = Job.objects.get(kind="settle_refund")
    due_now(job.pk)
    run_jobs()

    assert made.is_open
    assert [each.state for each in while_open] == ["begun"]
    assert [each.state for each in refunds_of(purchase.purchase_id)] == ["done"]
    assert refunds_at(stripe_standin) == [4800]
    assert sum(days_of(client).values()) == 0


def test_before_a_repeat_stripe_is_asked_because_it_forgets_keys(
    purchase: Purchase, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    stripe_standin.faults.add(Fault("close_after", "/v1/refunds"))
    refund(purchase.purchase_id, amount=Minor(1200), why="asked", nonce="n")
    with stripe_standin.journal.change() as draft:
        for key in stripe_standin.journal.all("_key"):
            draft.put({**key, "created": 0})

    due_now(Job.objects.get(kind="settle_refund").pk)
    run_jobs()

    assert [each.state for each in refunds_of(purchase.purchase_id)] == ["done"]
    assert refunds_at(stripe_standin) == [1200]


def test_a_form_that_is_sent_again_days_later_gives_nothing_back_again(
    purchase: Purchase, stripe_standin: StripeStandin
) -> None:
    stripe_standin.faults.add(Fault("close_after", "/v1/refunds"))
    refund(purchase.purchase_id, amount=Minor(1200), why="asked", nonce="n")
    with stripe_standin.journal.change() as draft:
        for key in stripe_standin.journal.all("_key"):
            draft.put({**key, "created": 0})

    with clock.shifted(2 * 24 * 3_600_000):
        again = refund(purchase.purchase_id, amount=Minor(1200), why="asked", nonce="n")

    assert again.state == "done"
    assert refunds_at(stripe_standin) == [1200]


def test_what_stripe_refuses_ends_with_the_reason(
    purchase: Purchase, stripe_standin: StripeStandin
) -> None:
    assert purchase.payment_intent
    refund_at_stripe(purchase.payment_intent)  # and nobody has told us

    page = press(browser_of(Role.OPERATOR), purchase).content.decode()

    assert "did not give the money back" in page
    assert "charge_already_refunded" in page
    assert [each.told for each in refunds_of(purchase.purchase_id)] == ["charge_already_refunded"]
    with pytest.raises(RefundFailed):
        refund(purchase.purchase_id, amount=None, why="asked for it", nonce="one")


def test_a_refund_that_fails_at_the_bank_gives_the_time_again(
    client: ClientApp, purchase: Purchase, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    press(browser_of(Role.OPERATOR), purchase)
    run_jobs()
    [made] = stripe_standin.journal.all("refund")
    with stripe_standin.journal.change() as draft:
        draft.put({**made, "status": "failed"})

    tell(stripe_standin, kinds="refund.created")
    run_jobs()

    assert sum(days_of(client).values()) == days_of(client)["purchase"]
    assert (Purchase.objects.get().returned_minor or 0) == 0


def due_now(job_id: str) -> None:
    """Let a job run at once."""
    assert ledger.retry(JobId(job_id))
