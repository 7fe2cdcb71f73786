"""Stripe's books against ours: what events did not bring is repaired, the rest is reported."""

from collections.abc import Callable

import pytest

from billing.gateways import stripe_lists
from billing.managers import reconciliation as kept
from billing.managers.returns import returns_of
from billing.models import Purchase
from billing.reconcile_jobs import Reconcile
from billing.services import reconciliation
from billing.services.plans import plan_on_sale
from billing.services.reseller import make_batch
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from lantern_pro import clock
from lantern_pro.jobs import ledger
from lantern_pro.jobs.job import NewJob
from lantern_pro.jobs.models import Job
from lantern_pro.jobs.registry import kind_named
from tests.api.reconciling import HERE, RunJobs, lost_purchase, pay_for, reconcile
from tests.api.returning import bought, days_of, dispute, intent_of, refund_at_stripe
from tests.api.test_erasure import erase
from tests.api.test_stripe_webhook import deliver, event, signed
from tests.client_app import ClientApp

pytestmark = pytest.mark.usefixtures("laws_hold")

SECOND_MS = 1_000


def drift() -> list[tuple[str, str]]:
    """What does not agree, and with which purchase."""
    return [(each.kind, each.purchase) for each in kept.drift()]


def test_with_every_webhook_lost_a_paid_purchase_is_pro_within_five_minutes(
    client: ClientApp,
    stripe_standin: StripeStandin,
    run_jobs: RunJobs,
    record_property: Callable[[str, object], None],
) -> None:
    lost_purchase(client, stripe_standin)
    every = kind_named("reconcile")
    assert every is not None
    assert every.every is not None
    pause = round(every.every.total_seconds())

    became_pro = None
    for second in range(0, 301, 5):
        with clock.shifted(second * SECOND_MS):
            if second % pause == 0:
                ledger.stage(NewJob(HERE, Reconcile(HERE), str(second)))
            run_jobs()
            client.get("/user-data")
        if client.answer["userStatus"] == "active":
            became_pro = second
            break

    assert became_pro is not None
    assert became_pro <= 5 * 60
    record_property("seconds_until_pro", became_pro)  # in the report of --junit-xml


