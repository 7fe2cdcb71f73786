"""What operators and staff are told of Stripe's books, held against ours."""

import json
from io import StringIO
from typing import Any

import pytest
import redis
from django.contrib.auth.models import User as Member
from django.core.management import CommandError, call_command
from django.test import Client

from devstack.stripe_standin import StripeStandin
from lantern_pro import clock
from lantern_pro.backoffice.staff import Role, create_staff
from lantern_pro.types import Millis
from tests.api.reconciling import MINUTE_MS, RunJobs, lost_purchase, pay_for, reconcile
from tests.api.returning import bought
from tests.client_app import ClientApp

YESTERDAY_MS = 24 * 60 * MINUTE_MS


def iso(from_now: int) -> str:
    """A moment as it is written on the command line."""
    return clock.as_datetime(Millis(clock.now() + from_now)).isoformat()


def command(*words: str) -> str:
    """What a command prints."""
    out = StringIO()
    call_command(*words, stdout=out)
    return out.getvalue()


def test_the_command_walks_since_a_day_and_says_what_it_repaired(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs, capsys: Any
) -> None:
    lost_purchase(client, stripe_standin)
    span = ("--since", iso(-YESTERDAY_MS), "--until", iso(MINUTE_MS))
    out = StringIO()

    with pytest.raises(CommandError, match="Not everything agrees"):
        call_command("reconcile", *span, stdout=out)
    run_jobs()
    again = json.loads(command("reconcile", *span, "--json"))

    assert "payments: 1 walked, 1 repaired, 1 do not agree" in out.getvalue()
    assert again["walks"]["payments"] == {"walked": 1, "repaired": 0, "drift": 0}
    assert again["drift"] == []
    assert "payments [############################]" in capsys.readouterr().err


def test_the_commands_refuse_a_moment_that_is_none(service: redis.Redis) -> None:
    for name in ("reconcile", "replay_stripe_events"):
        with pytest.raises(CommandError, match="write 2026-11-26"):
            call_command(name, "--since", "yesterday")
        with pytest.raises(CommandError, match="--since must be before --until"):
            call_command(name, "--since", "2026-11-26", "--until", "2026-11-25")


def test_the_meter_tells_of_walks_and_of_drift(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    purchase = bought(client)
    pay_for(purchase.pk, 4800, key="twice")

    reconcile(run_jobs)

    metrics = command("show_payments", "--prometheus")
    assert 'lantern_reconciliation_walked_total{walk="payments"} 2' in metrics
    assert "lantern_reconciliation_drift 1" in metrics
    assert 'lantern_reconciliation_drift_by_kind{kind="paid-twice"} 1' in metrics
    assert "drift: 1" in command("show_payments")
    told = json.loads(command("show_payments", "--json"))
    assert [each["purchase"] for each in told["drift"]] == [purchase.pk]


def test_staff_see_what_does_not_agree_above_the_purchases(
    client: ClientApp, stripe_standin: StripeStandin, run_jobs: RunJobs
) -> None:
    purchase = bought(client)
    browser = Client()
    create_staff(username="karl", email="", role=Role.SUPPORT, password=None)
    browser.force_login(Member.objects.get(username="karl"))
    before = browser.get("/admin/billing/purchase/").content.decode()
    pay_for(purchase.pk, 4800, key="twice")

    reconcile(run_jobs)

    page = browser.get("/admin/billing/purchase/").content.decode()
    assert "everything agrees" in before
    assert "1 do not agree" in page
    assert "a second payment of one purchase" in page
