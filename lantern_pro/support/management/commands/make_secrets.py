"""``manage.py make_secrets``."""

import json
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from lantern_pro.environment import new_secrets


class Command(BaseCommand):
    """Print new secrets; keep them nowhere."""

    help = (
        "Make a new value for every secret that the settings ask for, and print them as lines "
        "for an environment file. They are kept nowhere: whoever loses LANTERN_PERSONAL_KEYS "
        "loses every stored e-mail address, and a new LANTERN_TOKEN_KEYS logs everybody out. "
        "Works before any setting is there."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take the form of the output."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print them."""
        del args
        made = new_secrets()
        if options["json"]:
            self.stdout.write(json.dumps(made, indent=2))
            return
        for name, value in made.items():
            self.stdout.write(f"{name}={value}")
