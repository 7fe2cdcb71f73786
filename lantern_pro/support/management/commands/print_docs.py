"""``manage.py print_docs``: write the pages of the docs that are made from the code."""

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lantern_pro.support.printed import pages


class Command(BaseCommand):
    """Writes docs/redis-schema.md, docs/flows.md and docs/errors.md, or checks them."""

    help = (
        "Write the pages of docs/ that are made from the code: every key in Redis, what follows "
        "from what, and every error. With --check, write nothing and name each page that is out "
        "of date; exit status 1 when there is one. Redis is not needed."
    )
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--check", action="store_true", help="compare, and write nothing")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Write the pages that changed, or fail if there are such."""
        folder = Path(settings.BASE_DIR) / "docs"
        stale = {name: text for name, text in pages().items() if _read(folder / name) != text}
        if options["check"]:
            if stale:
                message = f"out of date: {', '.join(sorted(stale))}; run `manage.py print_docs`"
                raise CommandError(message, returncode=1)
            return
        folder.mkdir(exist_ok=True)
        for name, text in stale.items():
            (folder / name).write_text(text)
            self.stdout.write(f"wrote docs/{name}")


def _read(path: Path) -> str:
    return path.read_text() if path.exists() else ""
