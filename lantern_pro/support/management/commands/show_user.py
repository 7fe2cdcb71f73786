"""``manage.py show_user``."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lantern_pro.errors import LanternError
from lantern_pro.support.finding import find_users
from lantern_pro.support.story import Story, story_of


class Command(BaseCommand):
    """Shows one user's whole story."""

    help = (
        "Show all that the service knows of one user: status, devices, the ledger of Pro time, "
        "proxies, subscriptions, purchases, and jobs that are not done with the reason why they "
        "wait. The user is found by id, e-mail address, Stripe charge id (ch_…) or referral code. "
        "The e-mail address is masked unless --reveal is given."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("who", help="user id, e-mail address, charge id or referral code")
        parser.add_argument("--reveal", action="store_true", help="show the e-mail address")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Find the user and print the story."""
        try:
            stories = [
                story_of(user_id, reveal=options["reveal"])
                for user_id in find_users(options["who"])
            ]
        except LanternError as error:
            raise CommandError(f"{error.error_id}: {error.message}") from error
        if not stories:
            raise CommandError("no-such-user: There is no such user.")
        if options["json"]:
            told = [story.as_dict() for story in stories]
            self.stdout.write(json.dumps(told if len(told) > 1 else told[0], indent=2))
            return
        for story in stories:
            self._print(story)

    def _print(self, story: Story) -> None:
        for name, value in story.as_dict().items():
            label = name.replace("_", " ")
            if not isinstance(value, list):
                self.stdout.write(f"{label:>12}  {'-' if value in {None, ''} else value}")
                continue
            for position, line in enumerate(value or [{"": "-"}]):
                words = "  ".join(f"{key}={each}" if key else each for key, each in line.items())
                self.stdout.write(f"{label if position == 0 else '':>12}  {words}")
