"""``manage.py seed_demo``."""

import json
from collections.abc import Callable
from functools import partial
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lantern_pro.support.demo_data import seed_fleet, seed_people, seed_plans

WHAT: Final = ("plans", "proxies", "users")


class Command(BaseCommand):
    """Makes demo data in a development store."""

    help = (
        "Make demo data: plans in four currencies, free and Pro proxies, and users of each kind "
        "(free, Pro, expired, declined, inviting and invited), who pay at the Stripe stand-in. "
        "Plans and proxies that are there stay as they are; users are made only where there are "
        "none. Refused outside development (LANTERN_DEVELOPMENT=yes)."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument(
            "--proxy",
            default="127.0.0.1:8002",
            metavar="HOST:PORT",
            help="where the reference proxy listens that stands in for the whole fleet "
            "(default: %(default)s)",
        )
        parser.add_argument(
            "--only",
            action="append",
            choices=WHAT,
            help="make only these; may be given more than once (default: all)",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make what is missing, and say how much that was."""
        if not settings.DEVELOPMENT:
            message = "demo data are for development only (LANTERN_DEVELOPMENT=yes)"
            raise CommandError(message)
        makers: dict[str, Callable[[], int]] = {
            "plans": seed_plans,
            "proxies": partial(seed_fleet, options["proxy"]),
            "users": seed_people,
        }
        wanted = options["only"] or WHAT
        made = {what: make() for what, make in makers.items() if what in wanted}
        if options["json"]:
            self.stdout.write(json.dumps(made, indent=2))
        else:
            self.stdout.write("Made " + ", ".join(f"{n} {what}" for what, n in made.items()) + ".")
