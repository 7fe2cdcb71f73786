"""``manage.py replay_stripe_events``: a day whose webhooks were lost."""

from collections.abc import Callable
from io import StringIO
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from billing.gateways import stripe_events
from devstack.standin.faults import Fault
from devstack.stripe_standin import StripeStandin
from lantern_pro import clock
from lantern_pro.jobs.models import Job
from lantern_pro.types import Millis
from tests.api.returning import bought, days_of, intent_of, refund_at_stripe, tell
from tests.client_app import ClientApp

RunJobs = Callable[[], int]
HOUR_MS = 3_600_000


def ago(hours: int) -> str:
    """A moment as it is written on the command line."""
    return clock.as_datetime(Millis(clock.now() - hours * HOUR_MS)).isoformat()


def replay(*options: str, since: int = 1, until: int = -1) -> str:
    """Replay what happened from so many hours ago on; what the command prints."""
    out = StringIO()
    moments = ("--since", ago(since), "--until", ago(until))
    call_command("replay_stripe_events", *moments, *options, stdout=out)
    return out.getvalue().strip()


def test_what_did_not_arrive_is_taken_in_page_by_page_and_twice_is_as_once(
    client: ClientApp,
    stripe_standin: StripeStandin,
    run_jobs: RunJobs,
    monkeypatch: pytest.MonkeyPatch,
    capsys: Any,
) -> None:
    monkeypatch.setattr(stripe_events, "PAGE", 2)
    purchase = bought(client)
    refund_at_stripe(intent_of(purchase), 1200)
    seen = len(stripe_standin.journal.all("event"))

    first = replay()
    run_jobs()
    second = replay()
    run_jobs()

    assert first.startswith(f"{seen} events: 3 taken in, 0 known before")
    assert second.startswith(f"{seen} events: 0 taken in, 3 known before")
    assert days_of(client)["refund"] == -days_of(client)["purchase"] / 4
    assert "events [############################]" in capsys.readouterr().err


def test_a_dry_run_counts_and_changes_nothing(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    bought(client)

    told = replay("--dry-run")

    assert "1 taken in" in told
    assert not Job.objects.filter(kind="handle_stripe_event").exists()


def test_what_the_webhook_brought_is_left_alone(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    bought(client)
    tell(stripe_standin)

    told = replay()

    assert "0 taken in, 1 known before" in told


def test_events_of_another_time_are_left_alone(
    client: ClientApp, stripe_standin: StripeStandin
) -> None:
    bought(client)

    told = replay(since=3, until=2)

    assert told.startswith("0 events")


def test_that_stripe_is_away_is_told(client: ClientApp, stripe_standin: StripeStandin) -> None:
    stripe_standin.faults.add(Fault("status_500", "/v1/events", method="GET"))

    with pytest.raises(CommandError, match="stripe-unreachable"):
        replay()
