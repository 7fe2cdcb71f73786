"""``manage.py check_invariants``."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lantern_pro.support.laws import check_laws


class Command(BaseCommand):
    """Checks the laws on the live store."""

    help = (
        "Check on the live Redis that the laws hold (docs/architecture.md lists them): links "
        "mirror, money and time add up, every job has one state, every key is declared. Reads "
        "only, in pages, so it may run at any time beside the service. Exit status 1 when a law "
        "is broken; each breach is told in a line of its own."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Check, print, and fail if a law is broken."""
        findings = list(check_laws())
        broken = sum(len(finding.faults) for finding in findings)
        if options["json"]:
            told = [
                {"law": each.law.number, "title": each.law.title, "faults": each.faults}
                for each in findings
            ]
            self.stdout.write(json.dumps({"broken": broken, "laws": told}, indent=2))
        else:
            for each in findings:
                mark = self.style.SUCCESS("holds ") if not each.faults else "BROKEN"
                self.stdout.write(f"{mark}  law {each.law.number}: {each.law.title}")
                for fault in each.faults:
                    self.stdout.write(f"        {fault}")
        if broken:
            message = f"{broken} breaches of the laws"
            raise CommandError(message, returncode=1)
