"""Reconciliation is done by one job at a time, also when one was away for long."""

import pytest

from billing.keys import WALKING
from billing.managers import reconciliation as kept
from devstack.standin.faults import Fault as AtStripe
from devstack.stripe_standin import StripeStandin
from lantern_pro.jobs.job import Fence
from lantern_pro.store.client import text_client
from lantern_pro.types import JobId
from tests.api.reconciling import HERE, RunJobs, lost_purchase, reconcile
from tests.client_app import ClientApp

pytestmark = pytest.mark.usefixtures("laws_hold")

ANOTHER = Fence(JobId("c0.reconcile.another"), 1)


def test_while_one_walks_another_asks_nothing(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    assert kept.take_the_walk(ANOTHER)
    stripe_standin.requests.clear()

    reconcile(run_jobs)

    assert list(stripe_standin.requests) == []


def test_who_was_away_for_so_long_that_another_walks_moves_no_place_and_asks_no_more(
    client: ClientApp,
    stripe_standin: StripeStandin,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    lost_purchase(client, stripe_standin)

    def go_by(_seconds: float) -> None:
        """Let so much time pass that the walk is free, and another takes it."""
        text_client().delete(WALKING(cell=HERE))
        assert kept.take_the_walk(ANOTHER)

    monkeypatch.setattr(stripe_standin.api, "pause", go_by)
    stripe_standin.faults.add(AtStripe("slow", "/v1/charges", method="GET", seconds=0))
    stripe_standin.requests.clear()

    reconcile(run_jobs)

    place = kept.place_of("payments")
    assert (place.walked, place.done_until, bool(place.until)) == (0, 0, True)
    assert [each["path"] for each in stripe_standin.requests][:1] == ["/v1/charges"]
    assert "/v1/refunds" not in [each["path"] for each in stripe_standin.requests]
    assert kept.take_the_walk(ANOTHER)
