"""What the commands that change one proxy share."""

import json
from collections.abc import Callable
from typing import Any, ClassVar, Final

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lantern_pro.errors import LanternError
from proxies.models import Proxy
from proxies.records import ProxyRecord, Track
from proxies.services.states import find_proxy

LONGEST_REASON: Final = 500


class ChangeCommand(BaseCommand):
    """Finds a proxy, changes it and says what is there now; a subclass says which change."""

    nothing_new: ClassVar[str] = "nothing changed"

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("proxy", help="its name, or its id")
        parser.add_argument("--reason", default="", help="why; it stands in the proxy's history")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Change the proxy and say so."""
        if len(options["reason"]) > LONGEST_REASON:
            raise CommandError(f"Say the reason in {LONGEST_REASON} characters.")
        try:
            proxy = find_proxy(options["proxy"])
            changed = self.change(proxy, options)
        except LanternError as error:
            raise CommandError(f"{error.error_id}: {error.message}") from error
        [after] = Proxy.objects.records([proxy.id])
        if options["json"]:
            told = {
                "id": after.id,
                "name": after.name,
                "state": after.state.value,
                "blocked_countries": list(after.blocked_countries),
                "load": after.load,
                "changed": bool(changed),
            }
            self.stdout.write(json.dumps(told, indent=2))
            return
        self.stdout.write(f"{after.name}: {changed or self.nothing_new}")
        if changed and (follows := self.what_follows(after)):
            self.stdout.write(follows)

    def change(self, proxy: ProxyRecord, options: dict[str, Any]) -> str:
        """Change it; what is new, in words, or nothing."""
        raise NotImplementedError

    def what_follows(self, proxy: ProxyRecord) -> str:
        """What will happen by itself now, in words; mostly nothing that is worth a word."""
        del proxy
        return ""


def change_of_state(enter: Callable[..., bool], words: str) -> Callable[..., str]:
    """Make ``change`` of a service that lets a proxy enter a state."""

    def change(self: ChangeCommand, proxy: ProxyRecord, options: dict[str, Any]) -> str:
        del self
        return words if enter(proxy.id, why=options["reason"]) else ""

    return change


def others_for_its_users(proxy: ProxyRecord) -> str:
    """What becomes of the users of a proxy that goes, in words."""
    if proxy.track is Track.FREE:
        return "Its free buckets are made anew within seconds."
    if not proxy.load:
        return "It has no users."
    return f"Its {proxy.load} users get others as there is room; show_proxy counts those left."
