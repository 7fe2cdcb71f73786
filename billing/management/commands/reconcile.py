"""``manage.py reconcile``."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.gateways.stripe_lists import Listed
from billing.management.moments import Bar, moment
from billing.managers import reconciliation as kept
from billing.services.reconciliation import Count, walk_by_hand
from billing.services.walks import GRACE_MS
from lantern_pro import clock
from lantern_pro.errors import LanternError

WALKS = ("payments", "refunds", "disputes", "subscriptions", "given", "subscribed")


class Command(BaseCommand):
    """Holds Stripe's books against ours."""

    help = (
        "Walk Stripe's payments, refunds, disputes and subscriptions since a day and hold each "
        "against what is here; and what is paid, or goes on, here against Stripe. A payment whose "
        "purchase is not Pro is repaired, and so is a refund or a dispute that took nothing, each "
        "by a job; what cannot be repaired is listed. Workers do the same all the time for what "
        "is recent. Exit status 1 when something does not agree."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--since", type=moment, required=True, help="2026-11-26 or 2026-11-26T18:30, in UTC"
        )
        parser.add_argument("--until", type=moment, help="the same; default: a minute ago")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Walk, and say what came of it."""
        since, until = options["since"], options["until"] or clock.now() - GRACE_MS
        if since >= until:
            raise CommandError("--since must be before --until, and not in the future.")
        try:
            counts = {name: self._walk(name, since, until) for name in WALKS}
        except LanternError as error:
            raise CommandError(f"{error.error_id}: {error.message}") from error
        self._tell(counts, as_json=options["json"])
        if any(count.drift for count in counts.values()):
            raise CommandError("Not everything agrees.", returncode=1)

    def _walk(self, name: str, since: Any, until: Any) -> Count:
        bar = Bar(name, since, until)

        def tell(listed: Listed, count: Count) -> None:
            bar.show(listed.created, f"{count.walked} walked, {count.repaired} repaired")

        count = walk_by_hand(name, since=since, until=until, tell=tell)
        bar.end(f"{count.walked} walked, {count.repaired} repaired, {count.drift} do not agree")
        return count

    def _tell(self, counts: dict[str, Count], *, as_json: bool) -> None:
        drift = kept.drift()
        if as_json:
            walks = {
                name: {"walked": each.walked, "repaired": each.repaired, "drift": each.drift}
                for name, each in counts.items()
            }
            told = {"walks": walks, "drift": [kept.as_dict(each) for each in drift]}
            self.stdout.write(json.dumps(told, indent=2))
            return
        for name, each in counts.items():
            self.stdout.write(
                f"{name}: {each.walked} walked, {each.repaired} repaired, {each.drift} do not agree"
            )
        for found in drift:
            self.stdout.write(f"{found.object_id}  {found.kind}  {found.purchase}")