def test_a_payment_that_is_a_moment_old_is_left_to_the_call_that_makes_it(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    lost_purchase(client, stripe_standin)

    reconcile(run_jobs, minutes=0)

    assert drift() == []
    assert Purchase.objects.get().state == "begun"


def test_a_purchase_that_was_declined_and_is_paid_after_all_is_repaired(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    purchase = lost_purchase(client, stripe_standin)
    Purchase.objects.decline(
        purchase_id=purchase.purchase_id, now=clock.now(), reason="thought_so", fence=None
    )

    reconcile(run_jobs)

    assert Purchase.objects.get().state == "paid"
    assert kept.place_of("payments").repaired == 1


def test_what_is_repaired_agrees_when_it_is_looked_at_again(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    lost_purchase(client, stripe_standin)

    reconcile(run_jobs)
    after_one = [kind for kind, _ in drift()]
    reconcile(run_jobs, minutes=3)

    assert after_one == ["paid-not-pro"]
    assert drift() == []
    assert kept.place_of("payments").repaired == 1


def test_refunds_and_disputes_that_nobody_told_of_take_what_they_take(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    purchase = bought(client)
    refund_at_stripe(intent_of(purchase), 1200)
    reconcile(run_jobs)
    refunded = sum(days_of(client).values())
    opened = dispute(stripe_standin, "open", charge=purchase.charge_id or "")
    reconcile(run_jobs, minutes=3)
    disputed = sum(days_of(client).values())

    dispute(stripe_standin, "win", dispute=opened)
    reconcile(run_jobs, minutes=4)

    given = days_of(client)["purchase"]
    assert (refunded, disputed) == (given * 3 / 4, 0)
    assert sum(days_of(client).values()) == given * 3 / 4


def test_a_dispute_that_ends_months_later_is_seen_by_the_daily_walk(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    purchase = bought(client)
    opened = dispute(stripe_standin, "open", charge=purchase.charge_id or "")
    reconcile(run_jobs)
    reconcile(run_jobs, minutes=180)
    dispute(stripe_standin, "win", dispute=opened)

    reconcile(run_jobs, minutes=90 * 24 * 60)

    assert sum(days_of(client).values()) == days_of(client)["purchase"]


def test_of_a_dispute_that_was_lost_untold_staff_are_told_so(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    purchase = bought(client)
    opened = dispute(stripe_standin, "open", charge=purchase.charge_id or "")
    reconcile(run_jobs)
    dispute(stripe_standin, "lose", dispute=opened)

    reconcile(run_jobs, minutes=25 * 60)
    reconcile(run_jobs, minutes=26 * 60)

    assert [each.state for each in returns_of(purchase.purchase_id)] == ["lost"]
    assert drift() == []


def test_what_cannot_be_repaired_is_reported(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    purchase = bought(client)
    unknown = f"c0.{client.user_id}.00000000000000000000"
    pay_for(purchase.pk, 4800, key="twice")
    pay_for(unknown, 4800, key="unknown")
    pay_for("", 4800, key="theirs")

    reconcile(run_jobs)

    assert sorted(drift()) == [("paid-twice", purchase.pk), ("unknown-purchase", unknown)]
    assert sum(days_of(client).values()) == days_of(client)["purchase"]


def test_what_is_paid_for_a_user_who_was_erased_is_reported_until_it_goes_back(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    client.buy(stripeToken="tok_chargeDeclined")
    purchase = Purchase.objects.get()
    erase(client)
    run_jobs()
    late = pay_for(purchase.pk, 4800, key="late")
    body = event("payment_intent.succeeded", late)
    deliver(body, signed(body))

    reconcile(run_jobs)
    before = drift()
    refund_at_stripe(late)
    reconcile(run_jobs, minutes=10)

    assert before == [("no-account", purchase.pk)]
    assert drift() == []
    assert Job.objects.filter(state="dead").count() == 0


def test_a_refund_after_an_erasure_is_in_the_books_and_agrees(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    purchase = bought(client)
    erase(client)
    run_jobs()

    refund_at_stripe(intent_of(purchase))
    reconcile(run_jobs)
    reconcile(run_jobs, minutes=10)

    assert drift() == []
    assert Purchase.objects.get().returned_minor == 4800
    assert Job.objects.filter(state="dead").count() == 0


def test_a_second_payment_that_was_given_back_agrees_again(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    purchase = bought(client)
    second = pay_for(purchase.pk, 4800, key="twice")
    reconcile(run_jobs)
    before = [kind for kind, _ in drift()]

    refund_at_stripe(second)
    reconcile(run_jobs, minutes=10)

    assert before == ["paid-twice"]
    assert drift() == []
    assert "refund" not in days_of(client)


def test_a_walk_goes_on_where_it_was_interrupted(
    client: ClientApp,
    stripe_standin: StripeStandin,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stripe_lists, "PAGE", 2)
    for number in range(5):
        pay_for("", 100, key=f"theirs-{number}")
    stripe_standin.requests.clear()
    refused_after(stripe_standin, calls=2)

    reconcile(run_jobs)
    place = kept.place_of("payments")
    stripe_standin.faults.clear()
    reconcile(run_jobs, minutes=3)

    assert (place.walked, bool(place.after)) == (4, True)
    assert kept.place_of("payments").walked == 5
    assert kept.place_of("payments").until == 0


def test_a_turn_that_takes_long_ends_after_its_page_so_that_others_have_theirs(
    client: ClientApp,
    stripe_standin: StripeStandin,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(stripe_lists, "PAGE", 2)
    monkeypatch.setattr(reconciliation, "TURN_SECONDS", 0)
    for number in range(5):
        pay_for("", 100, key=f"theirs-{number}")

    walked = []
    for minutes in (2, 3, 4):
        reconcile(run_jobs, minutes=minutes)
        walked.append(kept.place_of("payments").walked)

    assert walked == [2, 4, 5]


def refused_after(standin: StripeStandin, *, calls: int) -> None:
    """Let Stripe answer so many lists of charges and no more."""
    standin.faults.add(Fault("slow", "/v1/charges", method="GET", times=calls, seconds=0))
    standin.faults.add(Fault("status_500", "/v1/charges", method="GET", times=99))


def test_while_stripe_is_away_nothing_piles_up(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    stripe_standin.faults.add(Fault("status_500", "/v1/", method="*", times=99))

    for minutes in (2, 3, 4):
        reconcile(run_jobs, minutes=minutes)

    assert {job.state for job in Job.objects.filter(kind="reconcile")} == {"done"}


def test_a_purchase_by_a_resellers_code_of_which_stripe_knows_nothing_is_left_alone(
    client: ClientApp, run_jobs: RunJobs
) -> None:
    made = make_batch(reseller="Bazaar", plan=plan_on_sale("1y-usd-10"), count=1)
    client.buy(provider="reseller-code", resellerCode=made.codes[0], stripeToken=None)
    assert client.answer["paymentStatus"] == "completed"
    run_jobs()
    before = days_of(client)

    reconcile(run_jobs)

    assert drift() == []
    assert days_of(client) == before
    assert Purchase.objects.get().state == "paid"
