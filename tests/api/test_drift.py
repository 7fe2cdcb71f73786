"""What does not agree for long: each has its turn, and staff may dismiss what they know of."""

import pytest
import redis

from billing.drift import Drift
from billing.managers import reconciliation as kept
from billing.reconciliation_words import reconciliation_shown
from billing.services import reconciliation
from billing.services.walks import WALKS
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from lantern_pro import clock
from lantern_pro.types import Millis
from tests.api.reconciling import RunJobs, pay_for, reconcile
from tests.api.returning import DAY_MS, bought, dispute, refund_at_stripe
from tests.api.test_reconciliation_shown import command
from tests.client_app import ClientApp

pytestmark = pytest.mark.usefixtures("laws_hold")

NOW = Millis(1_764_000_000_000)
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


def rows_read(service: redis.Redis) -> int:
    """How many rows the page of purchases reads to show what does not agree."""
    service.config_resetstat()
    reconciliation_shown()
    return int(service.info("commandstats")["cmdstat_hgetall"]["calls"])


def test_however_much_was_dismissed_it_is_counted_without_reading_it(service: redis.Redis) -> None:
    empty = rows_read(service)
    for number in range(5):
        kept.report(f"ch_{number}", kind="paid-twice", purchase="c0.1.x", fact="x", now=NOW)
    dismissed = [f"ch_{number}" for number in range(4)]
    for each in dismissed:
        kept.dismiss(each, fact="x", reason="known")

    assert rows_read(service) == empty + 1
    assert reconciliation_shown()["dismissed_count"] == 4
    assert reconciliation_shown()["drift_count"] == 1
    assert "and 4 dismissed" in command("show_payments")


def test_a_second_payment_that_was_dismissed_comes_back_when_a_part_of_it_goes_back(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    payment = pay_for(bought(client).pk, 4800, key="twice")
    reconcile(run_jobs)
    known = dismiss_all("a gift of the buyer's")

    refund_at_stripe(payment, 1200)
    reconcile(run_jobs, minutes=LATER)

    assert [each.object_id for each in kept.drift()] == known


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


def test_a_list_that_stripe_does_not_give_keeps_no_other_from_being_walked(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    bought(client)
    stripe_standin.faults.add(Fault("status_500", "/v1/refunds", method="GET", times=99))

    reconcile(run_jobs)

    done = {name for name in WALKS if kept.place_of(name).done_until}
    assert done == set(WALKS) - {"refunds", "old_refunds"}


def test_one_that_stripe_does_not_tell_of_keeps_no_other_from_its_turn(
    client: ClientApp,
    stripe_standin: StripeStandin,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(reconciliation, "MOST_LOOKED_AT_AGAIN", 1)
    purchase = bought(client)
    payments = [pay_for(purchase.pk, 4800, key=f"again-{number}") for number in range(3)]
    reconcile(run_jobs)
    reconcile(run_jobs, minutes=LATER)
    first = kept.least_looked_at(before=Millis(clock.now() + DAY_MS), most=1)[0].object_id
    for payment in payments:
        refund_at_stripe(payment)
    stripe_standin.faults.add(Fault("status_500", f"/v1/charges/{first}", method="GET", times=99))

    for turn in (1, 2, 3):
        reconcile(run_jobs, minutes=LATER + 10 * turn)

    assert [each.object_id for each in kept.drift()] == [first]


def test_while_stripe_is_away_it_is_asked_a_few_times_and_no_more(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    stripe_standin.requests.clear()
    stripe_standin.faults.add(Fault("status_500", "/v1/", method="*", times=99))

    reconcile(run_jobs)

    assert len(stripe_standin.requests) == reconciliation.FAILURES_IN_A_ROW
