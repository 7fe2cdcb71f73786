"""``manage.py replay_stripe_events``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from billing.gateways.base import EventPointer
from billing.management.moments import Bar, moment
from billing.services.replay import Replayed, is_new, replay
from billing.services.webhooks import take
from lantern_pro import clock
from lantern_pro.errors import LanternError


class Command(BaseCommand):
    """Takes in the events that did not arrive."""

    help = (
        "Walk Stripe's own list of events over a span of time, page by page, and take in each that "
        "did not arrive by the webhook, as if it had. What was taken in before is left alone, so "
        "running it twice is as once. Stripe lists the events of the last 30 days."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--since", type=moment, required=True, help="2026-11-26 or 2026-11-26T18:30, in UTC"
        )
        parser.add_argument("--until", type=moment, help="the same; default: now")
        parser.add_argument(
            "--dry-run", action="store_true", help="only count what would be taken in"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Walk, and say what came of it."""
        since, until = options["since"], options["until"] or clock.now()
        if since >= until:
            raise CommandError("--since must be before --until, and not in the future.")
        bar = Bar("events", since, until)

        def tell(pointer: EventPointer, count: Replayed) -> None:
            bar.show(pointer.created, f"{count.seen} events, {count.taken} taken in")

        try:
            count = replay(
                since=since, until=until, taking=is_new if options["dry_run"] else take, tell=tell
            )
        except LanternError as error:
            raise CommandError(f"{error.error_id}: {error.message}") from error
        bar.end(str(count))
        would = "would be: " if options["dry_run"] else ""
        self.stdout.write(f"{would}{count}")
