"""``manage.py show_payments``."""

import json
from collections import Counter
from collections.abc import Iterator
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from billing.managers import reconciliation as kept
from billing.managers.reconciliation import Drift, Place
from billing.managers.stripe_events import EventCounts, event_counts
from billing.services.walks import WALKS
from lantern_pro import clock


class Command(BaseCommand):
    """Shows what is counted of payments."""

    help = (
        "Show how many events of Stripe's came, by type: taken in, again, or of types that say "
        "nothing to us; how far the walks over Stripe's lists are; and what does not agree. Reads "
        "only. With --prometheus, in the text form that Prometheus and its like collect."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        form = parser.add_mutually_exclusive_group()
        form.add_argument("--json", action="store_true", help="print one JSON object")
        form.add_argument("--prometheus", action="store_true", help="print metrics as text")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Show it."""
        events, drift = event_counts(), kept.drift()
        walks = {name: kept.place_of(name) for name in WALKS}
        if options["json"]:
            told = {
                "events": [asdict(each) for each in events],
                "walks": {name: asdict(place) for name, place in walks.items()},
                "drift": [kept.as_dict(each) for each in drift],
                "dismissed": [kept.as_dict(each) for each in kept.dismissed()],
            }
            self.stdout.write(json.dumps(told, indent=2))
        elif options["prometheus"]:
            self.stdout.write("\n".join(_prometheus(events, walks, drift)))
        else:
            self.stdout.write("\n".join(_words(events, walks, drift)))


def _words(events: list[EventCounts], walks: dict[str, Place], drift: list[Drift]) -> Iterator[str]:
    yield "events"
    for each in events:
        yield f"  {each.type}: {each.taken} taken, {each.repeated} again, {each.ignored} ignored"
    yield "walks"
    for name, place in walks.items():
        until = f"until {clock.as_datetime(place.done_until):%Y-%m-%d %H:%M}"
        yield f"  {name}: {until}, {place.walked} walked, {place.repaired} repaired"
    yield f"drift: {len(drift)}, and {kept.count_dismissed()} dismissed"
    for found in drift:
        since = f"since {clock.as_datetime(found.first):%Y-%m-%d %H:%M}"
        yield f"  {found.object_id}  {found.kind}  {found.purchase}  {since}"


def _prometheus(
    events: list[EventCounts], walks: dict[str, Place], drift: list[Drift]
) -> Iterator[str]:
    yield "# TYPE lantern_stripe_events_total counter"
    for each in events:
        for what in ("taken", "repeated", "ignored"):
            labels = f'type="{each.type}",what="{what}"'
            yield f"lantern_stripe_events_total{{{labels}}} {getattr(each, what)}"
    for what in ("walked", "repaired"):
        yield f"# TYPE lantern_reconciliation_{what}_total counter"
        for name, place in walks.items():
            yield f'lantern_reconciliation_{what}_total{{walk="{name}"}} {getattr(place, what)}'
    yield "# TYPE lantern_reconciliation_lag_seconds gauge"
    now = clock.now()
    for name, place in walks.items():
        if place.done_until:
            lag = (now - place.done_until) / 1000
            yield f'lantern_reconciliation_lag_seconds{{walk="{name}"}} {lag}'
    yield "# TYPE lantern_reconciliation_drift gauge"
    by_kind = Counter(each.kind for each in drift)
    yield f"lantern_reconciliation_drift {len(drift)}"
    yield "# TYPE lantern_reconciliation_drift_dismissed gauge"
    yield f"lantern_reconciliation_drift_dismissed {kept.count_dismissed()}"
    yield "# TYPE lantern_reconciliation_drift_by_kind gauge"
    for kind, count in sorted(by_kind.items()):
        yield f'lantern_reconciliation_drift_by_kind{{kind="{kind}"}} {count}'
