"""``manage.py add_proxy``."""

import json
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from lantern_pro.errors import LanternError
from lantern_pro.types import Cell
from proxies.models import Proxy
from proxies.records import NewProxy, Place, State, Track
from proxies.services.fleet import AddedProxy, add_proxy

DEFAULT_CAPACITY: Final = 100


class Command(BaseCommand):
    """Adds a proxy to the fleet."""

    help = (
        "Add a proxy to the fleet. It is active at once, unless --state says otherwise: a free one "
        "joins the configurations of its share of the free buckets, a Pro one takes users who wait "
        "for room and then new ones, both within seconds. A proxy is known by its name: running "
        "the same command again changes nothing and says so, and a name that another proxy has is "
        "refused. Without --auth-token a secret is made; it is printed, because the proxy must be "
        "started with it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        parser.add_argument("--addr", required=True, help="where clients reach it, host:port")
        parser.add_argument(
            "--name", help="unique in its cell; default: fallback-<host> or pro-<host>"
        )
        parser.add_argument(
            "--track",
            choices=[each.value for each in Track],
            default=Track.PRO.value,
            help="whom it serves (default: pro)",
        )
        parser.add_argument(
            "--capacity",
            type=int,
            default=DEFAULT_CAPACITY,
            help="the most Pro users that are linked with it (default: %(default)s)",
        )
        parser.add_argument("--cell", type=int, default=0, help="its cell (default: 0)")
        parser.add_argument("--auth-token", default="", help="the secret its clients send")
        parser.add_argument("--cert-file", type=Path, help="its certificate, PEM")
        parser.add_argument("--transport", default="", help="a pluggable transport, if it has one")
        parser.add_argument(
            "--transport-settings", default="{}", help="of the transport, JSON: text to text"
        )
        parser.add_argument("--city", default="", help="where it stands, as clients show it")
        parser.add_argument("--country", default="", help="the country's name")
        parser.add_argument("--country-code", default="", help="two letters, such as NL")
        parser.add_argument("--latitude", type=float, default=0.0, help="degrees, north is more")
        parser.add_argument("--longitude", type=float, default=0.0, help="degrees, east is more")
        _about_its_life(parser)
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_args: Any, **options: Any) -> None:
        """Add the proxy and say what is there now."""
        if not 0 <= options["cell"] < settings.CELLS:
            raise CommandError(
                f"There is no cell {options['cell']}; LANTERN_CELLS is {settings.CELLS}."
            )
        try:
            added = add_proxy(Cell(options["cell"]), _new_proxy(options))
        except LanternError as error:
            raise CommandError(f"{error.error_id}: {error.message}") from error
        self._tell(added, as_json=options["json"])

    def _tell(self, added: AddedProxy, *, as_json: bool) -> None:
        [proxy] = Proxy.objects.records([added.proxy_id])
        if as_json:
            told = {
                "id": proxy.id,
                "name": proxy.name,
                "addr": proxy.addr,
                "track": proxy.track.value,
                "state": proxy.state.value,
                "capacity": proxy.capacity,
                "load": proxy.load,
                "auth_token": proxy.auth_token,
                "new": added.new,
            }
            self.stdout.write(json.dumps(told, indent=2))
            return
        what = "added" if added.new else "was there already, just so"
        self.stdout.write(f"{proxy.name} ({proxy.addr}, {proxy.track.value}): {what}")
        self.stdout.write(f"       id  {proxy.id}")
        self.stdout.write(f"    users  {proxy.load} of {proxy.capacity}")
        self.stdout.write(f"   secret  {proxy.auth_token}")


def _about_its_life(parser: CommandParser) -> None:
    parser.add_argument("--provider", default="", help="whose machine it is")
    parser.add_argument(
        "--label", action="append", default=[], help="a word of your own; may come again"
    )
    parser.add_argument(
        "--blocked", action="append", default=[], help="a country where it is blocked: CN"
    )
    parser.add_argument(
        "--state",
        choices=[State.PROVISIONING.value, State.ACTIVE.value],
        default=State.ACTIVE.value,
        help="provisioning: nobody is sent to it until activate_proxy (default: active)",
    )


def _new_proxy(options: dict[str, Any]) -> NewProxy:
    """Read the options; ``CommandError`` when a file or the JSON cannot be read."""
    track = Track(options["track"])
    host = options["addr"].rpartition(":")[0].strip("[]")
    prefix = "pro" if track is Track.PRO else "fallback"
    try:
        cert = options["cert_file"].read_text() if options["cert_file"] else ""
        transport_settings = json.loads(options["transport_settings"])
    except (OSError, ValueError) as error:
        raise CommandError(str(error)) from error
    if not isinstance(transport_settings, dict):
        raise CommandError("--transport-settings is no JSON object.")
    return NewProxy(
        name=options["name"] or f"{prefix}-{host}",
        addr=options["addr"],
        track=track,
        capacity=options["capacity"],
        state=State(options["state"]),
        provider=options["provider"],
        labels=options["label"],
        blocked_countries=[each.upper() for each in options["blocked"]],
        auth_token=options["auth_token"],
        cert=cert,
        transport=options["transport"],
        transport_settings={str(key): str(value) for key, value in transport_settings.items()},
        place=Place(
            city=options["city"],
            country=options["country"],
            country_code=options["country_code"].upper(),
            latitude=options["latitude"],
            longitude=options["longitude"],
        ),
    )
