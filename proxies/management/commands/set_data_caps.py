"""``manage.py set_data_caps``."""

import sys
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lantern_pro.errors import LanternError
from proxies import usage
from proxies.services.caps import set_data_caps


class Command(BaseCommand):
    """Sets the data caps of free devices."""

    help = (
        "Set the data caps of free devices, for all free proxies, from a file of JSON (- is "
        "standard input). It is checked first, and refused whole with the place of the fault. "
        "Proxies take it up within five minutes. An empty object, {}, lifts all caps. Without a "
        "file, print the caps that are set. docs/proxy-protocol.md tells the form."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("file", nargs="?", help="where the JSON is; - for standard input")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Set, or show."""
        name = options["file"]
        if name is None:
            self.stdout.write(usage.caps() or "No caps were ever set.")
            return
        try:
            text = sys.stdin.read() if name == "-" else Path(name).read_text()
            set_data_caps(text)
        except OSError as error:
            raise CommandError(str(error)) from error
        except LanternError as error:
            raise CommandError(f"{error.error_id}: {error.message}") from error
        self.stdout.write(self.style.SUCCESS("The caps are set."))
