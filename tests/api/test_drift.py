"""What does not agree for long: each has its turn, and staff may dismiss what they know of."""

import pytest

from billing.drift import Drift
from billing.managers import reconciliation as kept
from billing.services import reconciliation
from devstack.stripe_standin import StripeStandin
from tests.api.reconciling import RunJobs, pay_for, reconcile
from tests.api.returning import bought, dispute, refund_at_stripe
from tests.client_app import ClientApp

LATER = 400
"""Minutes after which the walk over payments does not come by any more."""


def test_of_lasting_drifts_none_keeps_another_from_its_turn(
    client: ClientApp,
    stripe_standin: StripeStandin,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reconciliation, "MOST_LOOKED_AT_AGAIN", 2)
    purchase = bought(client)
    payments = [pay_for(purchase.pk, 4800, key=f"again-{number}") for number in range(5)]
    reconcile(run_jobs)
    reconcile(run_jobs, minutes=LATER)
    known = [each.object_id for each in kept.drift()]
    charges = {each["payment_intent"]: each["id"] for each in stripe_standin.journal.all("charge")}
    last = next(each for each in payments if charges[each] == known[-1])
    refund_at_stripe(last)

    for turn in (1, 2, 3):
        reconcile(run_jobs, minutes=LATER + 10 * turn)

    assert [each.object_id for each in kept.drift()] == known[:-1]


def dismiss_all(reason: str) -> list[str]:
    """Let staff dismiss what they see; Stripe's ids."""
    shown = list(Drift.objects.filter(state="open"))
    for each in shown:
        assert kept.dismiss(each.at_stripe, fact=each.fact, reason=reason) == "dismissed"
    return [each.at_stripe for each in shown]


def test_what_staff_dismissed_counts_no_more_though_it_is_looked_at(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    payment = pay_for(bought(client).pk, 4800, key="twice")
    reconcile(run_jobs)
    dismiss_all("a gift of the buyer's")
    seen = kept.dismissed()[0].last

    reconcile(run_jobs, minutes=LATER)
    [stays] = kept.dismissed()
    shown = kept.drift()
    refund_at_stripe(payment)
    reconcile(run_jobs, minutes=LATER + 10)

    assert shown == []
    assert (stays.kind, stays.reason) == ("paid-twice", "a gift of the buyer's")
    assert stays.last > seen
    assert Drift.objects.count() == 0


def test_what_was_dismissed_comes_back_when_the_fact_changes(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    pay_for(f"c0.{client.user_id}.00000000000000000000", 4800, key="unknown")
    [charge] = stripe_standin.journal.all("charge")
    opened = dispute(stripe_standin, "open", charge=charge["id"])
    reconcile(run_jobs)
    known = dismiss_all("of the old service")
    reconcile(run_jobs, minutes=LATER)
    before = kept.drift()

    dispute(stripe_standin, "lose", dispute=opened)
    reconcile(run_jobs, minutes=LATER + 10)

    assert sorted(known) == sorted([charge["id"], opened])
    assert before == []
    assert [(each.object_id, each.reason) for each in kept.drift()] == [(opened, "")]
    assert [each.object_id for each in kept.dismissed()] == [charge["id"]]
