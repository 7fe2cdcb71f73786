"""``manage.py renew_passes``."""

from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from configsrv import renewals
from lantern_pro import clock
from lantern_pro.types import Cell

DEFAULT_MINUTES: Final = 10
MINUTE_MS: Final = 60_000


class Command(BaseCommand):
    """Lets all passes be made anew soon."""

    help = (
        "Let the workers make the passes of every Pro user anew, spread over some minutes, instead "
        "of half through their life: after a key of LANTERN_PASS_KEYS was taken out, or when this "
        "service is new to passes. Apps get them with their next poll. It may be repeated."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--minutes", type=int, default=DEFAULT_MINUTES, help="how long (default: %(default)s)"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Bring every renewal forward, and say how many."""
        minutes = options["minutes"]
        if minutes < 1:
            raise CommandError("--minutes must be at least 1.")
        count = sum(
            renewals.bring_forward(Cell(cell), now=clock.now(), within_ms=minutes * MINUTE_MS)
            for cell in range(settings.CELLS)
        )
        self.stdout.write(f"The passes of {count} users are made anew within {minutes} minutes.")
