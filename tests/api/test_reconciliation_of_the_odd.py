"""What Stripe lists in a form that is not known here: it is shown, and holds nothing else up."""

import pytest

from billing.gateways import stripe_lists
from billing.managers import reconciliation as kept
from billing.models import Purchase
from billing.services.walks import WALKS
from devstack.standin import Object
from devstack.stripe_standin import StripeStandin
from lantern_pro.types import Millis
from tests.api.reconciling import MINUTE_MS, RunJobs, lost_purchase, pay_for, put_place, reconcile
from tests.api.subscribing import monthly, put, subscribed, world
from tests.api.world import World
from tests.client_app import ClientApp

__all__ = ["monthly", "subscribed", "world"]

pytestmark = pytest.mark.usefixtures("laws_hold")


def drift() -> list[tuple[str, str]]:
    """What does not agree, and how."""
    return [(each.object_id, each.kind) for each in kept.drift()]


def unwalked() -> list[str]:
    """The walks that have come to no end yet."""
    return [name for name in WALKS if not kept.place_of(name).done_until]


@pytest.mark.parametrize("changes", [{"amount": None}, {"metadata": ["x"]}])
def test_a_charge_of_an_unknown_form_holds_up_no_payment_and_no_other_walk(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs, changes: Object
) -> None:
    lost_purchase(client, stripe_standin)
    [charge] = stripe_standin.journal.all("charge")
    put(stripe_standin, charge, id="ch_odd", **changes)

    reconcile(run_jobs)
    reconcile(run_jobs, minutes=10)

    assert drift() == [("ch_odd", "unreadable")]
    assert unwalked() == []
    assert Purchase.objects.get().state == "paid"


def test_what_can_be_read_again_is_shown_no_more(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    pay_for("", 100, key="theirs")
    [charge] = stripe_standin.journal.all("charge")
    put(stripe_standin, charge, amount=None)
    reconcile(run_jobs)
    before = drift()

    put(stripe_standin, charge)
    reconcile(run_jobs, minutes=10)

    assert (before, drift()) == ([(charge["id"], "unreadable")], [])


def test_a_charge_whose_invoice_is_of_an_unknown_form_holds_nothing_up(
    subscribed: ClientApp, world: World, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    [charge] = stripe_standin.journal.all("charge")
    [invoice] = stripe_standin.journal.all("invoice")
    put(stripe_standin, charge, id="ch_odd")
    odd = {**invoice["parent"], "subscription_details": {"metadata": ["x"]}}
    put(stripe_standin, invoice, parent=odd)

    reconcile(run_jobs)

    assert drift() == [("ch_odd", "unreadable")]
    assert unwalked() == []


def test_a_walk_whose_place_is_gone_at_stripe_begins_its_window_again(
    client: ClientApp,
    stripe_standin: StripeStandin,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    reconcile(run_jobs)
    lost_purchase(client, stripe_standin)
    done = kept.place_of("payments").done_until
    since, until = Millis(done - 60 * MINUTE_MS), Millis(done + 60 * MINUTE_MS)
    kept.open_window("payments", since=since, until=until, now=done)
    put_place("payments", "ch_gone")
    monkeypatch.setattr(stripe_lists, "PAGE", 2)

    reconcile(run_jobs, minutes=3)
    begun_again = kept.place_of("payments")
    reconcile(run_jobs, minutes=4)

    assert (begun_again.since, begun_again.after) == (since, "")
    assert kept.place_of("payments").until == 0
    assert Purchase.objects.get().state == "paid"
