"""``manage.py change_proxy``."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

from django.core.management.base import CommandError, CommandParser

from lantern_pro.errors import InvalidParameter
from proxies.management.changing import ChangeCommand
from proxies.records import NewProxy, Place, ProxyRecord, Track
from proxies.services.changing import change_proxy, look_at_change, told_change

TEXTS: Final = ("addr", "provider", "transport", "auth_token")
PLACES: Final = ("city", "country", "country_code", "latitude", "longitude")


class Command(ChangeCommand):
    """Changes what a proxy is."""

    help = (
        "Change a proxy's address, capacity, provider, place, transport, certificate or secret. "
        "What is not said stays as it is; an empty text empties a field. Nobody is thrown off: "
        "with more users than a new capacity the proxy takes no others until they are fewer. "
        "Config-servers and its users' configurations follow within seconds. --dry-run says what "
        "would change."
    )
    nothing_new = "it is just so already; nothing changed"

    def add_arguments(self, parser: CommandParser) -> None:
        """Declare the options."""
        super().add_arguments(parser)
        parser.add_argument("--addr", help="where clients reach it, host:port")
        parser.add_argument("--capacity", type=int, help="the most Pro users linked with it")
        parser.add_argument("--provider", help="whose machine it is")
        parser.add_argument("--labels", help="words of your own, by blanks")
        parser.add_argument("--city", help="where it stands, as clients show it")
        parser.add_argument("--country", help="the country's name")
        parser.add_argument("--country-code", help="two letters, such as NL")
        parser.add_argument("--latitude", type=float, help="degrees, north is more")
        parser.add_argument("--longitude", type=float, help="degrees, east is more")
        parser.add_argument("--transport", help="a pluggable transport, if it has one")
        parser.add_argument("--transport-settings", help="of the transport, JSON: text to text")
        parser.add_argument("--cert-file", type=Path, help="its certificate, PEM")
        parser.add_argument(
            "--auth-token", help="the secret its clients send: start the proxy with it, too"
        )
        parser.add_argument("--dry-run", action="store_true", help="only say what would change")

    def change(self, proxy: ProxyRecord, options: dict[str, Any]) -> str:
        """Change it, or look."""
        wanted = _wanted(proxy, options)
        told = ", ".join(told_change(proxy, look_at_change(proxy, wanted)))
        if options["dry_run"]:
            return told and f"would change: {told}"
        return f"changed: {told}" if change_proxy(proxy, wanted, why=options["reason"]) else ""

    def what_follows(self, proxy: ProxyRecord) -> str:
        """Say when a lowered capacity holds."""
        if proxy.track is Track.FREE or proxy.load <= proxy.capacity:
            return ""
        return f"Its {proxy.load} users stay; it takes no others until they are fewer."


def _wanted(proxy: ProxyRecord, options: dict[str, Any]) -> NewProxy:
    """The proxy as it is, but for what the options say."""
    said = {name: options[name] for name in TEXTS if options[name] is not None}
    if options["capacity"] is not None:
        said["capacity"] = options["capacity"]
    if options["labels"] is not None:
        said["labels"] = options["labels"].replace(",", " ").split()
    if options["transport_settings"] is not None:
        said["transport_settings"] = _settings(options["transport_settings"])
    if options["cert_file"] is not None:
        try:
            said["cert"] = options["cert_file"].read_text()
        except (OSError, UnicodeDecodeError) as error:
            raise CommandError(f"The certificate cannot be read: {error}") from error
    where = {name: options[name] for name in PLACES if options[name] is not None}
    if "country_code" in where:
        where["country_code"] = where["country_code"].upper()
    place: Place = replace(proxy.place, **where)
    return replace(proxy.as_new(), place=place, **said)


def _settings(text: str) -> dict[str, str]:
    try:
        told = json.loads(text or "{}")
    except ValueError as error:
        raise InvalidParameter(f"This is no JSON: {error}.", field="transport_settings") from error
    if not isinstance(told, dict):
        raise InvalidParameter("It is to be a JSON object.", field="transport_settings")
    return {str(name): str(value) for name, value in told.items()}
