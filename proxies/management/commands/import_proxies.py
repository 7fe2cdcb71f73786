"""``manage.py import_proxies``."""

import json
import sys
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lantern_pro.types import Cell
from proxies.listings import Format, format_of
from proxies.models import Proxy
from proxies.services.importing import Differing, Report, import_list, look_at_list

WORDS = {
    "new": "new",
    "changed": "changes",
    "there": "was there already, just so",
}


class Command(BaseCommand):
    """Adds the proxies of a list."""

    help = (
        "Add the proxies of a list in CSV, JSON or YAML; docs/fleet.md names the fields. All of it "
        "is looked at first: when anything is wrong, each fault is told with its line and nothing "
        "is added (exit status 1). Importing the same list again adds nothing. A proxy that is "
        "there and differs is a fault; with --change it is changed in what the list says of it. "
        "--dry-run says what would be done."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("file", help="the list; - reads it from standard input")
        parser.add_argument(
            "--format",
            choices=[each.value for each in Format],
            help="how it is written (default: by the file's name)",
        )
        parser.add_argument("--cell", type=int, default=0, help="their cell (default: 0)")
        parser.add_argument(
            "--change",
            action="store_const",
            const=Differing.CHANGED,
            default=Differing.REFUSED,
            help="change proxies that are there and are not as the list says",
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would be done")
        parser.add_argument(
            "--json", action="store_true", help="print one JSON object, with secrets of new ones"
        )

    def handle(self, *_args: Any, **options: Any) -> None:
        """Import the list and report."""
        if not 0 <= options["cell"] < settings.CELLS:
            raise CommandError(
                f"There is no cell {options['cell']}; LANTERN_CELLS is {settings.CELLS}."
            )
        written = Format(options["format"]) if options["format"] else format_of(options["file"])
        if written is None:
            raise CommandError("The file's name tells no format: say --format csv, json or yaml.")
        work = look_at_list if options["dry_run"] else import_list
        cell = Cell(options["cell"])
        report = work(cell, _text(options["file"]), written, options["change"])
        if options["json"]:
            self.stdout.write(json.dumps(_as_dict(report), indent=2))
        else:
            self._tell(report)
        if report.faults:
            raise CommandError(_summary(report))
        if not options["json"]:
            self.stdout.write(_summary(report))

    def _tell(self, report: Report) -> None:
        for fault in report.faults:
            field = f"{fault.field}: " if fault.field else ""
            self.stdout.write(f"line {fault.line}: {field}{fault.message}")
        for line in () if report.faults else report.lines:
            what = ": ".join([WORDS[line.outcome], *filter(None, [", ".join(line.differs)])])
            self.stdout.write(f"line {line.line}: {line.name}: {what}")


def _text(file: str) -> str:
    try:
        if file == "-":
            return sys.stdin.read()
        return Path(file).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommandError(f"{file} cannot be read: {error}") from error


def _summary(report: Report) -> str:
    new, there, changed = (report.count(each) for each in ("new", "there", "changed"))
    if report.faults:
        faults = len(report.faults)
        done = f"{new} were added and {changed} changed before that"
        what = done if report.written else "nothing was added"
        return f"{what}: {faults} {'fault' if faults == 1 else 'faults'} in this list."
    what = "added" if report.written else "would be added"
    also = f", {changed} changed" if changed else ""
    return f"{new} {what}{also}, {there} were there already."


def _as_dict(report: Report) -> dict[str, Any]:
    ids = [line.proxy_id for line in report.lines if line.proxy_id is not None]
    secrets = {each.id: each.auth_token for each in Proxy.objects.records(ids)}
    return {
        "written": report.written,
        "proxies": [
            {
                "line": line.line,
                "name": line.name,
                "outcome": line.outcome,
                "differs": list(line.differs),
                "id": line.proxy_id,
                "auth_token": secrets.get(line.proxy_id) if line.proxy_id else None,
            }
            for line in report.lines
        ],
        "faults": [
            {"line": fault.line, "field": fault.field, "message": fault.message}
            for fault in report.faults
        ],
    }
