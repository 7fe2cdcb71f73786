"""What is paid here, held against Stripe: the other way round than Stripe's lists."""

from collections.abc import Callable

import pytest

from billing.managers import reconciliation as kept
from billing.models import Purchase
from billing.services import given
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from tests.api.reconciling import RunJobs, reconcile
from tests.api.returning import bought
from tests.api.test_reconciliation import drift
from tests.client_app import ClientApp


@pytest.mark.parametrize(
    ("change", "kind"),
    [
        ({"object": "of_another_account"}, "given-unknown"),
        ({"status": "requires_payment_method"}, "given-not-paid"),
    ],
)
def test_what_is_paid_here_and_not_at_stripe_is_reported_until_it_is(
    client: ClientApp,
    stripe_standin: StripeStandin,
    run_jobs: RunJobs,
    change: dict[str, str],
    kind: str,
) -> None:
    purchase = bought(client)
    [intent] = stripe_standin.journal.all("payment_intent")
    with stripe_standin.journal.change() as draft:
        draft.put({**intent, **change})

    reconcile(run_jobs)
    reconcile(run_jobs, minutes=10)
    found = drift()
    with stripe_standin.journal.change() as draft:
        draft.put(intent)
    reconcile(run_jobs, minutes=20)

    assert found == [(kind, purchase.pk)]
    assert drift() == []
    assert Purchase.objects.get().state == "paid"


def test_the_walk_over_what_is_given_goes_page_by_page_and_on_where_it_was(
    client: ClientApp,
    new_client: Callable[..., ClientApp],
    stripe_standin: StripeStandin,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(given, "PAGE", 2)
    for each in (client, *(new_client(f"device-of-{number}") for number in range(4))):
        each.buy(idempotencyKey=f"of-{each.user_id}")
    run_jobs()
    where = "/v1/payment_intents"
    stripe_standin.faults.add(Fault("slow", where, method="GET", times=4, seconds=0))
    stripe_standin.faults.add(Fault("status_500", where, method="GET", times=9))

    reconcile(run_jobs)
    place = kept.place_of("given")
    stripe_standin.faults.clear()
    reconcile(run_jobs, minutes=3)

    assert (place.walked, place.after) == (4, "0.4")
    assert (kept.place_of("given").walked, kept.place_of("given").until) == (5, 0)
    assert drift() == []


def test_one_turn_asks_of_so_many_that_are_given_and_the_next_goes_on(
    client: ClientApp,
    new_client: Callable[..., ClientApp],
    stripe_standin: StripeStandin,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(given, "PAGE", 1)
    for each in (client, *(new_client(f"device-of-{number}") for number in range(4))):
        each.buy(idempotencyKey=f"of-{each.user_id}")
    run_jobs()
    stripe_standin.requests.clear()

    reconcile(run_jobs)
    asked = [each for each in stripe_standin.requests if "payment_intents" in each["path"]]
    places = [kept.place_of(name).after for name in ("given", "old_given")]
    walked_all = kept.place_of("old_disputes").done_until > 0
    reconcile(run_jobs, minutes=3)

    assert places == ["0.4", "0.4"]
    assert len(asked) == 8
    assert walked_all
    assert [kept.place_of(name).until for name in ("given", "old_given")] == [0, 0]
