"""A turn of a walk over rows of ours is as large as there are rows."""

from dataclasses import replace

import pytest

from billing.managers import reconciliation as kept
from billing.models import Subscription
from billing.services import given
from billing.services.walks import MINUTE_MS, WALKS
from devstack.stripe_standin import StripeStandin
from lantern_pro import clock
from lantern_pro.types import SubscriptionId
from tests.api.reconciling import RunJobs, reconcile
from tests.people import a_user


@pytest.mark.parametrize(("rows", "walked"), [(6, "0.4"), (12, "0.6")])
def test_a_turn_walks_so_many_that_half_of_the_turns_are_enough(
    stripe_standin: StripeStandin,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
    rows: int,
    walked: str,
) -> None:
    monkeypatch.setattr(given, "PAGE", 1)
    every_ms = 4 * MINUTE_MS
    monkeypatch.setitem(WALKS, "subscribed", replace(WALKS["subscribed"], every_ms=every_ms))
    for _ in range(rows):
        owner, now = a_user(), clock.now()
        Subscription.objects.begin(
            subscription_id=SubscriptionId(f"c0.{owner}.s1"),
            user_id=owner,
            now=now,
            check_at=now,
            intent={"plan": "1m-usd-10", "amount_minor": "500", "currency": "usd"},
            follow=[],
        )

    reconcile(run_jobs)

    assert kept.place_of("subscribed").after == walked
    assert stripe_standin.faults.listed() == []
