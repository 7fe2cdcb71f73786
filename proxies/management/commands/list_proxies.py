"""``manage.py list_proxies``."""

import json
from typing import Any, Final

from django.core.management.base import BaseCommand, CommandParser

from proxies.heartbeats import Heartbeat, heartbeats_of
from proxies.models import Proxy
from proxies.records import Health, ProxyRecord, State, Track
from proxies.services.telling import ago, place_in_words, table, users_in_words

MOST: Final = 100
HEAD: Final = ["name", "track", "state", "health", "heard", "users", "place", "provider", "blocked"]
FILTERS: Final = ("state", "health", "track", "provider", "country")


class Command(BaseCommand):
    """Lists proxies."""

    help = (
        "List proxies, the newest first, all of them or those with a state, a health, a track, a "
        "provider or a country; several of these narrow it down."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--state", choices=[each.value for each in State])
        parser.add_argument("--health", choices=[each.value for each in Health])
        parser.add_argument("--track", choices=[each.value for each in Track])
        parser.add_argument("--provider", help="whose machines they are")
        parser.add_argument("--country", help="where they stand: two letters, such as NL")
        parser.add_argument(
            "--most", type=int, default=MOST, help="how many at most (default: %(default)s)"
        )
        parser.add_argument("--json", action="store_true", help="print a JSON list")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Find the proxies and print them."""
        asked = {name: options[name] for name in FILTERS if options[name]}
        if "country" in asked:
            asked["country_code"] = asked.pop("country").upper()
        found = Proxy.objects.filter(**asked).order_by("-created")[: max(0, options["most"])]
        proxies = Proxy.objects.records([each.proxy_id for each in found])
        beats = heartbeats_of([each.id for each in proxies])
        if options["json"]:
            pairs = zip(proxies, beats, strict=True)
            self.stdout.write(json.dumps([_as_dict(each, beat) for each, beat in pairs], indent=2))
            return
        rows = [
            [
                each.name,
                each.track.value,
                each.state.value,
                each.health.value,
                ago(beat.heard) if beat else "never",
                users_in_words(each),
                place_in_words(each),
                each.provider or "-",
                " ".join(each.blocked_countries) or "-",
            ]
            for each, beat in zip(proxies, beats, strict=True)
        ]
        self.stdout.write(table([HEAD, *rows]) if rows else "There is no such proxy.")


def _as_dict(each: ProxyRecord, beat: Heartbeat | None) -> dict[str, Any]:
    return {
        "id": each.id,
        "name": each.name,
        "addr": each.addr,
        "track": each.track.value,
        "state": each.state.value,
        "health": each.health.value,
        "load": each.load,
        "capacity": each.capacity,
        "country_code": each.place.country_code,
        "provider": each.provider,
        "blocked_countries": list(each.blocked_countries),
        "heard": beat.heard if beat else None,
    }
