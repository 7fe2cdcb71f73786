"""``manage.py redis_schema``: the docs' page about keys, and the check against a live Redis."""

import json
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lantern_pro.store.audit import all_keys, undeclared_keys
from lantern_pro.store.keys import Key
from lantern_pro.store.untagged import Untagged, declared_untagged
from lantern_pro.store.volatile import VOLATILE
from lantern_pro.types import Cell

PREFACE = """\
# Every key in Redis

Printed by `manage.py redis_schema` from the declarations in each app's `keys.py`; do not edit.
Every key begins with its cell's tag, `{c<N>}:`, left out here. Indexes of a table are named
`<table>@by:<column>` (numbers, moments, choices), `<table>@lex:<column>` (texts) and
`<table>@unique:<column>`; `<table>@by:<primary key>` holds every row.
"""


class Command(BaseCommand):
    """Prints the schema, or holds a live Redis against it."""

    help = (
        "Print every declared pattern of keys as a page of Markdown (docs/redis-schema.md). With "
        "--check, walk the live Redis instead and name each key that no pattern declares or that "
        "is of another type; exit status 1 when there is one. It reads by SCAN, so it may run "
        "beside the service."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--check", action="store_true", help="hold the live Redis against it")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Print, or check and fail if a key is nobody's."""
        declared = all_keys()
        if options["check"]:
            self._check(as_json=options["json"])
        elif options["json"]:
            self.stdout.write(json.dumps({"keys": [_as_object(key) for key in declared]}, indent=2))
        else:
            self.stdout.write(schema_page(declared), ending="")

    def _check(self, *, as_json: bool) -> None:
        faults = [fault for cell in range(settings.CELLS) for fault in undeclared_keys(Cell(cell))]
        if as_json:
            self.stdout.write(json.dumps({"faults": faults}, indent=2))
        else:
            for fault in faults:
                self.stdout.write(fault)
        if faults:
            message = f"{len(faults)} keys are not as declared"
            raise CommandError(message, returncode=1)
        if not as_json:
            self.stdout.write(self.style.SUCCESS("Every key is declared."))


def schema_page(declared: list[Key]) -> str:
    """The page, as Markdown."""
    lines = [PREFACE]
    for app in sorted({key.app for key in declared}):
        lines += [f"## {app or 'common'}", "", "| key | type | what it holds | lives | personal |"]
        lines += ["|---|---|---|---|---|"]
        lines += [_line(key) for key in declared if key.app == app]
        lines += [""]
    lines += ["## Keys without a cell, named by proxies of other years", ""]
    lines += ["| key | type | what it holds | lives | personal |", "|---|---|---|---|---|"]
    lines += [_line(key) for key in declared_untagged()]
    lines += ["", "## Volatile keys of other libraries", ""]
    lines += ["| begins with | what it holds | lives |"]
    lines += ["|---|---|---|"]
    lines += [f"| `{each.prefix}` | {each.purpose} | {each.ttl} |" for each in VOLATILE]
    return "\n".join([*lines, ""])


def _line(key: Key | Untagged) -> str:
    lives = key.ttl or "for good"
    personal = "yes" if key.personal else ""
    return f"| `{key.pattern}` | {key.kind} | {key.purpose} | {lives} | {personal} |"


def _as_object(key: Key) -> dict[str, object]:
    return {
        "pattern": key.pattern,
        "type": str(key.kind),
        "purpose": key.purpose,
        "ttl": key.ttl,
        "personal": key.personal,
        "app": key.app,
    }
