"""``manage.py show_usage``."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from proxies.usage import usage_of


class Command(BaseCommand):
    """Shows what a free device has used."""

    help = (
        "Show what proxies have counted of a free device in its present day, week or month, which "
        "its data cap goes by. Nothing is counted of Pro users, nor where there are no caps."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("device_id", help="the device's id")
        parser.add_argument("--json", action="store_true", help="print one JSON object, or null")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Show it."""
        used = usage_of(options["device_id"])
        if options["json"]:
            self.stdout.write(json.dumps(used and asdict(used), indent=2))
        elif used is None:
            self.stdout.write("Nothing is counted of this device.")
        else:
            self.stdout.write(f"   in  {used.bytes_in:,} bytes")
            self.stdout.write(f"  out  {used.bytes_out:,} bytes")
            self.stdout.write(f"   by  {used.country or 'an unknown country'}")
            ends = "never" if used.seconds_left is None else f"in {used.seconds_left:,} seconds"
            self.stdout.write(f" ends  {ends}")
