"""``manage.py show_mails``."""

import json
from dataclasses import asdict
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.models import User
from lantern_pro.support.finding import find_users
from lantern_pro.support.mails import mails_shown, standing_words


class Command(BaseCommand):
    """Shows what became of a user's mails."""

    help = (
        "Show the newest mails to a user and what became of each, as Mandrill tells it now, and "
        "whether their address is written to. The user is found as by show_user. Mandrill's "
        "answers are kept for a minute; a mail that it cannot be asked about is said to be not "
        "reachable just now."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("who", help="user id, e-mail address, charge id or referral code")
        parser.add_argument("--most", type=int, default=10, help="how many (default: %(default)s)")
        parser.add_argument("--json", action="store_true", help="print JSON, an object a user")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Find the user, ask and print."""
        users = User.objects.in_bulk(find_users(options["who"]))
        if not users:
            raise CommandError("no-such-user: There is no such user.")
        told = [
            {
                "user_id": user_id,
                "address": standing_words(user) or "none",
                "mails": [asdict(each) for each in mails_shown(user_id, most=options["most"])],
            }
            for user_id, user in users.items()
        ]
        if options["json"]:
            self.stdout.write(json.dumps(told, indent=2))
            return
        for each in told:
            self.stdout.write(f"user {each['user_id']}, address: {each['address']}")
            for mail in each["mails"]:
                self.stdout.write("  " + "  ".join(mail.values()))
            if not each["mails"]:
                self.stdout.write("  no mails")
