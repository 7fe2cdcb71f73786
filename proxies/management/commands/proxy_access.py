"""``manage.py proxy_access``."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lantern_pro.errors import LanternError
from proxies.services.access import Granted, grant_access, propose_access, revoke_access
from proxies.services.states import find_proxy


class Command(BaseCommand):
    """Gives a proxy its user on Redis."""

    help = (
        "Give a proxy its own user on Redis, which can read that proxy's keys, write its sign of "
        "life (and what devices use, if it is free), and nothing else. The password is made, "
        "printed once and kept nowhere: only its SHA-256 is, from which the workers make the user "
        "again when Redis forgot it in a restart. Running it again rotates the password: the old "
        "one is good no more, or one rotation longer with --keep-old. docs/proxy-protocol.md."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("proxy", help="the proxy's id or name")
        parser.add_argument("--keep-old", action="store_true", help="the last password stays good")
        parser.add_argument("--revoke", action="store_true", help="take the access away instead")
        parser.add_argument(
            "--print",
            action="store_true",
            help="change nothing: print the command for whoever keeps Redis's users by hand",
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Grant, or revoke, and say so."""
        try:
            proxy = find_proxy(options["proxy"])
            if options["revoke"]:
                revoke_access(proxy.id)
                self.stdout.write(f"{proxy.name} has no access to Redis any more.")
                return
            if options["print"]:
                granted = propose_access(proxy)
            else:
                granted = grant_access(proxy, keep_old=options["keep_old"])
        except LanternError as error:
            raise CommandError(f"{error.error_id}: {error.message}") from error
        self._tell(granted, as_json=options["json"], with_rules=options["print"])

    def _tell(self, granted: Granted, *, as_json: bool, with_rules: bool) -> None:
        command = ["ACL", "SETUSER", granted.user, *granted.rules]
        if as_json:
            told = {"user": granted.user, "password": granted.password, "command": command}
            self.stdout.write(json.dumps(told, indent=2))
            return
        self.stdout.write(f"    proxy  {granted.proxy.name} (id {granted.proxy.id})")
        self.stdout.write(f"     user  {granted.user}")
        self.stdout.write(f" password  {granted.password}")
        if with_rules:
            self.stdout.write(f"  command  {' '.join(command)}")
