"""``manage.py show_proxy``."""

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from lantern_pro.clock import as_datetime
from lantern_pro.errors import LanternError
from proxies.services.states import find_proxy
from proxies.services.telling import (
    ToldProxy,
    ago,
    lag_in_words,
    place_in_words,
    tell_proxy,
    users_in_words,
)


class Command(BaseCommand):
    """Shows one proxy."""

    help = (
        "Show all that is known of one proxy: its state and health, its users, what its last "
        "heartbeat said, and what became of it. Its secret is shown with --reveal only."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("proxy", help="its name, or its id")
        parser.add_argument("--reveal", action="store_true", help="show the secret of its clients")
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Find the proxy and print it."""
        try:
            told = tell_proxy(find_proxy(options["proxy"]))
        except LanternError as error:
            raise CommandError(f"{error.error_id}: {error.message}") from error
        shown = as_dict(told, reveal=options["reveal"])
        if options["json"]:
            self.stdout.write(json.dumps(shown, indent=2))
            return
        history = shown.pop("history")
        for name, value in shown.items():
            self.stdout.write(f"{name.replace('_', ' '):>18}  {'-' if value == '' else value}")
        for at, line in enumerate(history):
            why = f": {line['why']}" if line["why"] else ""
            label = "" if at else "history"
            self.stdout.write(f"{label:>18}  {line['at']}  {line['what']}{why}")


def as_dict(told: ToldProxy, *, reveal: bool) -> dict[str, Any]:
    """The proxy in the words of the command."""
    proxy, beat = told.proxy, told.heartbeat
    shown: dict[str, Any] = {
        "id": proxy.id,
        "name": proxy.name,
        "addr": proxy.addr,
        "track": proxy.track.value,
        "state": f"{proxy.state} since {as_datetime(proxy.state_since):%Y-%m-%d %H:%M}",
        "health": proxy.health.value,
        "users": users_in_words(proxy),
        "place": place_in_words(proxy),
        "provider": proxy.provider,
        "labels": " ".join(proxy.labels),
        "blocked_in": " ".join(proxy.blocked_countries),
        "transport": proxy.transport,
        "last_heartbeat": ago(beat.heard) if beat else "never",
        "connections": "" if beat is None or beat.connections is None else beat.connections,
        "software": beat.software if beat else "",
        "admissions": f"version {proxy.version}, the proxy is {lag_in_words(told)}"
        if beat
        else f"version {proxy.version}",
    }
    if reveal:
        shown["secret"] = proxy.auth_token
    shown["history"] = [
        {"at": f"{as_datetime(each.at):%Y-%m-%d %H:%M:%S}", "what": each.what, "why": each.why}
        for each in told.history
    ]
    return shown
