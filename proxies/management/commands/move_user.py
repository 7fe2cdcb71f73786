"""``manage.py move_user``."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from lantern_pro.errors import LanternError
from lantern_pro.types import UserId
from proxies.services.moving import move_user
from proxies.services.states import find_proxy


class Command(BaseCommand):
    """Moves one user from one proxy to another."""

    help = (
        "Move one user from one of their proxies to another that you choose. It counts as a move, "
        "and may go beyond the limit of moves a day. The proxies learn of it at once, the user's "
        "app with its next configuration."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--user", type=int, required=True, help="the user's id")
        parser.add_argument("--from", required=True, help="the proxy to leave: name or id")
        parser.add_argument("--to", required=True, help="the proxy to gain: name or id")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Move the user."""
        try:
            if not 0 < options["user"] < 1 << 53 or not User.objects.get_access(options["user"]):
                raise CommandError(f"There is no user {options['user']}.")
            leave, gain = find_proxy(options["from"]), find_proxy(options["to"])
            move_user(UserId(options["user"]), leave=leave.id, gain=gain.id)
        except LanternError as error:
            raise CommandError(f"{error.error_id}: {error.message}") from error
        self.stdout.write(f"User {options['user']} has {gain.name} instead of {leave.name}.")
