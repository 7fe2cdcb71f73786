"""``manage.py create_staff``."""

import json
import sys
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lantern_pro.backoffice.staff import Role, Staff, create_staff

HELP = """\
Make a member of staff who can log in at /admin/, or change the role of one that exists.

Roles:
  support   sees every record of the service, and the history
  operator  besides, edits records and acts by the buttons on their pages
  admin     everything, other staff included

Without --password-stdin a new member of staff gets a random password, printed once. Running the
command again changes the role and, with --password-stdin, the password; nothing else. A password
needs 12 characters, and must not be one of the common ones, all digits, or like the name.

Example:
  manage.py create_staff --username rosa --email rosa@example.org --role operator
"""


class Command(BaseCommand):
    """Makes a member of staff."""

    help = HELP

    def create_parser(self, prog_name: str, subcommand: str, **named: Any) -> CommandParser:
        """Keep the lines of the help as they are written."""
        named.setdefault("formatter_class", RawDescriptionHelpFormatter)
        return super().create_parser(prog_name, subcommand, **named)

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--username", help="the name to log in with (default: the e-mail)")
        parser.add_argument("--email", default="", help="where to reach them")
        parser.add_argument(
            "--role", choices=[str(role) for role in Role], default="support", help="see above"
        )
        parser.add_argument(
            "--password-stdin", action="store_true", help="read the password from the first line"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Make the member of staff and print how to log in."""
        username = options["username"] or options["email"]
        if not username:
            message = "give --username or --email"
            raise CommandError(message)
        try:
            staff = create_staff(
                username=username,
                email=options["email"],
                role=Role(options["role"]),
                password=_password_from_stdin() if options["password_stdin"] else None,
            )
        except ValidationError as error:
            raise CommandError(" ".join(error.messages)) from error
        self.stdout.write(_as_json(staff) if options["json"] else _in_words(staff))


def _password_from_stdin() -> str:
    return sys.stdin.readline().rstrip("\n")


def _as_json(staff: Staff) -> str:
    told = {
        "username": staff.username,
        "role": str(staff.role),
        "created": staff.created,
        "password": staff.password,
    }
    return json.dumps(told, indent=2)


def _in_words(staff: Staff) -> str:
    done = "Made" if staff.created else "Renewed"
    lines = [f"{done} {staff.username}, role {staff.role}."]
    if staff.password:
        lines.append(f"Password: {staff.password}")
    return "\n".join(lines)
